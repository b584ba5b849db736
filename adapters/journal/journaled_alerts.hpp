#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ports/alerts.hpp"

/// Alerts whose calls are part of the journal; see journaled_stores.hpp. A replay delivers nothing.
/// Thread-safe as what is below, which outlives them.
namespace hts::journal {

class JournaledAlertOutbox final : public ports::AlertOutbox {
 public:
  /// Null: only for replays.
  explicit JournaledAlertOutbox(ports::AlertOutbox* below) : below_(below) {}

  result::Status add(const std::vector<ports::Alert>& alerts) override;
  result::Result<std::vector<ports::Alert>> unrouted(std::uint64_t limit) override;
  result::Status route(const std::vector<Route>& routes) override;
  result::Result<std::vector<ports::AlertDelivery>> due(const std::string& channel,
                                                        time::Timestamp now,
                                                        std::uint64_t limit) override;
  result::Status settle(const std::vector<Outcome>& outcomes) override;
  result::Result<Counts> counts() override;
  result::Result<std::vector<ports::AlertDelivery>> waiting(std::uint64_t limit) override;
  result::Result<std::uint64_t> clean_up(time::Timestamp created_before,
                                         std::uint64_t most) override;

 private:
  ports::AlertOutbox* below_;
};

class JournaledAlertChannel final : public ports::AlertChannel {
 public:
  /// Null below: only for replays.
  JournaledAlertChannel(std::string name, ports::AlertChannel* below)
      : name_(std::move(name)), below_(below) {}

  std::string_view name() const noexcept override { return name_; }
  result::Status deliver(const ports::AlertMessage& message) override;

 private:
  const std::string name_;
  ports::AlertChannel* below_;
};

}  // namespace hts::journal
