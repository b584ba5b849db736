#include "engine/paper/rerun.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "engine/paper/paper_session.hpp"
#include "engine/paper/rerun_slot.hpp"

namespace hts::paper {
namespace {

using result::Result;
using result::Status;
using result::success;

constexpr time::Duration bar_length = market::Timeframe::minute().length();
constexpr std::size_t most_sentences = 20;

bool is_by_hand(const PaperEvent& event) {
  switch (event.kind) {
    case PaperEventKind::asked:
    case PaperEventKind::slot_changed:
      return true;
    case PaperEventKind::halted:
    case PaperEventKind::resumed:
      return event.slot == manual_book;
    default:
      return false;
  }
}

/// The plan as it was when the session began.
LivePlan original(const LivePlan& plan) {
  LivePlan before = plan;
  for (LiveSlot& slot : before.slots) {
    if (slot.earlier.empty()) continue;
    const EarlierSlot first = slot.earlier.front();
    slot.parameters = first.parameters;
    slot.is_enabled = first.is_enabled;
    slot.warmed_from = first.warmed_from;
    slot.earlier.clear();
  }
  return before;
}

std::string sentence_of(const PaperEvent* before, const PaperEvent* again) {
  const PaperEvent& event = before != nullptr ? *before : *again;
  const auto words = [](const PaperEvent* each) {
    if (each == nullptr) return std::string{"nothing"};
    return "kind " + std::to_string(static_cast<int>(each->kind)) + ", slot " +
           std::to_string(each->slot) + ", " + each->quantity.text() + " at " + each->price.text() +
           ", profit " + each->realized_profit.text() + " (" + each->reason + ")";
  };
  return "Event " + std::to_string(event.number) + " of " + time::format_iso8601(event.time) +
         " was " + words(before) + " and is now " + words(again) + ".";
}

class Rerun {
 public:
  Rerun(const LivePlan& plan, std::span<const PaperEvent> stored, market::DayBoundary boundary,
        const StoredMinutes& minutes)
      : plan_(plan), stored_(stored), boundary_(boundary), minutes_(minutes) {}

  Result<RerunReport> run(time::Timestamp up_to) {
    auto session = PaperSession::begin(original(plan_));
    if (!session) return std::move(session).error();
    session_ = std::move(session).value();
    done_ = plan_.follows_after;
    changes_.resize(plan_.slots.size());
    for (SlotId i = 0; i < plan_.slots.size(); ++i) {
      auto made = begin_slot(i);
      if (!made) return std::move(made).error();
      slots_.push_back(std::move(made).value());
    }
    while (done_ < up_to) {
      auto moved = run_day(up_to);
      if (!moved) return std::move(moved).error();
    }
    if (auto asked = act_before(time::Timestamp::max()); !asked) return std::move(asked).error();
    report_.to = done_;
    compare();
    return std::move(report_);
  }

 private:
  Result<RerunSlot> begin_slot(SlotId place) {
    const LiveSlot& slot = session_->plan().slots[place];
    auto made = RerunSlot::make(slot, boundary_, plan_.account.cash);
    if (!made) return std::move(made).error();
    auto past = minutes_(plan_.symbols[slot.instrument], {slot.warmed_from, done_ + bar_length});
    if (!past) return std::move(past).error();
    made->warm_up(past->view(), done_);
    if (made->gives_orders()) session_->take_strategy(place, made->take_strategy());
    return made;
  }

  Status run_day(time::Timestamp up_to) {
    const time::Timestamp begin = done_ + bar_length;
    const time::Timestamp end = std::min(up_to + bar_length, begin + std::chrono::days{1});
    std::vector<market::CandleSeries> days;
    for (const auto& symbol : plan_.symbols) {
      auto day = minutes_(symbol, {begin, end});
      if (!day) return std::move(day).error();
      days.push_back(std::move(*day));
    }
    std::vector<std::size_t> next(days.size());
    while (true) {
      const time::Timestamp minute = next_bar(days, next, end);
      if (minute >= end) break;
      if (auto moved = run_bar(minute, days, next); !moved) return moved;
    }
    done_ = std::max(done_, end - bar_length);
    return success();
  }

  /// The next minute with a trade or the close of a longer candle.
  time::Timestamp next_bar(const std::vector<market::CandleSeries>& days,
                           const std::vector<std::size_t>& next, time::Timestamp end) const {
    time::Timestamp minute = end;
    for (std::size_t i = 0; i < days.size(); ++i) {
      if (next[i] < days[i].size()) minute = std::min(minute, days[i].open_time[next[i]]);
    }
    for (const RerunSlot& slot : slots_) {
      if (const auto closes = slot.closes_with()) minute = std::min(minute, *closes);
    }
    return minute;
  }

