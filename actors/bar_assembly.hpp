#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "actors/live_messages.hpp"
#include "engine/market/candle_grid.hpp"
#include "engine/market/candle_series.hpp"
#include "engine/market/timeframe_builder.hpp"
#include "engine/ports/candle_tail.hpp"

namespace hts::actors {

inline constexpr time::Duration one_minute = market::Timeframe::minute().length();

/// The open time of the minute that holds `t`.
[[nodiscard]] inline time::Timestamp minute_of(time::Timestamp t) noexcept {
  return market::candle_open_at(t, market::Timeframe::minute());
}

/// Puts the closed minutes of all followed symbols into bars, and the longer candles that close
/// with them onto the lines of runners.
///
/// 1. Minute by minute: bar t goes out once every symbol is settled for t. A candle goes to its
///    runners as soon as its own symbol is settled for t and all bars before t have gone.
/// 2. A minute in which no symbol had a trade and no longer candle closes is no bar.
/// 3. No bar begins while there is no room, or while a line waits for its past.
///
/// No clock, no I/O. O(1) a candle and line, O(symbols) a bar.
class BarAssembly {
 public:
  struct Hooks {
    std::function<void(std::size_t line, const CandleClosed& candle)> on_candle;
    /// With what of it is not stored yet.
    std::function<void(std::shared_ptr<const LiveBar> bar, ports::TailBar unstored)> on_bar;
    std::function<bool()> has_room;
  };

  BarAssembly(market::DayBoundary boundary, Hooks hooks)
      : boundary_(boundary), hooks_(std::move(hooks)) {}

  /// Anew, without lines. The first bar is the one that opens at `first`.
  void follow(const std::vector<market::Symbol>& symbols, time::Timestamp first);

  /// A line more; no bar begins until `start_line`. Returns its place.
  std::size_t add_line(const RunnerLine& line);
  /// The same slot again: its place.
  [[nodiscard]] std::optional<std::size_t> find_line(paper::SlotId slot) const noexcept;
  /// Another runner; as add_line.
  void replace_line(std::size_t place, const RunnerLine& line);
  [[nodiscard]] paper::InstrumentId instrument_of(std::size_t place) const noexcept {
    return lines_[place].line.instrument;
  }
  /// From where on the line needs minutes before it can start, up to `next_bar`.
  [[nodiscard]] time::Timestamp line_begins(std::size_t place) const noexcept;
  /// `minutes` end before the next bar. Candles after those that the runner has seen go out at
  /// once, as of bar 0: nobody waits for their decisions.
  void start_line(std::size_t place, market::CandleView minutes);

  /// A closed minute; ascending. Passed over when its time is settled already.
  void push(paper::InstrumentId instrument, const market::Candle& candle, bool is_stored);
  /// Every candle that opens before `before` has been pushed.
  void settle(paper::InstrumentId instrument, time::Timestamp before);
  [[nodiscard]] time::Timestamp settled_before(paper::InstrumentId instrument) const noexcept {
    return instruments_[instrument].settled_before;
  }
  /// There may be room again.
  void go_on();

  /// Bars that open before it came from what was stored.
  void set_replayed_before(time::Timestamp before) noexcept { replayed_before_ = before; }
  /// The bar that has not gone yet.
  [[nodiscard]] time::Timestamp next_bar() const noexcept { return bar_; }
  [[nodiscard]] std::uint64_t bars() const noexcept { return bars_; }
  [[nodiscard]] time::Timestamp last_bar() const noexcept { return last_bar_; }
  /// Candles that wait for their bar.
  [[nodiscard]] std::size_t waiting() const noexcept { return waiting_; }

 private:
  struct Waiting {
    market::Candle candle;
    bool is_stored = false;
  };
  struct Instrument {
    market::Symbol symbol;
    time::Timestamp settled_before{};
    std::deque<Waiting> waiting;
    bool is_taken = false;  // into the present bar
    std::vector<std::size_t> lines;
  };
  struct Line {
    RunnerLine line;
    market::TimeframeBuilder builder;
    bool is_held = true;
  };

  /// What hooks cause is seen by whoever is at work already.
  class Busy {
   public:
    explicit Busy(bool& flag) noexcept : flag_(flag) { flag_ = true; }
    ~Busy() { flag_ = false; }
    Busy(const Busy&) = delete;
    Busy& operator=(const Busy&) = delete;

   private:
    bool& flag_;
  };

  void begin_bar();
  void finish_bar();
  void take(paper::InstrumentId instrument);
  void feed(std::size_t place, const market::Candle* candle);
  void send(std::size_t place, const market::TimeframeBuilder::Closed& closed);
  [[nodiscard]] time::Timestamp next_busy_minute() const noexcept;

  market::DayBoundary boundary_;
  Hooks hooks_;
  std::vector<Instrument> instruments_;
  std::vector<Line> lines_;
  std::size_t held_lines_ = 0;
  std::size_t waiting_ = 0;
  time::Timestamp replayed_before_ = time::Timestamp::min();

  time::Timestamp bar_{};
  bool is_begun_ = false;
  std::size_t untaken_ = 0;
  bool is_busy_ = false;
  bool was_held_up_ = false;  // symbols settled while a line was held
  std::vector<BarCandle> candles_;
  ports::TailBar unstored_;
  std::uint32_t decisions_ = 0;
  std::uint64_t bars_ = 0;
  time::Timestamp last_bar_{};
};

}  // namespace hts::actors
