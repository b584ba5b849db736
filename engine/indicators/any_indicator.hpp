#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "engine/indicators/state.hpp"
#include "engine/market/candle.hpp"
#include "engine/result/result.hpp"

namespace hts::indicators {

/// An indicator of candles: `update` answers a double, or a struct of nothing but doubles, one for
/// each output.
template <class T>
concept CandleIndicator =
    std::copy_constructible<T> &&
    requires(T indicator, const market::Candle& candle) { indicator.update(candle); };
template <CandleIndicator I>
using ValueOf = decltype(std::declval<I&>().update(std::declval<const market::Candle&>()));
template <CandleIndicator I>
inline constexpr std::size_t output_count = sizeof(ValueOf<I>) / sizeof(double);

/// The outputs in the order of their names.
template <class Value>
[[nodiscard]] constexpr auto outputs_of(const Value& value) noexcept {
  static_assert(std::is_trivially_copyable_v<Value>);
  return std::bit_cast<std::array<double, sizeof(Value) / sizeof(double)>>(value);
}

/// One running indicator of any class. Copies are independent. One thread at a time. A moved-from
/// one can only be assigned to or destroyed.
class AnyIndicator {
 public:
  template <CandleIndicator I>
  [[nodiscard]] static AnyIndicator of(I indicator) {
    return AnyIndicator{std::make_unique<Holder<I>>(std::move(indicator)), output_count<I>};
  }

  AnyIndicator(const AnyIndicator& other)
      : indicator_(other.indicator_->copy()), outputs_(other.outputs_) {}
  AnyIndicator(AnyIndicator&&) noexcept = default;
  AnyIndicator& operator=(const AnyIndicator& other) { return *this = AnyIndicator{other}; }
  AnyIndicator& operator=(AnyIndicator&&) noexcept = default;
  ~AnyIndicator() = default;

  /// The values at the close of this candle, oldest candle first; `no_value` (NaN) while warming
  /// up. The span is valid until the next update, restore, move or the end of this object.
  std::span<const double> update(const market::Candle& candle) {
    indicator_->update(candle, outputs_.data());
    return outputs_;
  }
  /// The values of the last update, all `no_value` before the first.
  [[nodiscard]] std::span<const double> outputs() const noexcept { return outputs_; }

  /// Its state as finite numbers; a new instance with the same parameters goes on from there.
  [[nodiscard]] std::vector<double> snapshot() const;
  /// Error, code conflict, with this one unchanged: numbers that no snapshot of it could hold.
  [[nodiscard]] result::Status restore(std::span<const double> numbers);

  static void each(auto& self, auto& state) {
    self.indicator_->pass(state);
    state(self.outputs_);
  }

 private:
  struct Held {
    virtual ~Held() = default;
    [[nodiscard]] virtual std::unique_ptr<Held> copy() const = 0;
    virtual void update(const market::Candle& candle, double* outputs) = 0;
    virtual void pass(StateWriter& writer) const = 0;
    virtual void pass(StateReader& reader) = 0;
  };

  template <CandleIndicator I>
  struct Holder final : Held {
    explicit Holder(I made) : indicator(std::move(made)) {}
    [[nodiscard]] std::unique_ptr<Held> copy() const override {
      return std::make_unique<Holder>(indicator);
    }
    void update(const market::Candle& candle, double* outputs) override {
      const auto values = outputs_of(indicator.update(candle));
      for (std::size_t i = 0; i < values.size(); ++i) outputs[i] = values[i];
    }
    void pass(StateWriter& writer) const override { writer(indicator); }
    void pass(StateReader& reader) override { reader(indicator); }
    I indicator;
  };

  AnyIndicator(std::unique_ptr<Held> indicator, std::size_t outputs);

  std::unique_ptr<Held> indicator_;
  std::vector<double> outputs_;
};

}  // namespace hts::indicators
