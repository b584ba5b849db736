#include <algorithm>
#include <chrono>
#include <utility>

#include "actors/position_manager.hpp"
#include "actors/session_alerts.hpp"
#include "actors/slot_warm_up.hpp"
#include "engine/jobs/job_id.hpp"
#include "engine/paper/plan_document.hpp"
#include "engine/paper/strategy_snapshot.hpp"
#include "engine/strategies/strategy_definition.hpp"

namespace hts::actors {
namespace {

using result::ErrorCode;
using result::make_error;
using result::Result;

constexpr std::chrono::seconds longest_pause{30};
constexpr std::chrono::seconds follow_patience{60};
constexpr std::uint64_t events_a_read = 10'000;

Result<std::vector<paper::PaperEvent>> all_events(ports::LedgerStore& ledger,
                                                  const std::string& session) {
  std::vector<paper::PaperEvent> events;
  while (true) {
    auto page = ledger.events(session, events.size() + 1, events_a_read);
    if (!page) return std::move(page).error();
    const bool is_last = page->size() < events_a_read;
    std::ranges::move(*page, std::back_inserter(events));
    if (is_last) return events;
  }
}

}  // namespace

void PositionManager::on_start() {
  if (ports_.ledger != nullptr) load();
}

void PositionManager::retry_later(std::function<void()> what) {
  ++failures_;
  const auto pause = std::min<time::Duration>(std::chrono::seconds{failures_}, longest_pause);
  context_.after(pause, [this, generation = generation_, what = std::move(what)] {
    if (generation == generation_) what();
  });
}

void PositionManager::load() {
  context_.offload(
      *ports_.live,
      [ledger = ports_.ledger]() -> Result<Stored> {
        Stored stored;
        auto newest = ledger->newest_session();
        if (!newest) return std::move(newest).error();
        stored.record = std::move(*newest);
        if (!stored.record) return stored;
        auto events = all_events(*ledger, stored.record->session_id);
        if (!events) return std::move(events).error();
        stored.events = std::move(*events);
        if (stored.record->is_running) {
          auto snapshots = ledger->snapshots(stored.record->session_id);
          if (!snapshots) return std::move(snapshots).error();
          stored.snapshots = std::move(*snapshots);
        }
        return stored;
      },
      [this, generation = generation_](Result<Stored> stored) {
        if (generation == generation_) take_stored(std::move(stored));
      });
}

void PositionManager::take_stored(Result<Stored> stored) {
  if (!stored) {
    ++store_errors_;
    store_error_ = stored.error().message;
    if (failures_ == 0) {
      context_.log(runtime::LogLevel::error, "The paper ledger cannot be read: " + store_error_);
    }
    retry_later([this] { load(); });
    return;
  }
  failures_ = 0;
  store_error_.clear();
  is_loaded_ = true;
  if (!stored->record) return;
  const ports::SessionRecord& record = *stored->record;
  after_ = record.up_to;
  auto plan = paper::read_plan_document(record.plan);
  if (!plan) {
    stand_still(plan.error().message);
    return;
  }
  auto resumed = paper::PaperSession::resume(*plan, record.state, stored->events);
  is_running_ = record.is_running;
  if (!resumed) {
    view_ = {};
    view_.plan = std::make_shared<const paper::LivePlan>(std::move(*plan));
    view_.up_to = record.up_to;
    view_.events = record.events;
    stand_still(resumed.error().message);
    return;
  }
  session_ = std::move(resumed).value();
  view_ = {};
  view_.plan = std::make_shared<const paper::LivePlan>(session_->plan());
  update(view_, *session_, ports_.kept_trades);
  snapshots_ = std::move(stored->snapshots);
  if (is_running_) warm_up_and_follow();
}

void PositionManager::stand_still(const std::string& why) {
  standing_still_ = why;
  context_.log(runtime::LogLevel::error, why);
  end_following();
  if (view_.plan == nullptr) return;
  ports::LedgerCommit told;
  told.session_id = view_.plan->session_id;
  told.up_to = view_.up_to.value_or(after_);
  told.alerts = {broken_alert(told.session_id, view_.events, why, context_.now())};
  context_.offload(
      *ports_.live,
      [ledger = ports_.ledger, told = std::move(told)] { return ledger->commit({told}); },
      [notifier = ports_.notifier](const result::Status& stored) {
        if (stored) (void)notifier.tell(AlertsCommitted{});
      });
}

void PositionManager::warm_up_and_follow() {
  context_.offload(
      *ports_.loads,
      [candles = ports_.candles, boundary = ports_.day_boundary,
       slots = warm_ups(session_->plan(), snapshots_),
       after = after_] { return warm_up(*candles, boundary, slots, after); },
      [this, generation = generation_](Result<std::vector<WarmStrategy>> warm) {
        if (generation == generation_) follow(std::move(warm));
      });
}

void PositionManager::follow(Result<std::vector<WarmStrategy>> warm) {
  if (!warm) {
    ++store_errors_;
    store_error_ = warm.error().message;
    retry_later([this] { warm_up_and_follow(); });
    return;
  }
  failures_ = 0;
  snapshots_ = {};
  queue_.begin(after_, lives_ + 1);
  runners_.assign(session_->plan().slots.size(), {});
  for (std::size_t i = 0; i < runners_.size(); ++i) {
    take_runner(static_cast<paper::SlotId>(i), std::move((*warm)[i]));
  }
  ask_to_follow();
}

/// The slot's runner from now on.
void PositionManager::take_runner(paper::SlotId slot, WarmStrategy warm) {
  const paper::LiveSlot& planned = session_->plan().slots[slot];
  auto definition = strategies::find_strategy(planned.strategy);
  if (!definition) return;  // it was found when the session began
  Runner& runner = runners_[slot];
  context_.stop(runner.address);
  runner.life = ++lives_;
  runner.status = {};
  runner.snapshot = {};
  runner.status.slot = slot;
  runner.status.candles = warm.candles;
  runner.status.last_candle = warm.last_candle;
  runner.status.error = warm.error;
  if (const WarmStrategy* asked = session_->account().strategy_of(slot)) {
    warm.candles = runner.status.candles = asked->candles;
    warm.last_candle = runner.status.last_candle = asked->last_candle;
    warm.error = runner.status.error = asked->error;
  }
  const auto& needs = (*definition)->warm_up;
  const bool can_decide = runner.status.error.empty();
  runner.needed = needs && can_decide ? needs(planned.parameters) : 0;
  RunnerStart start;
  start.slot = slot;
  start.life = runner.life;
  start.definition = *definition;
  start.warm = std::make_shared<WarmStrategy>(std::move(warm));
  start.positions = context_.self<PositionManagerProtocol>();
  start.snapshot_candles = ports_.snapshot_candles;
  runner.address = ports_.spawn_runner(start);
  queue_.begin_life(slot, runner.life);
}

void PositionManager::ask_to_follow() {
  const paper::LivePlan& plan = session_->plan();
  feed_error_.clear();
  FollowMarket wanted;
  wanted.subscription = ++subscription_;
  wanted.symbols = plan.symbols;
  wanted.after = after_;
  for (std::size_t i = 0; i < runners_.size(); ++i) {
    const paper::LiveSlot& slot = plan.slots[i];
    wanted.runners.push_back({static_cast<paper::SlotId>(i), slot.instrument, slot.timeframe,
                              runners_[i].address, after_});
  }
  context_.ask(ports_.ingest, std::move(wanted), follow_patience,
               [this, generation = generation_](const Result<result::Nothing>& answer) {
                 if (generation != generation_) return;
                 if (!answer) {
                   store_error_ = answer.error().message;
                   retry_later([this] { resync("The market could not be followed"); });
                   return;
                 }
                 failures_ = 0;
                 is_following_ = true;
                 if (!ports_.subscribe) return;
                 ports::FeedSubscription feed;
                 feed.number = subscription_;
                 feed.symbols = session_->plan().symbols;
                 // The newest minute is known to its end.
                 feed.after = after_ + market::Timeframe::minute().length() - time::Duration{1};
                 const auto subscribed = ports_.subscribe(feed);
                 if (subscribed) return;
                 feed_error_ = subscribed.error().message;
                 context_.log(runtime::LogLevel::error,
                              "The session hears of no prices: " + feed_error_);
               });
}

void PositionManager::end_following() {
  for (Runner& runner : runners_) context_.stop(runner.address);
  runners_.clear();
  queue_.begin(time::Timestamp::max(), lives_ + 1);
  if (!is_following_) return;
  is_following_ = false;
  // The number moves on without a feed too, as in a replay of what a feed brought.
  ++subscription_;
  if (ports_.subscribe) {
    ports::FeedSubscription nothing;
    nothing.number = subscription_;
    const auto ended = ports_.subscribe(nothing);
    if (!ended) context_.log(runtime::LogLevel::warning, ended.error().message);
  }
  FollowMarket nobody;
  nobody.subscription = subscription_;
  context_.ask(ports_.ingest, std::move(nobody), follow_patience,
               [](const Result<result::Nothing>&) {});
}

void PositionManager::refuse_waiting(const result::Error& why) {
  for (ByHand& wanted : std::exchange(by_hand_, {})) wanted.refused(why);
}

/// Everything anew from what is stored, as after a restart.
void PositionManager::resync(const std::string& why) {
  context_.log(runtime::LogLevel::warning, why + ": the session goes on from what is stored.");
  end_following();
  ++generation_;
  refuse_waiting(
      make_error(ErrorCode::unavailable, "The session is being read anew: ask again in a moment."));
  committing_.reset();
  begins_next_ = {};
  is_loaded_ = is_starting_ = false;
  holds_ = 0;
  session_.reset();
  load();
}

result::Status PositionManager::check_can_keep(const paper::LiveSlot& slot,
                                               const WarmStrategy& warm) {
  auto definition = strategies::find_strategy(slot.strategy);
  if (!definition) return std::move(definition).error();
  if (!(*definition)->uses_orders || !warm.strategy) return result::success();
  return paper::check_snapshot(**definition, warm);
}

result::Status PositionManager::check_can_trade() const {
  if (ports_.ledger == nullptr) {
    return make_error(ErrorCode::unavailable,
                      "This process does not trade live: start the daemon with feed.source set.");
  }
  if (!is_loaded_) {
    return make_error(ErrorCode::unavailable,
                      "The paper ledger is being read" +
                          (store_error_.empty() ? std::string{} : " (" + store_error_ + ")") +
                          ": ask again in a moment.");
  }
  if (!standing_still_.empty()) return make_error(ErrorCode::conflict, standing_still_);
  return result::success();
}

}  // namespace hts::actors
