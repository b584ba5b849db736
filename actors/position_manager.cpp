#include "actors/position_manager.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "actors/slot_warm_up.hpp"
#include "engine/paper/rerun.hpp"
#include "engine/strategies/strategy_definition.hpp"

namespace hts::actors {
namespace {

using result::ErrorCode;
using result::make_error;
using result::Result;

constexpr std::chrono::seconds market_patience{1};
constexpr std::chrono::seconds runner_patience{30};

}  // namespace

result::Error no_paper_session() {
  return make_error(ErrorCode::conflict, "There is no session: start one first.");
}

PositionManager::PositionManager(runtime::Context& context, LivePorts ports)
    : context_(context), ports_(std::move(ports)) {}

void PositionManager::on(runtime::Request<GetPositionSummary>& request) {
  request.reply(PositionSummary{view_.positions.size()});
}

SessionStatus PositionManager::status() const {
  SessionStatus status;
  status.plan = view_.plan;
  if (view_.plan) status.session_id = view_.plan->session_id;
  status.is_known = is_loaded_;
  status.is_running = is_running_ && standing_still_.empty();
  status.market_data_status = is_following_ ? "connecting" : "stopped";
  status.strategy_runner_status = runners_.empty() ? "stopped"
                                  : is_following_  ? "running"
                                                   : "warming_up";
  for (const Runner& runner : runners_) {
    RunnerStatus& one = status.runners.emplace_back(runner.status);
    one.is_initialized = one.error.empty() && one.candles > runner.needed;
  }
  status.bars = bars_;
  status.up_to = view_.up_to.value_or(after_);
  status.is_halted = view_.is_halted || !standing_still_.empty();
  status.stands_still = !standing_still_.empty();
  status.halt_reason = standing_still_.empty() ? view_.halt_reason : standing_still_;
  status.cash = view_.cash;
  status.equity = view_.equity;
  status.realized_profit = view_.totals.realized_profit.approximate();
  if (session_) {
    for (const auto& position : view_.positions) {
      const auto price = session_->price_of(position.instrument);
      if (price) status.unrealized_profit += position.unrealized_profit(*price).approximate();
    }
  }
  status.fees = view_.totals.fees.approximate();
  status.fills = view_.totals.fills;
  status.commits = commits_;
  status.store_errors = store_errors_;
  status.store_error = store_error_;
  status.feed_error = feed_error_;
  status.parity_differences = parity_differences_;
  return status;
}

void PositionManager::on(runtime::Request<GetSession>& asked) {
  if (ports_.ledger == nullptr) {
    asked.reply(check_can_trade().error());
    return;
  }
  if (!is_following_) {
    asked.reply(status());
    return;
  }
  auto request = std::make_shared<runtime::Request<GetSession>>(std::move(asked));
  context_.ask(ports_.ingest, GetMarketStatus{}, market_patience,
               [this, request](const Result<std::shared_ptr<const MarketStatus>>& market) {
                 SessionStatus now = status();
                 now.market_data_status =
                     market ? std::string{word_of((*market)->feed.state)} : "unknown";
                 request->reply(std::move(now));
               });
}

void PositionManager::on(runtime::Request<GetPositions>& request) {
  if (ports_.ledger == nullptr) {
    request.reply(check_can_trade().error());
    return;
  }
  SessionPositions answer{status(), {}};
  for (const auto& position : view_.positions) {
    const auto price =
        session_ ? session_->price_of(position.instrument) : std::optional<trading::Price>{};
    answer.positions.push_back(live_position(*view_.plan, position, price));
  }
  request.reply(std::move(answer));
}

void PositionManager::on(runtime::Request<GetTrades>& request) {
  if (ports_.ledger == nullptr) {
    request.reply(check_can_trade().error());
    return;
  }
  LiveTradePage page = trade_page(view_, request.query);
  if (has_trades_of(view_, request.query)) {
    request.reply(std::move(page));
    return;
  }
  auto asked = std::make_shared<runtime::Request<GetTrades>>(std::move(request));
  context_.offload(
      *ports_.checks,
      [ledger = ports_.ledger, plan = view_.plan, events = view_.events, total = page.total,
       query = asked->query] { return stored_trades(*ledger, *plan, events, total, query); },
      [asked, page](Result<std::vector<LiveTrade>> trades) {
        if (!trades) {
          asked->reply(std::move(trades).error());
          return;
        }
        LiveTradePage answer = page;
        answer.trades = std::move(*trades);
        asked->reply(std::move(answer));
      });
}

void PositionManager::on(runtime::Request<ChangeSessionSlot>& asked) {
  auto request = std::make_shared<runtime::Request<ChangeSessionSlot>>(std::move(asked));
  if (auto can = check_can_trade(); !can) {
    request->reply(std::move(can).error());
    return;
  }
  if (!session_) {
    request->reply(no_paper_session());
    return;
  }
  const ChangeSlot& change = request->query.change;
  const auto& slots = session_->plan().slots;
  if (change.parameters && change.slot < slots.size()) {
    auto definition = strategies::find_strategy(slots[change.slot].strategy);
    if (!definition) {
      request->reply(std::move(definition).error());
      return;
    }
    auto parameters = strategies::resolve_for(**definition, change.parameters->values());
    if (!parameters) {
      request->reply(std::move(parameters).error());
      return;
    }
    change_runner(request, std::move(*parameters));
    return;
  }
  ByHand wanted;
  wanted.changes_plan = true;
  wanted.refused = [request](result::Error error) { request->reply(std::move(error)); };
  wanted.act = [this, request](paper::PaperSession& session) {
    const ChangeSlot& only_flag = request->query.change;
    return session.change_slot(moment(), {only_flag.slot, {}, only_flag.is_enabled, {}});
  };
  wanted.done = [this, request] { request->reply(status()); };
  ask_by_hand(std::move(wanted));
}

/// Bars wait until the new runner has seen what the old one saw: from the change on every decision
/// is the new one's.
void PositionManager::change_runner(
    const std::shared_ptr<runtime::Request<ChangeSessionSlot>>& request,
    parameters::Parameters parameters) {
  const paper::SlotId slot = request->query.change.slot;
  const paper::LiveSlot& planned = session_->plan().slots[slot];
  const time::Timestamp seen = session_->up_to().value_or(after_);
  const SlotWarmUp wanted{session_->plan().symbols[planned.instrument],
                          planned.timeframe,
                          planned.strategy,
                          parameters,
                          {},
                          {},
                          false,
                          session_->plan().account.cash};
  ++holds_;
  const auto let_go = [this] {
    --holds_;
    go_on();
  };
  const auto refused = [request, let_go](result::Error error) {
    request->reply(std::move(error));
    let_go();
  };
  context_.offload(
      *ports_.loads,
      [candles = ports_.candles, boundary = ports_.day_boundary, wanted, seen] {
        return warm_up(*candles, boundary, {wanted}, seen);
      },
      [this, request, parameters = std::move(parameters), slot, seen, let_go, refused,
       generation = generation_](Result<std::vector<WarmStrategy>> warmed) {
        if (generation != generation_) return;
        if (!warmed) {
          refused(std::move(warmed).error());
          return;
        }
        auto warm = std::make_shared<WarmStrategy>(std::move(warmed->front()));
        if (auto can = check_can_keep(session_->plan().slots[slot], *warm); !can) {
          refused(std::move(can).error());
          return;
        }
        ByHand change;
        change.changes_plan = true;
        change.refused = refused;
        change.act = [this, request, parameters, slot, warm](paper::PaperSession& session) {
          auto events = session.change_slot(
              moment(), {slot, parameters, request->query.change.is_enabled, warm->warmed_from});
          const bool is_kept = session.account().strategy_of(slot) != nullptr;
          if (events && is_kept) session.take_strategy(slot, std::exchange(*warm, {}));
          return events;
        };
        change.done = [this, request, slot, seen, warm, let_go] {
          if (!is_following_ || slot >= runners_.size()) {
            request->reply(status());
            let_go();
            return;
          }
          take_runner(slot, std::move(*warm));
          const paper::LiveSlot& changed = session_->plan().slots[slot];
          context_.ask(ports_.ingest,
                       AddRunner{{slot, changed.instrument, changed.timeframe,
                                  runners_[slot].address, seen}},
                       runner_patience,
                       [this, request, let_go,
                        generation = generation_](const Result<result::Nothing>& added) {
                         if (generation != generation_) return;
                         if (!added) {
                           request->reply(added.error());
                           resync("A changed slot could not be followed");
                           return;
                         }
                         request->reply(status());
                         let_go();
                       });
        };
        ask_by_hand(std::move(change));
      });
}

void PositionManager::on(runtime::Request<CheckParity>& asked) {
  if (auto can = check_can_trade(); !can) {
    asked.reply(std::move(can).error());
    return;
  }
  if (!session_) {
    asked.reply(no_paper_session());
    return;
  }
  if (is_checking_) {
    asked.reply(make_error(ErrorCode::conflict, "A check runs already: wait for its end."));
    return;
  }
  is_checking_ = true;
  auto request = std::make_shared<runtime::Request<CheckParity>>(std::move(asked));
  context_.offload(
      *ports_.checks,
      [ledger = ports_.ledger, candles = ports_.candles, boundary = ports_.day_boundary,
       plan = view_.plan, up_to = view_.up_to, count = view_.events]() -> Result<ParityReport> {
        std::vector<paper::PaperEvent> events;
        auto stored = ledger->events(plan->session_id, 1, count);
        if (!stored) return std::move(stored).error();
        auto again = paper::rerun(*plan, *stored, up_to.value_or(plan->follows_after), boundary,
                                  [&](const market::Symbol& symbol, time::TimeRange range) {
                                    return stored_minutes(*candles, symbol, range);
                                  });
        if (!again) return std::move(again).error();
        return ParityReport{plan->session_id, again->from,  again->to,          again->bars,
                            again->signals,   again->fills, again->differences, again->first};
      },
      [this, request](Result<ParityReport> report) {
        is_checking_ = false;
        if (report) parity_differences_ = report->differences;
        request->reply(std::move(report));
      });
}

}  // namespace hts::actors
