#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/result/result.hpp"
#include "engine/time/timestamp.hpp"

/// Alerts: what they are, where they wait, and the ways by which they reach people. All may block;
/// thread-safe.
namespace hts::ports {

/// Something that people want to know of, durable together with what it tells of.
struct Alert {
  std::string id;  ///< the same for the same event, whatever happens: receivers can tell repeats
  /// signal, position_opened, position_closed, risk_halt, feed_gap, job_failed, dead_letters,
  /// backup, health, sla_breach, test, ...
  std::string kind;
  std::string severity;        ///< "info", "warning", "critical"
  std::string subject;         ///< one line
  std::string text;            ///< sentences, without secrets
  std::string details = "{}";  ///< a JSON object, for templates and machines
  time::Timestamp created_at{};

  friend bool operator==(const Alert&, const Alert&) = default;
};

/// One alert's way to one channel.
struct AlertDelivery {
  std::uint64_t number = 0;  ///< of the outbox
  std::string channel;
  Alert alert;
  std::uint32_t attempts = 0;
  time::Timestamp not_before{};
  std::string error;  ///< of the last attempt; empty: none
};

/// Where alerts wait until they are delivered; outlives the process.
class AlertOutbox {
 public:
  virtual ~AlertOutbox() = default;
  /// Durable when it returns. One that is there already (by id) stays as it is.
  [[nodiscard]] virtual result::Status add(const std::vector<Alert>& alerts) = 0;
  /// Those that no route has been chosen for yet, oldest first: added here or by a commit of a
  /// ledger.
  [[nodiscard]] virtual result::Result<std::vector<Alert>> unrouted(std::uint64_t limit) = 0;
  /// The alert goes to these channels (none: it is done); durable when it returns.
  struct Route {
    std::string alert_id;
    std::vector<std::string> channels;
    time::Timestamp not_before{};
  };
  [[nodiscard]] virtual result::Status route(const std::vector<Route>& routes) = 0;
  /// Oldest first, those of `channel` whose time has come.
  [[nodiscard]] virtual result::Result<std::vector<AlertDelivery>> due(const std::string& channel,
                                                                       time::Timestamp now,
                                                                       std::uint64_t limit) = 0;
  /// Of an attempt, or of a decision without one.
  struct Outcome {
    std::uint64_t number = 0;
    bool is_over = false;    ///< delivered, or given up
    bool is_attempt = true;  ///< counted as one
    std::string error = {};
    time::Timestamp not_before{};  ///< of the next attempt
    /// The alert goes on to this channel, unless it was sent there already; empty: to none.
    std::string hand_to = {};
  };
  /// Durable when it returns, all or nothing. Numbers that are not there are passed over.
  [[nodiscard]] virtual result::Status settle(const std::vector<Outcome>& outcomes) = 0;
  struct Counts {
    std::uint64_t waiting = 0;
    std::optional<time::Timestamp> oldest;
  };
  /// Of alerts that have no route yet or are not through with every channel.
  [[nodiscard]] virtual result::Result<Counts> counts() = 0;
  /// What waits, oldest first, whether its time has come or not.
  [[nodiscard]] virtual result::Result<std::vector<AlertDelivery>> waiting(std::uint64_t limit) = 0;
  /// Forgets at most `most` of those that are done and older. Returns how many.
  [[nodiscard]] virtual result::Result<std::uint64_t> clean_up(time::Timestamp created_before,
                                                               std::uint64_t most) = 0;
};

/// What goes out to people at once.
struct AlertMessage {
  std::string subject;  ///< one line
  std::string text;     ///< lines of plain text
  /// All that it tells of, with those of which it gives the number only.
  std::vector<Alert> alerts;

  friend bool operator==(const AlertMessage&, const AlertMessage&) = default;
};

/// A way to people. Errors: unavailable for what may work later; invalid for what
/// will not (wrong credentials, a refused address), so that somebody has to look at it. They name
/// no secret.
class AlertChannel {
 public:
  virtual ~AlertChannel() = default;
  [[nodiscard]] virtual std::string_view name() const noexcept = 0;
  [[nodiscard]] virtual result::Status deliver(const AlertMessage& message) = 0;
};

}  // namespace hts::ports