  Status run_bar(time::Timestamp minute, const std::vector<market::CandleSeries>& days,
                 std::vector<std::size_t>& next) {
    if (auto asked = act_before(minute); !asked) return asked;
    std::vector<backtest::SteppedCandle> candles;
    for (std::uint32_t i = 0; i < days.size(); ++i) {
      if (next[i] < days[i].size() && days[i].open_time[next[i]] == minute) {
        candles.push_back({i, days[i][next[i]++]});
      }
    }
    std::vector<backtest::SteppedSignal> signals;
    std::vector<backtest::SlotCandle> closed;
    for (std::uint32_t i = 0; i < slots_.size(); ++i) {
      const auto own =
          std::ranges::find(candles, plan_.slots[i].instrument, &backtest::SteppedCandle::symbol);
      if (own != candles.end()) slots_[i].add(own->candle);
      if (slots_[i].gives_orders()) {
        if (const auto candle = slots_[i].close_candle(minute)) closed.push_back({i, *candle});
      } else if (const auto signal = slots_[i].close(minute)) {
        signals.push_back({i, *signal});
      }
    }
    done_ = minute;
    if (report_.bars++ == 0) report_.from = minute;
    report_.signals += signals.size();
    auto stepped = take(session_->step(minute, candles, signals, closed));
    for (const auto& answer : session_->account().answers()) {
      report_.signals += answer.signal ? 1 : 0;
    }
    return stepped;
  }

  Status take(PaperSession::Events events) {
    if (!events) return std::move(events).error();
    for (const PaperEvent& event : *events) {
      report_.fills += event.kind == PaperEventKind::fill ? 1 : 0;
      report_.events.push_back(event);
    }
    return success();
  }

  /// What people asked for before the close of the bar that opens at `minute` and after the one
  /// before it.
  Status act_before(time::Timestamp minute) {
    for (; next_asked_ < stored_.size(); ++next_asked_) {
      const PaperEvent& event = stored_[next_asked_];
      if (!is_by_hand(event)) continue;
      if (minute != time::Timestamp::max() && event.time >= minute + bar_length) return success();
      if (auto acted = act(event); !acted) return acted;
    }
    return success();
  }

  Status act(const PaperEvent& event) {
    switch (event.kind) {
      case PaperEventKind::slot_changed:
        return change_slot(event);
      case PaperEventKind::halted: {
        const bool closes = next_asked_ + 1 < stored_.size() &&
                            stored_[next_asked_ + 1].kind == PaperEventKind::asked &&
                            stored_[next_asked_ + 1].reason == asked_close_all;
        return take(session_->halt(event.time, event.reason, closes));
      }
      case PaperEventKind::resumed:
        return take(session_->resume_trading(event.time));
      default:
        break;
    }
    // One that cannot be done any more leaves no event, which the comparison finds.
    if (event.reason == asked_enter) {
      auto entered =
          session_->enter(event.time, {event.instrument, event.side, event.quantity, event.price});
      return entered ? take(std::move(entered)) : success();
    }
    if (event.reason == asked_close) {
      auto closed = session_->close(event.time, event.position_id, event.price);
      return closed ? take(std::move(closed)) : success();
    }
    return success();  // "close_all" was done with its halt
  }

  Status change_slot(const PaperEvent& event) {
    if (event.slot >= plan_.slots.size()) return success();
    const LiveSlot& last = plan_.slots[event.slot];
    const std::size_t number = ++changes_[event.slot];
    PaperSession::SlotChange change;
    change.slot = event.slot;
    const bool is_last = number >= last.earlier.size();
    const auto& parameters = is_last ? last.parameters : last.earlier[number].parameters;
    change.is_enabled = is_last ? last.is_enabled : last.earlier[number].is_enabled;
    const bool renews = event.reason == "parameters";
    if (renews) {
      change.parameters = parameters;
      change.warmed_from = is_last ? last.warmed_from : last.earlier[number].warmed_from;
    }
    if (auto taken = take(session_->change_slot(event.time, change)); !taken) return taken;
    if (!renews) return success();
    auto made = begin_slot(event.slot);
    if (!made) return std::move(made).error();
    slots_[event.slot] = std::move(made).value();
    return success();
  }

  void compare() {
    const std::size_t longer = std::max(stored_.size(), report_.events.size());
    for (std::size_t i = 0; i < longer; ++i) {
      const PaperEvent* before = i < stored_.size() ? &stored_[i] : nullptr;
      const PaperEvent* again = i < report_.events.size() ? &report_.events[i] : nullptr;
      if (before != nullptr && again != nullptr && *before == *again) continue;
      ++report_.differences;
      if (report_.first.size() < most_sentences) {
        report_.first.push_back(sentence_of(before, again));
      }
    }
  }

  const LivePlan& plan_;
  const std::span<const PaperEvent> stored_;
  const market::DayBoundary boundary_;
  const StoredMinutes& minutes_;
  std::unique_ptr<PaperSession> session_;
  std::vector<RerunSlot> slots_;
  std::vector<std::size_t> changes_;  ///< of each slot, so far
  time::Timestamp done_{};            ///< the newest bar
  std::size_t next_asked_ = 0;
  RerunReport report_;
};

}  // namespace

Result<RerunReport> rerun(const LivePlan& plan, std::span<const PaperEvent> stored,
                          time::Timestamp up_to, market::DayBoundary boundary,
                          const StoredMinutes& minutes) {
  return Rerun(plan, stored, boundary, minutes).run(up_to);
}

}  // namespace hts::paper
