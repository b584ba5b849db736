#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "adapters/journal/journaled_alerts.hpp"
#include "adapters/journal/journaled_ledger_store.hpp"
#include "adapters/journal/journaled_market.hpp"
#include "config/simulation/daemon_life.hpp"
#include "config/simulation/live_clients.hpp"
#include "config/simulation/live_truth.hpp"
#include "config/simulation/live_watch.hpp"
#include "config/simulation/machine.hpp"
#include "config/simulation/plan.hpp"
#include "config/simulation/trade_feed.hpp"
#include "config/simulation/trade_history.hpp"
#include "config/simulation/trade_market.hpp"
#include "config/wiring/feed_arrival.hpp"
#include "config/wiring/wiring.hpp"

namespace hts::simulation {

/// Live trading as a whole: the exchange with its stream and its history, those who trade, those
/// who are alerted, and what they were promised. Does nothing in a plan without it. Outlives the
/// daemon's lives.
class LiveSide {
 public:
  /// `begin`: of the simulation. `now`: virtual time.
  LiveSide(const Plan& plan, const Dice& dice, Referee& referee, time::Timestamp begin,
           std::function<time::Timestamp()> now);

  [[nodiscard]] const TradeMarket& market() const noexcept { return market_; }

  /// Adds itself to what the next life is made of. `live_candles`: the catalog with the tail;
  /// `stores.candles` is what is journaled of it. Requires open stores.
  void wire(Machine& machine, ports::CandleStore& live_candles, config::Stores& stores,
            config::WiringOptions& wiring);
  /// The life has begun. Without `events` nothing comes from outside, and what waits goes out.
  void meet(DaemonLife& life, Events* events);
  void part();
  /// Nothing fails from now on.
  void calm_down();

  /// While the daemon is down and its stores are open.
  void check(Machine& machine, ports::CandleStore& live_candles) {
    if (plan_.trades_live) truth_.check(machine.ledger(), live_candles);
  }
  /// Every alert that became durable has reached somebody.
  [[nodiscard]] bool has_undelivered_alerts() const { return !watch_.undelivered_alerts().empty(); }

  [[nodiscard]] const LiveClients& clients() const noexcept { return clients_; }
  [[nodiscard]] const LiveTruth& truth() const noexcept { return truth_; }
  [[nodiscard]] const LiveWatch& watch() const noexcept { return watch_; }

 private:
  /// Of one life.
  struct Wired {
    Wired(Machine& machine, LiveSide& side, ports::CandleStore& live_candles,
          ports::CandleStore& journaled_candles);

    WatchedLedger ledger;
    WatchedTail tail;
    WatchedOutbox outbox;
    journal::JournaledLedgerStore journaled_ledger;
    journal::JournaledCandleTail journaled_tail;
    journal::JournaledMarketHistory journaled_history;
    journal::JournaledLiveCandles live_candles;
    journal::JournaledAlertOutbox alerts;
    journal::JournaledAlertChannel channel;
    std::shared_ptr<actors::FeedGate> gate = std::make_shared<actors::FeedGate>();
    std::unique_ptr<config::FeedIntake> intake;
  };

  const Plan& plan_;
  std::function<time::Timestamp()> now_;
  TradeMarket market_;
  TradeFeed feed_;
  TradeHistory history_;
  LiveWatch watch_;
  Pager pager_;
  LiveClients clients_;
  LiveTruth truth_;
  std::unique_ptr<Wired> wired_;
};

}  // namespace hts::simulation
