#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "engine/runtime/random.hpp"
#include "engine/time/timestamp.hpp"

namespace hts::simulation {

/// Every choice of a simulation: drawn from its seed, the same on every machine.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}

  /// Dice of their own for one part, so that it does not shift the draws of another.
  [[nodiscard]] Dice fork(std::string_view part) const {
    return Dice{state_ ^ runtime::detail::stable_hash(part)};
  }

  std::uint64_t draw() { return last_ = runtime::detail::next_random(state_); }
  /// 0 to n - 1. Requires n > 0.
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(draw() % n); }
  std::int64_t between(std::int64_t lowest, std::int64_t highest) {
    return lowest + static_cast<std::int64_t>(
                        below(static_cast<std::size_t>(highest - lowest) + std::size_t{1}));
  }
  /// [0, 1).
  double unit() { return static_cast<double>(draw() >> 11U) * 0x1.0p-53; }
  bool chance(double probability) { return unit() < probability; }
  time::Duration between(time::Duration shortest, time::Duration longest) {
    return time::Duration{between(shortest.count(), longest.count())};
  }
  template <class T>
  T one_of(std::initializer_list<T> choices) {
    return choices.begin()[below(choices.size())];
  }

  [[nodiscard]] std::uint64_t last() const noexcept { return last_; }

 private:
  std::uint64_t state_;
  std::uint64_t last_ = 0;
};

}  // namespace hts::simulation
