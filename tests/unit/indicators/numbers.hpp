#pragma once

#include <cstddef>
#include <cstdint>
#include <random>

namespace hts::indicators::made {

/// A reproducible source of numbers that are the same with every standard library.
class Numbers {
 public:
  explicit Numbers(std::uint64_t seed) : engine_(seed) {}
  /// 0 .. count-1
  [[nodiscard]] std::size_t below(std::size_t count) { return engine_() % count; }
  /// [0, 1)
  [[nodiscard]] double uniform() { return static_cast<double>(engine_() >> 11U) * 0x1.0p-53; }

 private:
  std::mt19937_64 engine_;
};

}  // namespace hts::indicators::made
