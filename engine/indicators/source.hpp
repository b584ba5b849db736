#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "engine/market/candle.hpp"
#include "engine/market/candle_series.hpp"

namespace hts::indicators {

/// The number of a candle that an indicator of one series looks at.
enum class Source { open, high, low, close, volume };

/// "close" and so on.
[[nodiscard]] std::optional<Source> parse_source(std::string_view text) noexcept;
[[nodiscard]] std::string_view source_name(Source source) noexcept;
/// "open, high, low, close, volume", for sentences.
[[nodiscard]] std::string_view source_names() noexcept;

[[nodiscard]] inline double pick(const market::Candle& candle, Source source) noexcept {
  switch (source) {
    case Source::open:
      return candle.open;
    case Source::high:
      return candle.high;
    case Source::low:
      return candle.low;
    case Source::close:
      return candle.close;
    case Source::volume:
      return candle.volume;
  }
  return candle.close;
}

[[nodiscard]] inline std::span<const double> pick(const market::CandleView& candles,
                                                  Source source) noexcept {
  switch (source) {
    case Source::open:
      return candles.open;
    case Source::high:
      return candles.high;
    case Source::low:
      return candles.low;
    case Source::close:
      return candles.close;
    case Source::volume:
      return candles.volume;
  }
  return candles.close;
}

/// An indicator of one series (`update(double)`) made one of candles.
template <class I>
class OnSource {
 public:
  OnSource(I indicator, Source source) : indicator_(std::move(indicator)), source_(source) {}

  auto update(const market::Candle& candle) { return indicator_.update(pick(candle, source_)); }

  [[nodiscard]] I& indicator() noexcept { return indicator_; }
  [[nodiscard]] Source source() const noexcept { return source_; }

  static void each(auto& self, auto& state) { state(self.indicator_); }

 private:
  I indicator_;
  Source source_;
};

}  // namespace hts::indicators
