#include <algorithm>
#include <iterator>
#include <utility>

#include "actors/position_manager.hpp"
#include "actors/session_alerts.hpp"
#include "engine/paper/plan_document.hpp"

namespace hts::actors {

void PositionManager::on(const BarClosed& closed) {
  if (!session_ || !is_running_ || !standing_still_.empty()) return;
  if (!queue_.add(closed.bar)) {
    resync("Bars were missed");
    return;
  }
  go_on();
}

void PositionManager::on(const Decided& decided) {
  if (!session_ || decided.slot >= runners_.size()) return;
  Runner& runner = runners_[decided.slot];
  if (decided.life == runner.life) {
    ++runner.status.candles;
    runner.status.signals += decided.signal ? 1 : 0;
    runner.status.last_candle = decided.bar_time;
    if (decided.snapshot) runner.snapshot = {decided.bar_time, decided.snapshot};
    if (decided.failed && runner.status.error.empty()) {
      runner.status.error = "The strategy failed; the log says why. Nothing opens for it any more.";
    }
  }
  queue_.add(decided);
  if (!queue_.empty()) go_on();
}

/// One commit at a time; what comes meanwhile goes with the next.
void PositionManager::go_on() {
  if (!session_ || committing_ || !standing_still_.empty()) return;
  auto work = std::make_shared<Work>();
  const bool asked = take_by_hand(*work);
  const bool moved = holds_ == 0 && is_running_ && take_bars(*work);
  if (!standing_still_.empty()) return;
  if (asked || moved) {
    committing_ = std::move(work);
    committing_->commit.session_id = session_->plan().session_id;
    committing_->commit.state = session_->state();
    committing_->commit.up_to = session_->up_to().value_or(after_);
    if (moved) add_snapshots(*committing_);
    try_commit();
  }
  watch_decisions();
}

/// A bar that waits too long goes on without what is missing.
void PositionManager::watch_decisions() {
  if (is_watching_ || queue_.empty()) return;
  is_watching_ = true;
  context_.after(decision_patience, [this, number = queue_.oldest(), generation = generation_] {
    is_watching_ = false;
    const bool waits =
        generation == generation_ && !queue_.empty() && queue_.oldest() == number && holds_ == 0;
    if (waits && !committing_) overdue_bar_ = number;
    go_on();
    watch_decisions();
  });
}

bool PositionManager::take_by_hand(Work& work) {
  bool taken = false;
  while (!by_hand_.empty()) {
    ByHand wanted = std::move(by_hand_.front());
    by_hand_.pop_front();
    auto events = wanted.act(*session_);
    if (!events) {
      wanted.refused(std::move(events).error());
      continue;
    }
    taken = true;
    if (wanted.changes_plan) work.commit.plan = paper::plan_document(session_->plan());
    work.done.push_back(std::move(wanted.done));
    add_events(work, std::move(*events));
  }
  return taken;
}

void PositionManager::add_events(Work& work, std::vector<paper::PaperEvent> events) {
  auto alerts = alerts_of(session_->plan(), events, context_.now());
  std::ranges::move(alerts, std::back_inserter(work.commit.alerts));
  std::ranges::move(events, std::back_inserter(work.commit.events));
}

/// A runner may be ahead of the session: what it has seen of later bars would be seen twice.
void PositionManager::add_snapshots(Work& work) {
  for (std::size_t i = 0; i < runners_.size(); ++i) {
    Snapshot& snapshot = runners_[i].snapshot;
    if (!snapshot.bytes || snapshot.bar_time > work.commit.up_to) continue;
    work.commit.snapshots.push_back({static_cast<paper::SlotId>(i), *snapshot.bytes});
    snapshot.bytes.reset();
  }
}

bool PositionManager::take_bars(Work& work) {
  std::size_t taken = 0;
  while (taken < most_bars_a_commit) {
    const bool is_overdue = !queue_.empty() && queue_.oldest() == overdue_bar_;
    auto ready = queue_.take(is_overdue);
    if (!ready) break;
    overdue_bar_ = 0;
    ++taken;
    ++bars_;
    if (!ready->is_complete) {
      ++incomplete_bars_;
      context_.log(runtime::LogLevel::warning,
                   "The bar of " + time::format_iso8601(ready->bar->open_time) +
                       " went on without the decisions of some strategies.");
    }
    std::vector<backtest::SteppedCandle> candles;
    candles.reserve(ready->bar->candles.size());
    for (const auto& [instrument, candle] : ready->bar->candles) {
      candles.push_back({instrument, candle});
    }
    auto events = session_->step(ready->bar->open_time, candles, ready->signals, ready->closed);
    if (!events) {
      stand_still(events.error().message);
      return false;
    }
    take_answers(ready->signals);
    auto told = alerts_of(session_->plan(), ready->bar->open_time, ready->signals, context_.now());
    std::ranges::move(told, std::back_inserter(work.commit.alerts));
    add_events(work, std::move(*events));
  }
  return taken > 0;
}

/// Of the strategies that the account has asked at the close of the bar.
void PositionManager::take_answers(std::vector<backtest::SteppedSignal>& signals) {
  const auto answers = session_->account().answers();
  if (answers.empty()) return;
  for (const backtest::SteppedAsk& answer : answers) {
    if (answer.signal) signals.push_back({answer.slot, *answer.signal});
    if (answer.failure) context_.log(runtime::LogLevel::error, answer.failure->message);
    if (answer.slot >= runners_.size()) continue;
    RunnerStatus& status = runners_[answer.slot].status;
    status.signals += answer.signal ? 1 : 0;
    if (answer.failure) status.error = answer.failure->message;
  }
  std::ranges::sort(signals, {}, &backtest::SteppedSignal::slot);
}

void PositionManager::try_commit() {
  context_.offload(
      *ports_.live,
      [ledger = ports_.ledger, work = committing_] { return ledger->commit({work->commit}); },
      [this, generation = generation_](const result::Status& stored) {
        if (generation != generation_) return;
        if (stored) {
          settle();
          return;
        }
        ++store_errors_;
        store_error_ = stored.error().message;
        if (stored.error().code == result::ErrorCode::conflict) {
          stand_still(store_error_);
          return;
        }
        if (failures_ == 0) context_.log(runtime::LogLevel::error, store_error_);
        retry_later([this] { try_commit(); });
      });
}

/// It is durable: now everybody may know.
void PositionManager::settle() {
  const auto work = std::exchange(committing_, nullptr);
  failures_ = 0;
  ++commits_;
  store_error_.clear();
  if (!work->commit.plan.empty()) {
    view_.plan = std::make_shared<const paper::LivePlan>(session_->plan());
  }
  update(view_, *session_, ports_.kept_trades);
  if (ports_.announce && !work->commit.events.empty()) {
    ports_.announce(*view_.plan, work->commit.events);
  }
  // A notifier that has no room looks by itself a minute later.
  if (!work->commit.alerts.empty()) (void)ports_.notifier.tell(AlertsCommitted{});
  for (const auto& done : work->done) done();
  if (begins_next_ && !committing_) std::exchange(begins_next_, {})();
  go_on();
}

}  // namespace hts::actors
