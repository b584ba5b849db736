#pragma once

#include <optional>

namespace hts::strategies {

enum class Side { buy, sell };

/// What a strategy says about the candle that has just closed.
struct Signal {
  Side side = Side::buy;
  double confidence = 0;  ///< 0..1

  friend bool operator==(const Signal&, const Signal&) = default;
};

/// What a strategy can do while it looks at one candle. The caller makes one for each candle (or
/// takes the signal out between candles); a strategy must not keep a reference to it.
class Context {
 public:
  void buy(double confidence) noexcept { signal_ = Signal{Side::buy, confidence}; }
  void sell(double confidence) noexcept { signal_ = Signal{Side::sell, confidence}; }

  /// The signal given since the last take, and forgets it. The last one given counts.
  [[nodiscard]] std::optional<Signal> take() noexcept {
    const auto signal = signal_;
    signal_.reset();
    return signal;
  }

 private:
  std::optional<Signal> signal_;
};

}  // namespace hts::strategies
