#pragma once

#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <utility>
#include <vector>

namespace hts::indicators {

/// The state of an indicator as numbers, for snapshots. Each class names its members once, in a
/// static template `each(self, state)`; a writer then collects them and a reader puts them back, so
/// that the two cannot disagree. What the constructor sets from parameters is not state.
///
/// All numbers are finite, as snapshots need: what may be infinite or "no value" is written as one
/// of three numbers that no price, volume or result of them is.
namespace state_code {
inline constexpr double infinity = std::numeric_limits<double>::max();
inline constexpr double no_value = -std::numeric_limits<double>::denorm_min();
}  // namespace state_code

class StateWriter {
 public:
  void operator()(const auto&... members) { (write(members), ...); }
  /// A place in a container of `limit` elements.
  void index(std::size_t place, std::size_t /*limit*/) { write(place); }

  [[nodiscard]] std::vector<double> numbers() && { return std::move(numbers_); }

 private:
  void write(double value) {
    if (std::isnan(value)) value = state_code::no_value;
    if (std::isinf(value)) value = std::copysign(state_code::infinity, value);
    numbers_.push_back(value);
  }
  void write(bool value) { numbers_.push_back(value ? 1 : 0); }
  void write(std::size_t value) { numbers_.push_back(static_cast<double>(value)); }
  template <class Element>
  void write(const std::vector<Element>& elements) {
    for (const auto& element : elements) write(element);
  }
  template <class Nested>
  void write(const Nested& nested) {
    Nested::each(nested, *this);
  }

  std::vector<double> numbers_;
};

/// Puts numbers back into an instance made with the same parameters. After `complete()` says no the
/// instance is damaged and must be thrown away: restore into a copy.
class StateReader {
 public:
  explicit StateReader(std::span<const double> numbers) : rest_(numbers) {}

  void operator()(auto&... members) { (read(members), ...); }
  void index(std::size_t& place, std::size_t limit) {
    read(place);
    if (place < limit) return;
    place = 0;
    sound_ = false;
  }

  /// Every number was taken, none was missing and none was impossible.
  [[nodiscard]] bool complete() const noexcept { return sound_ && rest_.empty(); }

 private:
  [[nodiscard]] double next() noexcept {
    if (rest_.empty()) {
      sound_ = false;
      return 0;
    }
    const double value = rest_.front();
    rest_ = rest_.subspan(1);
    if (!std::isfinite(value)) sound_ = false;
    return value;
  }
  void read(double& value) noexcept {
    value = next();
    if (value == state_code::no_value) value = std::numeric_limits<double>::quiet_NaN();
    if (std::abs(value) == state_code::infinity) {
      value = std::copysign(std::numeric_limits<double>::infinity(), value);
    }
  }
  void read(bool& value) noexcept {
    const double number = next();
    if (number != 0 && number != 1) sound_ = false;
    value = number == 1;
  }
  void read(std::size_t& value) noexcept {
    constexpr double limit = 9007199254740992.0;  // 2^53: beyond it doubles skip integers
    const double number = next();
    const bool whole = number >= 0 && number <= limit && number == std::floor(number);
    if (!whole) sound_ = false;
    value = whole ? static_cast<std::size_t>(number) : 0;
  }
  template <class Element>
  void read(std::vector<Element>& elements) {
    for (auto& element : elements) read(element);
  }
  template <class Nested>
  void read(Nested& nested) {
    Nested::each(nested, *this);
  }

  std::span<const double> rest_;
  bool sound_ = true;
};

}  // namespace hts::indicators
