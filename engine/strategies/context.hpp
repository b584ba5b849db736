#pragma once

#include <initializer_list>
#include <optional>
#include <span>
#include <vector>

#include "engine/trading/order.hpp"
#include "engine/trading/side.hpp"

namespace hts::strategies {

using trading::Side;

/// What a strategy says about the candle that has just closed.
struct Signal {
  Side side = Side::buy;
  double confidence = 0;  ///< 0..1
  /// Only closes a position of the other direction: selling leaves a long one and opens no short.
  bool exit_only = false;
  trading::Protection protection;  ///< of the position that it opens

  friend bool operator==(const Signal&, const Signal&) = default;
};

/// What a strategy can do while it looks at one candle. The caller makes one for each candle (or
/// takes the signal out between candles); a strategy must not keep a reference to it.
class Context {
 public:
  Context() = default;
  /// With a desk for strategies that give orders of their own. The desk must outlive the context.
  explicit Context(trading::OrderDesk& desk) noexcept : desk_(&desk) {}

  void buy(double confidence) noexcept { signal_ = Signal{Side::buy, confidence, false, {}}; }
  void sell(double confidence) noexcept { signal_ = Signal{Side::sell, confidence, false, {}}; }
  /// An entry with exits that guard it.
  void buy(double confidence, const trading::Protection& protection) noexcept {
    signal_ = Signal{Side::buy, confidence, false, protection};
  }
  void sell(double confidence, const trading::Protection& protection) noexcept {
    signal_ = Signal{Side::sell, confidence, false, protection};
  }
  /// Leaves a long (short) position, if there is one, and opens nothing.
  void exit_long() noexcept { signal_ = Signal{Side::sell, 1, true, {}}; }
  void exit_short() noexcept { signal_ = Signal{Side::buy, 1, true, {}}; }

  /// The numbers that the decision on this candle rests on, each at the place of its name in the
  /// strategy's `operands`. Who explains decisions watches; when nobody does, nothing is done.
  void look_at(std::initializer_list<double> values) {
    if (looked_at_ != nullptr) looked_at_->assign(values);
  }
  void look_at(std::span<const double> values) {
    if (looked_at_ != nullptr) looked_at_->assign(values.begin(), values.end());
  }
  /// For numbers that would have to be fetched for that alone.
  [[nodiscard]] bool is_watched() const noexcept { return looked_at_ != nullptr; }
  /// Writes the numbers of `look_at` there, which must outlive the context.
  void watch(std::vector<double>& looked_at) noexcept { looked_at_ = &looked_at; }

  /// For orders of one's own (limit, stop, brackets, sizes) and the position. Only strategies that
  /// declare `uses_orders = true` may call it; null where no account exists (the signal study).
  [[nodiscard]] trading::OrderDesk* desk() const noexcept { return desk_; }

  [[nodiscard]] bool has_signal() const noexcept { return signal_.has_value(); }
  /// The signal given since the last take, and forgets it. The last one given counts.
  [[nodiscard]] std::optional<Signal> take() noexcept {
    const auto signal = signal_;
    signal_.reset();
    return signal;
  }

 private:
  std::optional<Signal> signal_;
  trading::OrderDesk* desk_ = nullptr;
  std::vector<double>* looked_at_ = nullptr;
};

}  // namespace hts::strategies
