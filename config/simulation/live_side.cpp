#include "config/simulation/live_side.hpp"

#include <string>
#include <utility>

namespace hts::simulation {

LiveSide::LiveSide(const Plan& plan, const Dice& dice, Referee& referee, time::Timestamp begin,
                   std::function<time::Timestamp()> now)
    : plan_(plan),
      now_(std::move(now)),
      market_(dice.fork("trades").draw(), plan.live_symbols, begin),
      feed_(market_, dice.fork("stream"), referee, plan.stream, plan.feed_tells_candles),
      history_(market_, dice.fork("history"), now_),
      watch_(referee),
      pager_(watch_, dice.fork("pager")),
      clients_(plan, dice.fork("traders"), referee, watch_, market_),
      truth_(referee, market_, feed_, watch_, plan.actor_failure_rate == 0) {
  history_.set_failure_rate(plan.history_failure_rate);
  history_.set_outage_rate(plan.history_outage_rate);
  pager_.set_failure_rate(plan.pager_failure_rate);
}

LiveSide::Wired::Wired(Machine& machine, LiveSide& side, ports::CandleStore& all_candles,
                       ports::CandleStore& journaled_candles)
    : ledger(machine.ledger(), side.watch_),
      tail(machine.tail(), side.watch_, side.now_),
      outbox(machine.alerts(), side.watch_),
      journaled_ledger(&ledger),
      journaled_tail(&tail),
      journaled_history(&side.history_),
      live_candles(&all_candles, journaled_candles),
      alerts(&outbox),
      channel(std::string{Pager::channel_name}, &side.pager_) {}

void LiveSide::wire(Machine& machine, ports::CandleStore& live_candles, config::Stores& stores,
                    config::WiringOptions& wiring) {
  if (!plan_.trades_live) return;
  wired_ = std::make_unique<Wired>(machine, *this, live_candles, stores.candles);
  stores.ledger = &wired_->journaled_ledger;
  stores.tail = &wired_->journaled_tail;
  stores.history = &wired_->journaled_history;
  stores.live_candles = &wired_->live_candles;
  stores.alerts = &wired_->alerts;
  stores.channels = {&wired_->channel};
  wiring.live.gate = wired_->gate;
  wiring.live.subscribe = [this](const ports::FeedSubscription& wanted) {
    if (!wanted.symbols.empty() && wired_->intake) return feed_.subscribe(wanted, *wired_->intake);
    feed_.stop();
    return result::success();
  };
  wiring.live.announce = [this](const paper::LivePlan& plan,
                                const std::vector<paper::PaperEvent>& events) {
    watch_.announced(plan, events);
  };
}

void LiveSide::meet(DaemonLife& life, Events* events) {
  if (!plan_.trades_live) return;
  wired_->intake =
      std::make_unique<config::FeedIntake>(life.runtime(), life.actors().ingest, wired_->gate);
  if (events == nullptr) return;
  feed_.meet([&life] { return life.now(); }, *events);
  clients_.meet(life, *events);
}

void LiveSide::part() {
  clients_.part();
  feed_.part();
}

void LiveSide::calm_down() {
  feed_.set_faults({});
  history_.set_failure_rate(0);
  history_.set_outage_rate(0);
  pager_.set_failure_rate(0);
}

}  // namespace hts::simulation
