#include <algorithm>
#include <chrono>
#include <utility>

#include "actors/position_manager.hpp"
#include "actors/slot_warm_up.hpp"
#include "engine/jobs/job_id.hpp"
#include "engine/paper/plan_document.hpp"

namespace hts::actors {
namespace {

using result::ErrorCode;
using result::make_error;
using result::Result;

constexpr time::Duration a_minute = market::Timeframe::minute().length();

/// The newest stored minute of these symbols: where a recording goes on from.
Result<time::Timestamp> newest_minute(ports::CandleStore& candles,
                                      const std::vector<market::Symbol>& symbols) {
  auto files = candles.inventory();
  if (!files) return std::move(files).error();
  time::Timestamp newest{};
  for (const auto& file : *files) {
    const bool is_wanted = file.timeframe == market::Timeframe::minute() &&
                           std::ranges::find(symbols, file.symbol) != symbols.end();
    if (is_wanted) newest = std::max(newest, file.last);
  }
  return newest;
}

time::Timestamp last_closed_minute(time::Timestamp now) {
  return time::Timestamp{std::chrono::floor<std::chrono::minutes>(now)} - a_minute;
}

result::Status check_symbols(const paper::LivePlan& plan) {
  if (plan.symbols.empty()) {
    return make_error(ErrorCode::invalid, "A session needs at least one symbol.", "symbols");
  }
  auto sorted = plan.symbols;
  std::ranges::sort(sorted);
  if (std::ranges::adjacent_find(sorted) != sorted.end()) {
    return make_error(ErrorCode::invalid, "A symbol is named twice: name each once.", "symbols");
  }
  return result::success();
}

}  // namespace

void PositionManager::on(runtime::Request<StartSession>& asked) {
  auto request = std::make_shared<runtime::Request<StartSession>>(std::move(asked));
  if (ports_.ledger == nullptr || !is_loaded_) {
    request->reply(check_can_trade().error());
    return;
  }
  if ((is_running_ && standing_still_.empty()) || is_starting_) {
    request->reply(make_error(ErrorCode::conflict,
                              "A session runs already: stop it before you start another one."));
    return;
  }
  paper::LivePlan& plan = request->query.plan;
  if (auto sound = check_symbols(plan); !sound) {
    request->reply(std::move(sound).error());
    return;
  }
  plan.session_id = jobs::JobId::make(context_.now(), context_.random(), context_.random()).text();
  plan.started_at = context_.now();
  if (plan.manual == paper::ManualCosts{}) plan.manual = ports_.manual;
  for (auto& slot : plan.slots) slot.earlier.clear();
  if (auto tried = paper::PaperSession::begin(plan); !tried) {
    request->reply(std::move(tried).error());
    return;
  }
  is_starting_ = true;
  struct Past {
    time::Timestamp after{};
    std::vector<WarmStrategy> warm;
  };
  context_.offload(
      *ports_.loads,
      [candles = ports_.candles, boundary = ports_.day_boundary, plan,
       is_recording = ports_.is_recording]() -> Result<Past> {
        Past past;
        past.after = last_closed_minute(plan.started_at);
        if (is_recording) {
          auto newest = newest_minute(*candles, plan.symbols);
          if (!newest) return std::move(newest).error();
          past.after = *newest;
        }
        auto warm = warm_up(*candles, boundary, warm_ups(plan), past.after);
        if (!warm) return std::move(warm).error();
        past.warm = std::move(*warm);
        return past;
      },
      [this, request, generation = generation_](Result<Past> past) {
        if (generation != generation_) return;
        if (!past) {
          is_starting_ = false;
          request->reply(std::move(past).error());
          return;
        }
        begin_session(request, std::move(past->warm), past->after);
      });
}

void PositionManager::begin_session(const std::shared_ptr<runtime::Request<StartSession>>& request,
                                    std::vector<WarmStrategy> warm, time::Timestamp after) {
  paper::LivePlan& plan = request->query.plan;
  for (std::size_t i = 0; i < warm.size(); ++i) plan.slots[i].warmed_from = warm[i].warmed_from;
  plan.follows_after = after;
  auto begun = paper::PaperSession::begin(plan);
  result::Status can_begin = begun ? result::success() : std::move(begun).error();
  for (std::size_t i = 0; i < warm.size() && can_begin; ++i) {
    can_begin = check_can_keep(plan.slots[i], warm[i]);
    const auto slot = static_cast<paper::SlotId>(i);
    if (!can_begin || (*begun)->account().strategy_of(slot) == nullptr) continue;
    (*begun)->take_strategy(slot, std::exchange(warm[i], {}));
  }
  if (!can_begin) {
    is_starting_ = false;
    request->reply(std::move(can_begin).error());
    return;
  }
  ports::SessionRecord record;
  record.session_id = plan.session_id;
  record.plan = paper::plan_document(plan);
  record.is_running = true;
  record.started_at = plan.started_at;
  record.state = (*begun)->state();
  record.up_to = after;
  auto session = std::make_shared<std::unique_ptr<paper::PaperSession>>(std::move(*begun));
  auto strategies = std::make_shared<std::vector<WarmStrategy>>(std::move(warm));
  context_.offload(
      *ports_.live,
      [ledger = ports_.ledger, record = std::move(record)] { return ledger->put_session(record); },
      [this, request, session, strategies, after,
       generation = generation_](const result::Status& stored) {
        if (generation != generation_) return;
        if (!stored) {
          is_starting_ = false;
          ++store_errors_;
          store_error_ = stored.error().message;
          request->reply(stored.error());
          return;
        }
        begins_next_ = [this, request, session, strategies, after] {
          take_over(request, std::move(*session), std::move(*strategies), after);
        };
        // What people asked of the session before becomes durable, and is told, as of that one.
        if (!committing_ || !standing_still_.empty()) std::exchange(begins_next_, {})();
      });
}

/// The session is durable, and nothing of the one before is under way.
void PositionManager::take_over(const std::shared_ptr<runtime::Request<StartSession>>& request,
                                std::unique_ptr<paper::PaperSession> session,
                                std::vector<WarmStrategy> warm, time::Timestamp after) {
  is_starting_ = false;
  end_following();
  ++generation_;
  refuse_waiting(make_error(ErrorCode::conflict,
                            "Another session has begun meanwhile: ask again if you mean it."));
  committing_.reset();
  holds_ = 0;
  standing_still_.clear();
  session_ = std::move(session);
  view_ = {};
  view_.plan = std::make_shared<const paper::LivePlan>(session_->plan());
  update(view_, *session_, ports_.kept_trades);
  is_running_ = true;
  bars_ = incomplete_bars_ = 0;
  parity_differences_.reset();
  after_ = after;
  follow(std::move(warm));
  request->reply(status());
}

void PositionManager::on(runtime::Request<StopSession>& asked) {
  if (ports_.ledger == nullptr || !is_loaded_) {
    asked.reply(check_can_trade().error());
    return;
  }
  if (!is_running_ || view_.plan == nullptr) {
    asked.reply(make_error(ErrorCode::conflict, "No session runs: start one first."));
    return;
  }
  auto request = std::make_shared<runtime::Request<StopSession>>(std::move(asked));
  // What was decided before becomes durable first.
  const auto stop = [this, request] {
    ports::SessionRecord record;
    record.session_id = view_.plan->session_id;
    record.plan = paper::plan_document(session_ ? session_->plan() : *view_.plan);
    record.started_at = view_.plan->started_at;
    record.stopped_at = context_.now();
    context_.offload(
        *ports_.live,
        [ledger = ports_.ledger, record = std::move(record)] {
          return ledger->put_session(record);
        },
        [this, request, generation = generation_](const result::Status& stored) {
          if (!stored || generation != generation_) {
            request->reply(!stored ? stored.error()
                                   : make_error(ErrorCode::unavailable,
                                                "The session is being read anew: ask again."));
            return;
          }
          is_running_ = false;
          end_following();
          request->reply(status());
        });
  };
  if (!session_ || !standing_still_.empty()) {
    stop();
    return;
  }
  ask_by_hand({[](paper::PaperSession&) -> paper::PaperSession::Events {
                 return std::vector<paper::PaperEvent>{};
               },
               false, stop, [request](result::Error error) { request->reply(std::move(error)); }});
}

}  // namespace hts::actors
