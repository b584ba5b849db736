#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/ports/alerts.hpp"

namespace hts::simulation {

/// Alerts in memory: what other outboxes are compared with. One thread at a time. Cost: O(n).
class TableAlertOutbox final : public ports::AlertOutbox {
 public:
  [[nodiscard]] result::Status add(const std::vector<ports::Alert>& alerts) override;
  [[nodiscard]] result::Result<std::vector<ports::Alert>> unrouted(std::uint64_t limit) override;
  [[nodiscard]] result::Status route(const std::vector<Route>& routes) override;
  [[nodiscard]] result::Result<std::vector<ports::AlertDelivery>> due(const std::string& channel,
                                                                      time::Timestamp now,
                                                                      std::uint64_t limit) override;
  [[nodiscard]] result::Status settle(const std::vector<Outcome>& outcomes) override;
  [[nodiscard]] result::Result<Counts> counts() override;
  [[nodiscard]] result::Result<std::vector<ports::AlertDelivery>> waiting(
      std::uint64_t limit) override;
  [[nodiscard]] result::Result<std::uint64_t> clean_up(time::Timestamp created_before,
                                                       std::uint64_t most) override;

 private:
  struct Kept {
    ports::Alert alert;
    bool is_routed = false;
  };
  struct Line {
    ports::AlertDelivery delivery;
    bool is_over = false;
  };

  [[nodiscard]] Kept* find(const std::string& id);
  [[nodiscard]] bool is_waiting(const Kept& kept) const;
  void add_line(const ports::Alert& alert, const std::string& channel, time::Timestamp not_before);

  std::vector<Kept> alerts_;
  std::map<std::uint64_t, Line> lines_;
  std::uint64_t last_number_ = 0;
};

}  // namespace hts::simulation
