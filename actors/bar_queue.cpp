#include "actors/bar_queue.hpp"

#include <algorithm>
#include <utility>

namespace hts::actors {

void BarQueue::begin(time::Timestamp after, std::uint32_t first_life) {
  done_ = after;
  first_life_ = first_life;
  next_number_ = 1;
  bars_.clear();
  decisions_.clear();
  lives_.clear();
}

void BarQueue::begin_life(paper::SlotId slot, std::uint32_t life) {
  lives_[slot] = life;
  for (auto& [time, there] : decisions_) {
    if (std::erase(there.decided, slot) == 0) continue;
    there.outdated.push_back(slot);
    std::erase_if(there.signals, [&](const auto& signal) { return signal.slot == slot; });
    std::erase_if(there.closed, [&](const auto& closed) { return closed.slot == slot; });
  }
}

bool BarQueue::add(std::shared_ptr<const LiveBar> bar) {
  if (next_number_ == 1 && bar->number != 1) return true;
  const bool goes_on = bar->number == next_number_ && bar->open_time > done_ &&
                       (bars_.empty() || bars_.back()->open_time < bar->open_time);
  if (!goes_on || bars_.size() >= most_bars) return false;
  ++next_number_;
  bars_.push_back(std::move(bar));
  return true;
}

void BarQueue::add(const Decided& decided) {
  if (decided.life < first_life_) return;
  if (decided.bar_time <= done_) {
    ++late_;
    return;
  }
  Decisions& there = decisions_[decided.bar_time];
  const auto life = lives_.find(decided.slot);
  const bool is_outdated = life != lives_.end() && decided.life < life->second;
  if (decided.bar != 0) ++there.arrived;
  if (is_outdated) {
    there.outdated.push_back(decided.slot);
    return;
  }
  (decided.bar == 0 ? there.caught_up : there.decided).push_back(decided.slot);
  if (decided.signal) there.signals.push_back({decided.slot, *decided.signal});
  if (decided.candle) there.closed.push_back({decided.slot, *decided.candle});
}

bool BarQueue::is_whole(const Decisions& there, const LiveBar& bar) {
  if (there.arrived < bar.decisions) return false;
  return std::ranges::all_of(there.outdated, [&](paper::SlotId slot) {
    return std::ranges::find(there.caught_up, slot) != there.caught_up.end();
  });
}

std::optional<BarQueue::Ready> BarQueue::take(bool at_once) {
  if (bars_.empty()) return std::nullopt;
  const LiveBar& bar = *bars_.front();
  Decisions& there = decisions_[bar.open_time];
  const bool is_complete = is_whole(there, bar);
  if (!is_complete && !at_once) return std::nullopt;
  Ready ready;
  ready.signals = std::move(there.signals);
  ready.closed = std::move(there.closed);
  ready.is_complete = is_complete;
  std::ranges::sort(ready.signals, {}, &backtest::SteppedSignal::slot);
  std::ranges::sort(ready.closed, {}, &backtest::SlotCandle::slot);
  done_ = bar.open_time;
  decisions_.erase(decisions_.begin(), decisions_.upper_bound(done_));
  ready.bar = std::move(bars_.front());
  bars_.pop_front();
  return ready;
}

}  // namespace hts::actors
