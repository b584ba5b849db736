#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "actors/live_messages.hpp"
#include "engine/backtest/portfolio/simulation_state.hpp"

namespace hts::actors {

/// Bars on their way into a session, and the decisions that belong to them. A bar goes on once all
/// its decisions are there, whatever order they came in, and never before the bar before it.
///
/// 1. Decisions belong to the bar of their time. Those of a bar that has gone on are late and
///    dropped.
/// 2. After `begin_life` only decisions of the slot's newest runner count; a bar for which an older
///    one has decided waits for the newer one's.
///
/// O(log bars) a decision; nothing is kept of bars that have gone on.
class BarQueue {
 public:
  /// More than these are not taken: the session falls back on what is stored.
  static constexpr std::size_t most_bars = 4'096;

  struct Ready {
    std::shared_ptr<const LiveBar> bar;
    std::vector<backtest::SteppedSignal> signals;  ///< ascending by slot
    std::vector<backtest::SlotCandle> closed;      ///< to be asked about, ascending by slot
    bool is_complete = true;                       ///< else it went on without some decisions
  };

  /// Anew: bars after this one, the first of which has number 1, and runners of this life or a
  /// later one. What is still on its way from before is passed over.
  void begin(time::Timestamp after, std::uint32_t first_life);
  /// False when it is not the next one or too many wait; then the queue is of no use any more.
  [[nodiscard]] bool add(std::shared_ptr<const LiveBar> bar);
  void add(const Decided& decided);
  void begin_life(paper::SlotId slot, std::uint32_t life);

  /// The oldest bar, if its decisions are all there; with `at_once` whatever is there.
  [[nodiscard]] std::optional<Ready> take(bool at_once = false);
  [[nodiscard]] std::size_t size() const noexcept { return bars_.size(); }
  [[nodiscard]] bool empty() const noexcept { return bars_.empty(); }
  /// The number of the oldest bar. Requires one.
  [[nodiscard]] std::uint64_t oldest() const noexcept { return bars_.front()->number; }
  [[nodiscard]] std::uint64_t late() const noexcept { return late_; }

 private:
  struct Decisions {
    std::uint32_t arrived = 0;
    std::vector<backtest::SteppedSignal> signals;
    std::vector<backtest::SlotCandle> closed;
    std::vector<paper::SlotId> decided;    ///< by their newest runner, in turn
    std::vector<paper::SlotId> outdated;   ///< decided by an older runner alone so far
    std::vector<paper::SlotId> caught_up;  ///< by the newest one, out of turn
  };
  [[nodiscard]] static bool is_whole(const Decisions& there, const LiveBar& bar);

  time::Timestamp done_{};  ///< the newest bar that has gone on
  std::uint64_t next_number_ = 1;
  std::deque<std::shared_ptr<const LiveBar>> bars_;
  std::map<time::Timestamp, Decisions> decisions_;
  std::map<paper::SlotId, std::uint32_t> lives_;
  std::uint32_t first_life_ = 0;
  std::uint64_t late_ = 0;
};

}  // namespace hts::actors
