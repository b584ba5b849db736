#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "actors/messages.hpp"
#include "engine/ports/candle_tail.hpp"
#include "engine/runtime/context.hpp"

namespace hts::actors {

/// The way of candles to their runners, and of bars into the tail and then to the position manager.
///
/// 1. Nothing is lost: what a full mailbox does not take waits here, in order.
/// 2. A bar is told once its candles are durable. While one append is under way, what comes
///    meanwhile goes with the next. After an error the append goes again, with growing pauses.
/// 3. Bounded by its user, who stops while `has_room` is false.
///
/// Belongs to its actor's turns. The tail and the lane outlive it.
class BarOutlet {
 public:
  static constexpr std::size_t most_bars = 256;
  static constexpr std::size_t most_candles_of_a_runner = 64;

  struct Options {
    ports::CandleTail* tail = nullptr;  ///< null: bars are told at once
    runtime::Lane* lane = nullptr;
    runtime::Address<PositionManagerProtocol> positions;
    runtime::Address<NotifierProtocol> notifier;  ///< hears when an alert is durable
  };

  BarOutlet(runtime::Context& context, Options options, std::function<void()> on_room);

  /// Another session: what waits for runners and the position manager is dropped, what is not
  /// durable yet becomes so.
  void begin();
  /// Lines are numbered in the order added, from 0.
  void add_line(const runtime::Address<StrategyRunnerProtocol>& runner);
  void replace_line(std::size_t line, const runtime::Address<StrategyRunnerProtocol>& runner);

  void send(std::size_t line, const CandleClosed& candle);
  void send(std::shared_ptr<const LiveBar> bar, ports::TailBar unstored);
  /// No bar after it is told before it is durable. False without a tail.
  [[nodiscard]] bool send(ports::Alert alert);

  [[nodiscard]] bool has_room() const noexcept {
    return crowded_lines_ == 0 && bars_.size() < most_bars;
  }
  /// Everything is durable.
  [[nodiscard]] bool is_stored() const noexcept;
  /// Calls once, as soon as it is.
  void when_stored(std::function<void()> callback);

  [[nodiscard]] std::uint64_t appended() const noexcept { return appended_; }  ///< candles
  [[nodiscard]] std::uint64_t store_errors() const noexcept { return store_errors_; }
  /// Of the last append; empty: it went well.
  [[nodiscard]] const std::string& store_error() const noexcept { return store_error_; }

 private:
  struct Bar {
    std::shared_ptr<const LiveBar> bar;  ///< null: nobody is told
    ports::TailBar unstored;
    bool is_stored = false;
  };
  struct Line {
    runtime::Address<StrategyRunnerProtocol> runner;
    std::deque<CandleClosed> waiting;
    std::uint64_t life = 0;  ///< another one with each runner
    bool waits_for_room = false;
  };

  void flush(std::size_t line);
  void store();
  void stored(const std::shared_ptr<std::vector<ports::TailBar>>& group, result::Status outcome);
  void tell();
  void room_made();

  runtime::Context& context_;
  const Options options_;
  const std::function<void()> on_room_;
  std::vector<Line> lines_;
  std::uint64_t lives_ = 0;
  std::size_t crowded_lines_ = 0;
  std::deque<Bar> bars_;
  bool is_storing_ = false;
  bool waits_for_positions_ = false;
  std::vector<std::function<void()>> when_stored_;
  std::uint32_t failures_ = 0;  // in a row
  std::uint64_t appended_ = 0;
  std::uint64_t store_errors_ = 0;
  std::string store_error_;
};

}  // namespace hts::actors
