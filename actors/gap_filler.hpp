#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>

#include "actors/live_messages.hpp"
#include "engine/market/candle_series.hpp"
#include "engine/ports/market_feed.hpp"
#include "engine/runtime/context.hpp"

namespace hts::actors {

/// Asks the exchange's history for minutes that a stream missed, a few symbols at a time.
///
/// 1. What cannot be had now is tried again, with growing, jittered pauses over all symbols: an
///    exchange that is away is not stormed.
/// 2. Once the history has not answered for as long as patience lasts, everything that waits is
///    given up, until it answers again. A symbol that the exchange does not know is given up at
///    once.
///
/// Belongs to its actor's turns. The history and the lane outlive it.
class GapFiller {
 public:
  static constexpr std::size_t most_under_way = 4;

  struct Options {
    ports::MarketHistory* history = nullptr;  ///< null: everything is given up at once
    runtime::Lane* lane = nullptr;
    time::Duration patience{};
  };
  struct Hooks {
    /// Candles of the range, ascending.
    std::function<void(paper::InstrumentId, time::TimeRange, market::CandleSeries)> on_filled;
    std::function<void(paper::InstrumentId, time::TimeRange, const std::string& why)> on_given_up;
  };

  GapFiller(runtime::Context& context, Options options, Hooks hooks);

  /// One range a symbol at a time.
  void fill(paper::InstrumentId instrument, const market::Symbol& symbol, time::TimeRange range);
  /// Nobody wants what is under way or waits.
  void drop();

  [[nodiscard]] std::size_t open() const noexcept { return waiting_.size() + under_way_; }
  [[nodiscard]] std::uint64_t errors() const noexcept { return errors_; }

 private:
  struct Gap {
    paper::InstrumentId instrument = 0;
    market::Symbol symbol;
    time::TimeRange range;
  };

  void pump();
  void come_back(const Gap& gap, result::Result<market::CandleSeries> candles);
  void fail(const Gap& gap, const result::Error& error);
  void give_up_all(const std::string& why);

  runtime::Context& context_;
  const Options options_;
  const Hooks hooks_;
  std::deque<Gap> waiting_;
  std::size_t under_way_ = 0;
  std::uint64_t generation_ = 0;
  bool is_pausing_ = false;
  std::uint32_t failures_ = 0;  // in a row
  std::optional<runtime::SteadyTime> failing_since_;
  std::uint64_t errors_ = 0;
};

}  // namespace hts::actors
