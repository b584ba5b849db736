#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "adapters/http/router.hpp"
#include "adapters/prometheus/metrics.hpp"
#include "config/simulation/dice.hpp"
#include "config/simulation/exchange.hpp"
#include "config/simulation/journal_check.hpp"
#include "config/simulation/mailbox_watch.hpp"
#include "config/simulation/plan.hpp"
#include "config/simulation/referee.hpp"
#include "config/wiring/wiring.hpp"
#include "engine/runtime/runtime.hpp"
#include "engine/runtime/simulation/manual_executor.hpp"

namespace hts::simulation {

/// One life of the daemon's process: from a start to a stop, or to the moment it dies. Its stores
/// outlive it.
class DaemonLife {
 public:
  /// `journal`: null, or what records this life. `wiring`: `wiring_of(plan)`, with those who hear.
  DaemonLife(const Plan& plan, Dice dice, Referee& referee, MailboxWatch& watch,
             const config::Stores& stores, JournalOfLife* journal, time::Timestamp start,
             const config::WiringOptions& wiring);
  /// Without a stop before, the process died: nobody hears what is still said.
  ~DaemonLife();
  DaemonLife(const DaemonLife&) = delete;
  DaemonLife& operator=(const DaemonLife&) = delete;

  /// The true time, whatever the machine's clock says.
  [[nodiscard]] time::Timestamp now() const noexcept { return executor_->now(); }
  /// Somebody sets the machine's clock: that much ahead of the true time, or behind.
  void set_wall_clock(time::Duration ahead) noexcept { wall_clock_ahead_ = ahead; }
  [[nodiscard]] runtime::simulation::ManualExecutor& executor() noexcept { return *executor_; }
  [[nodiscard]] runtime::Runtime& runtime() noexcept { return *runtime_; }
  [[nodiscard]] const config::Actors& actors() const noexcept { return actors_; }

  /// A client's request; the answer comes through the exchange.
  std::shared_ptr<Exchange> request(const ClientRequest& request, time::Duration patience,
                                    Exchange::OnAnswer on_answer);

  /// True when no task waits and no actor has a message that it could handle. Else the referee
  /// hears which one sleeps on its mail.
  void check_quiet();
  /// Every question got its answer within its client's patience.
  void check_answers();

  /// An actor failed so often that it stays down.
  [[nodiscard]] bool has_given_up() const;

  /// A stop in order: the requests under way get their answers.
  void stop();

 private:
  Referee& referee_;
  MailboxWatch& watch_;
  Dice dice_;
  const bool lanes_may_hang_;
  time::Duration wall_clock_ahead_{0};
  prometheus::Metrics metrics_;
  std::optional<http::Router> router_;  // requests that wait in the runtime refer to it
  runtime::simulation::ManualExecutor* executor_ = nullptr;
  std::unique_ptr<runtime::Runtime> runtime_;
  config::Actors actors_;
  http::WhenSafe when_safe_;
  std::vector<std::shared_ptr<Exchange>> open_;
};

}  // namespace hts::simulation
