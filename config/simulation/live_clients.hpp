#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "config/simulation/daemon_life.hpp"
#include "config/simulation/dice.hpp"
#include "config/simulation/events.hpp"
#include "config/simulation/live_watch.hpp"
#include "config/simulation/plan.hpp"
#include "config/simulation/trade_market.hpp"

namespace hts::simulation {

/// The people who trade on paper: they start a session and now and then stop it, look at it, enter
/// and close positions by hand, halt and resume, change its strategies, ask for a check of parity.
/// They outlive the daemon's lives.
class LiveClients {
 public:
  LiveClients(const Plan& plan, Dice dice, Referee& referee, LiveWatch& watch,
              const TradeMarket& market);

  void meet(DaemonLife& life, Events& events);
  void part();

  /// What must be served once nothing fails any more.
  [[nodiscard]] static std::vector<ClientRequest> readings();

  [[nodiscard]] std::uint64_t requests() const noexcept { return requests_; }
  [[nodiscard]] const std::map<int, std::uint64_t>& answers() const noexcept { return answers_; }

 private:
  using OnAnswer = std::function<void(const http::Response&)>;

  void schedule(Events& events);
  void act(Events& events);
  void ask(Events& events, const ClientRequest& request, OnAnswer on_good_answer);
  void start(Events& events);
  void look_at_session(Events& events);
  void look_at_positions(Events& events);
  void look_at_trades(Events& events);
  void enter(Events& events);
  void close(Events& events);
  void halt(Events& events);
  void change(Events& events);
  [[nodiscard]] std::string draw_session();

  const Plan& plan_;
  Dice dice_;
  Referee& referee_;
  LiveWatch& watch_;
  const TradeMarket& market_;
  DaemonLife* life_ = nullptr;
  std::uint64_t generation_ = 0;
  std::string session_;                 ///< as of the newest answer
  std::vector<std::string> positions_;  ///< ids, as of the newest answer
  std::uint64_t requests_ = 0;
  std::map<int, std::uint64_t> answers_;
};

}  // namespace hts::simulation
