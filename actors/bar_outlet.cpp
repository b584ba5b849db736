#include "actors/bar_outlet.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace hts::actors {
namespace {

constexpr std::size_t most_in_append = 1'024;

time::Duration append_wait(std::uint32_t failures) {
  return std::min<time::Duration>(
      std::chrono::seconds{30},
      std::chrono::milliseconds{100} * (1 << std::min(failures, std::uint32_t{9})));
}

}  // namespace

BarOutlet::BarOutlet(runtime::Context& context, Options options, std::function<void()> on_room)
    : context_(context), options_(std::move(options)), on_room_(std::move(on_room)) {}

void BarOutlet::begin() {
  lines_.clear();
  crowded_lines_ = 0;
  for (Bar& bar : bars_) bar.bar.reset();
  tell();
}

void BarOutlet::add_line(const runtime::Address<StrategyRunnerProtocol>& runner) {
  lines_.push_back({runner, {}, ++lives_, false});
}

void BarOutlet::replace_line(std::size_t line,
                             const runtime::Address<StrategyRunnerProtocol>& runner) {
  if (lines_[line].waiting.size() >= most_candles_of_a_runner) --crowded_lines_;
  lines_[line] = {runner, {}, ++lives_, false};
}

void BarOutlet::send(std::size_t line, const CandleClosed& candle) {
  Line& to = lines_[line];
  if (to.waiting.empty()) {
    const runtime::SendResult sent = to.runner.tell(CandleClosed{candle});
    // One that has ended decides nothing more; the position manager's patience covers it.
    if (sent != runtime::SendResult::full) return;
  }
  to.waiting.push_back(candle);
  if (to.waiting.size() == most_candles_of_a_runner) ++crowded_lines_;
  flush(line);
}

void BarOutlet::flush(std::size_t line) {
  Line& to = lines_[line];
  if (to.waits_for_room) return;
  const bool was_crowded = to.waiting.size() >= most_candles_of_a_runner;
  while (!to.waiting.empty()) {
    if (to.runner.tell(CandleClosed{to.waiting.front()}) == runtime::SendResult::full) {
      to.waits_for_room = true;
      context_.when_room(to.runner, [this, line, life = to.life] {
        if (line >= lines_.size() || lines_[line].life != life) return;
        lines_[line].waits_for_room = false;
        flush(line);
      });
      break;
    }
    to.waiting.pop_front();
  }
  if (was_crowded && to.waiting.size() < most_candles_of_a_runner) {
    --crowded_lines_;
    room_made();
  }
}

void BarOutlet::send(std::shared_ptr<const LiveBar> bar, ports::TailBar unstored) {
  const bool is_stored = options_.tail == nullptr || unstored.candles.empty();
  bars_.push_back({std::move(bar), std::move(unstored), is_stored});
  store();
  tell();
}

bool BarOutlet::send(ports::Alert alert) {
  if (options_.tail == nullptr) return false;
  ports::TailBar unstored;
  unstored.open_time = alert.created_at;
  unstored.alerts.push_back(std::move(alert));
  bars_.push_back({nullptr, std::move(unstored), false});
  store();
  return true;
}

bool BarOutlet::is_stored() const noexcept {
  return std::ranges::all_of(bars_, &Bar::is_stored);
}

void BarOutlet::when_stored(std::function<void()> callback) {
  if (is_stored()) {
    callback();
  } else {
    when_stored_.push_back(std::move(callback));
  }
}

void BarOutlet::store() {
  if (is_storing_) return;
  auto group = std::make_shared<std::vector<ports::TailBar>>();
  for (const Bar& bar : bars_) {
    if (!bar.is_stored) group->push_back(bar.unstored);
    if (group->size() == most_in_append) break;
  }
  if (group->empty()) return;
  is_storing_ = true;
  context_.offload(
      *options_.lane, [tail = options_.tail, group] { return tail->append(*group); },
      [this, group](result::Status outcome) { stored(group, std::move(outcome)); });
}

void BarOutlet::stored(const std::shared_ptr<std::vector<ports::TailBar>>& group,
                       result::Status outcome) {
  if (!outcome) {
    ++store_errors_;
    store_error_ = outcome.error().message;
    if (failures_++ == 0) {
      context_.log(runtime::LogLevel::error, "Closed candles cannot be kept: " + store_error_);
    }
    context_.after(append_wait(failures_), [this] {
      is_storing_ = false;
      store();
    });
    return;
  }
  if (std::exchange(failures_, 0) > 0) {
    context_.log(runtime::LogLevel::info, "Closed candles are kept again.");
  }
  store_error_.clear();
  is_storing_ = false;
  // One that has no room looks by itself a minute later.
  const auto has_alerts = [](const ports::TailBar& bar) { return !bar.alerts.empty(); };
  if (std::ranges::any_of(*group, has_alerts)) (void)options_.notifier.tell(AlertsCommitted{});
  std::size_t left = group->size();
  for (Bar& bar : bars_) {
    if (left == 0) break;
    if (bar.is_stored) continue;
    appended_ += bar.unstored.candles.size();
    bar.is_stored = true;
    bar.unstored.candles.clear();
    --left;
  }
  store();
  tell();
  if (!is_stored()) return;
  for (const auto& callback : std::exchange(when_stored_, {})) callback();
}

void BarOutlet::tell() {
  const bool had_room = has_room();
  while (!bars_.empty() && bars_.front().is_stored && !waits_for_positions_) {
    if (bars_.front().bar != nullptr) {
      const auto sent = options_.positions.tell(BarClosed{bars_.front().bar});
      if (sent == runtime::SendResult::full) {
        waits_for_positions_ = true;
        context_.when_room(options_.positions, [this] {
          waits_for_positions_ = false;
          tell();
        });
        break;
      }
    }
    bars_.pop_front();
  }
  if (!had_room) room_made();
}

void BarOutlet::room_made() {
  if (has_room()) on_room_();
}

}  // namespace hts::actors
