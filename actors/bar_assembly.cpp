#include "actors/bar_assembly.hpp"

#include <algorithm>
#include <utility>

namespace hts::actors {
void BarAssembly::follow(const std::vector<market::Symbol>& symbols, time::Timestamp first) {
  instruments_.clear();
  lines_.clear();
  for (const market::Symbol& symbol : symbols)
    instruments_.push_back({symbol, first, {}, false, {}});
  held_lines_ = waiting_ = untaken_ = 0;
  was_held_up_ = false;
  replayed_before_ = time::Timestamp::min();
  bar_ = first;
  is_begun_ = false;
  candles_.clear();
  unstored_.candles.clear();
  decisions_ = 0;
  bars_ = 0;
  last_bar_ = {};
}

std::size_t BarAssembly::add_line(const RunnerLine& line) {
  lines_.push_back({line, market::TimeframeBuilder(line.timeframe, boundary_), true});
  ++held_lines_;
  instruments_[line.instrument].lines.push_back(lines_.size() - 1);
  return lines_.size() - 1;
}

std::optional<std::size_t> BarAssembly::find_line(paper::SlotId slot) const noexcept {
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    if (lines_[i].line.slot == slot) return i;
  }
  return std::nullopt;
}

void BarAssembly::replace_line(std::size_t place, const RunnerLine& line) {
  Line& old = lines_[place];
  if (old.line.instrument != line.instrument) {
    std::erase(instruments_[old.line.instrument].lines, place);
    instruments_[line.instrument].lines.push_back(place);
  }
  if (!old.is_held) ++held_lines_;
  old = {line, market::TimeframeBuilder(line.timeframe, boundary_), true};
}

time::Timestamp BarAssembly::line_begins(std::size_t place) const noexcept {
  const RunnerLine& line = lines_[place].line;
  // What was seen long before the first bar, or is not known, is no reason to read everything.
  const time::Timestamp from = std::min(line.warmed_up_to + one_minute, bar_);
  return market::bucket_open_at(from, line.timeframe, boundary_);
}

void BarAssembly::start_line(std::size_t place, market::CandleView minutes) {
  Line& line = lines_[place];
  if (!line.is_held) return;
  const auto tell = [&](const market::TimeframeBuilder::Closed& closed) {
    const time::Timestamp last_minute =
        closed.candle.open_time + line.line.timeframe.length() - one_minute;
    if (last_minute <= line.line.warmed_up_to) return;
    hooks_.on_candle(place, {line.line.slot, 0, last_minute, closed.candle, closed.missing});
  };
  for (std::size_t i = 0; i < minutes.size() && minutes.open_time[i] < bar_; ++i) {
    if (const auto closed = line.builder.add(minutes[i])) tell(*closed);
  }
  if (const auto closed = line.builder.close_minute(bar_ - one_minute)) tell(*closed);
  line.is_held = false;
  --held_lines_;
  if (is_begun_ && instruments_[line.line.instrument].is_taken) {
    const Busy busy(is_busy_);
    const auto taken = std::ranges::find(candles_, line.line.instrument, &BarCandle::instrument);
    feed(place, taken == candles_.end() ? nullptr : &taken->candle);
  }
  go_on();
}

void BarAssembly::push(paper::InstrumentId instrument, const market::Candle& candle,
                       bool is_stored) {
  Instrument& pushed = instruments_[instrument];
  if (candle.open_time < pushed.settled_before) return;
  pushed.waiting.push_back({candle, is_stored});
  ++waiting_;
}

void BarAssembly::settle(paper::InstrumentId instrument, time::Timestamp before) {
  Instrument& settled = instruments_[instrument];
  if (before <= settled.settled_before) return;
  settled.settled_before = before;
  if (is_begun_ && !settled.is_taken && before > bar_) {
    if (held_lines_ > 0) {
      was_held_up_ = true;
    } else {
      const Busy busy(is_busy_);
      take(instrument);
      --untaken_;
    }
  }
  go_on();
}

void BarAssembly::go_on() {
  if (instruments_.empty() || is_busy_) return;
  const Busy busy(is_busy_);
  while (held_lines_ == 0) {
    if (!is_begun_) {
      if (!hooks_.has_room()) return;
      begin_bar();
    } else if (std::exchange(was_held_up_, false)) {
      for (paper::InstrumentId i = 0; i < instruments_.size(); ++i) {
        if (instruments_[i].is_taken || instruments_[i].settled_before <= bar_) continue;
        take(i);
        --untaken_;
      }
    }
    if (untaken_ > 0) return;
    finish_bar();
  }
}

void BarAssembly::begin_bar() {
  is_begun_ = true;
  untaken_ = 0;
  for (paper::InstrumentId i = 0; i < instruments_.size(); ++i) {
    instruments_[i].is_taken = false;
    if (instruments_[i].settled_before > bar_) {
      take(i);
    } else {
      ++untaken_;
    }
  }
}

void BarAssembly::take(paper::InstrumentId instrument) {
  Instrument& taken = instruments_[instrument];
  taken.is_taken = true;
  const bool has_candle = !taken.waiting.empty() && taken.waiting.front().candle.open_time == bar_;
  market::Candle candle;
  if (has_candle) {
    const Waiting first = taken.waiting.front();
    taken.waiting.pop_front();
    --waiting_;
    candle = first.candle;
    candles_.push_back({instrument, candle});
    if (!first.is_stored) unstored_.candles.push_back({taken.symbol, candle});
  }
  for (const std::size_t place : taken.lines) feed(place, has_candle ? &candle : nullptr);
}

void BarAssembly::feed(std::size_t place, const market::Candle* candle) {
  Line& line = lines_[place];
  if (candle != nullptr) {
    if (const auto closed = line.builder.add(*candle)) send(place, *closed);
  }
  if (const auto closed = line.builder.close_minute(bar_)) send(place, *closed);
}

void BarAssembly::send(std::size_t place, const market::TimeframeBuilder::Closed& closed) {
  const RunnerLine& line = lines_[place].line;
  if (bar_ <= line.warmed_up_to) return;
  ++decisions_;
  hooks_.on_candle(place, {line.slot, bars_ + 1, bar_, closed.candle, closed.missing});
}

void BarAssembly::finish_bar() {
  is_begun_ = false;
  if (candles_.empty() && decisions_ == 0) {
    bar_ = next_busy_minute();
    return;
  }
  std::ranges::sort(candles_, {}, &BarCandle::instrument);
  auto bar = std::make_shared<LiveBar>();
  bar->number = ++bars_;
  bar->open_time = bar_;
  bar->candles = std::exchange(candles_, {});
  bar->decisions = std::exchange(decisions_, 0);
  bar->is_replayed = bar_ < replayed_before_;
  unstored_.open_time = bar_;
  last_bar_ = bar_;
  bar_ += one_minute;
  hooks_.on_bar(std::move(bar), std::exchange(unstored_, {}));
}

time::Timestamp BarAssembly::next_busy_minute() const noexcept {
  const time::Timestamp next = bar_ + one_minute;
  time::Timestamp busy = time::Timestamp::max();
  for (const Instrument& instrument : instruments_) {
    busy = std::min(busy, instrument.settled_before);
    if (!instrument.waiting.empty()) {
      busy = std::min(busy, instrument.waiting.front().candle.open_time);
    }
  }
  for (const Line& line : lines_) {
    if (const auto since = line.builder.open_since()) {
      busy = std::min(busy, *since + line.line.timeframe.length() - one_minute);
    }
  }
  return std::max(next, busy);
}

}  // namespace hts::actors
