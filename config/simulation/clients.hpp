#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "config/simulation/daemon_life.hpp"
#include "config/simulation/dice.hpp"
#include "config/simulation/events.hpp"
#include "config/simulation/plan.hpp"
#include "config/simulation/truth.hpp"

namespace hts::simulation {

/// The people and programs that use the HTTP API: each asks, waits for the answer, compares it
/// with what it knows, thinks, and asks again. They outlive the daemon's lives.
class Clients {
 public:
  Clients(const Plan& plan, Dice dice, Referee& referee, Truth& truth);

  /// The daemon is up: every client begins, sooner or later. `life` is null while it is down.
  void meet(DaemonLife& life, Events& events);
  void part() noexcept {
    life_ = nullptr;
    ++generation_;
  }

  /// One good question of each kind, for a time when nothing fails: all of them must be served.
  [[nodiscard]] std::vector<ClientRequest> one_of_each() const;

  /// What they ask for.
  [[nodiscard]] const std::vector<KnownBacktest>& backtests() const noexcept { return backtests_; }
  [[nodiscard]] std::uint64_t requests() const noexcept { return requests_; }
  /// Answers by status.
  [[nodiscard]] const std::map<int, std::uint64_t>& answers() const noexcept { return answers_; }

 private:
  void schedule(Events& events);
  void schedule_poll(Events& events);
  void poll(Events& events);
  void act(Events& events);
  void ask(Events& events, const ClientRequest& request,
           std::function<void(const http::Response&, std::uint64_t asked_at)> on_answer);
  void check_status(const std::string& what, const http::Response& response, bool may_be_missing);

  void run_backtest(Events& events);
  void read_run(Events& events);
  void read_latest(Events& events);
  void read_history(Events& events);
  void download(Events& events);
  void flag(Events& events);
  void look_around(Events& events);
  void talk_nonsense(Events& events);

  const Plan& plan_;
  Dice dice_;
  Referee& referee_;
  Truth& truth_;
  DaemonLife* life_ = nullptr;
  std::uint64_t generation_ = 0;  ///< of the daemon's life; events of an earlier one are void
  std::vector<KnownBacktest> backtests_;
  std::size_t polls_open_ = 0;
  std::uint64_t requests_ = 0;
  std::map<int, std::uint64_t> answers_;
};

}  // namespace hts::simulation
