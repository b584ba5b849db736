#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "actors/messages.hpp"
#include "engine/market/timeframe_builder.hpp"
#include "engine/ports/candle_store.hpp"
#include "engine/ports/candle_tail.hpp"
#include "engine/runtime/context.hpp"

namespace hts::actors {

/// Moves candles from the tail into the catalog, a symbol at a time: first they are durable there,
/// then they are dropped here, so that a crash in between leaves them in both, equal.
///
/// Belongs to its actor's turns. The stores and the lane outlive it.
class TailCompaction {
 public:
  TailCompaction(runtime::Context& context, ports::CandleStore& candles, ports::CandleTail& tail,
                 runtime::Lane& lane, market::DayBoundary boundary)
      : context_(context), candles_(candles), tail_(tail), lane_(lane), boundary_(boundary) {}

  void start(runtime::ReplyTo<CompactReport> reply);
  /// Nobody waits for it. Nothing happens while one is under way.
  void start();
  /// The actor ends: the symbol under way is finished, the others stay in the tail, whose candles
  /// the next life reads and moves. Those who wait are answered with unavailable.
  void stop() noexcept { is_stopping_ = true; }
  [[nodiscard]] bool is_under_way() const noexcept { return is_under_way_; }

 private:
  void move_next();
  void end(const result::Result<CompactReport>& outcome);
  void answer(const result::Result<CompactReport>& outcome);

  runtime::Context& context_;
  ports::CandleStore& candles_;
  ports::CandleTail& tail_;
  runtime::Lane& lane_;
  const market::DayBoundary boundary_;
  bool is_under_way_ = false;
  bool is_stopping_ = false;
  std::deque<ports::CandleTail::Held> left_;
  CompactReport report_;
  std::vector<runtime::ReplyTo<CompactReport>> replies_;
};

}  // namespace hts::actors
