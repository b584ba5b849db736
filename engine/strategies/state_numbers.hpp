#pragma once

#include <span>
#include <utility>
#include <vector>

#include "engine/indicators/state.hpp"
#include "engine/result/result.hpp"

namespace hts::strategies {

/// `snapshot` and `restore` of a strategy that names its members once in
/// `static void each(auto& self, auto& state)`, as indicators do.
template <class S>
[[nodiscard]] std::vector<double> numbers_of(const S& strategy) {
  indicators::StateWriter writer;
  S::each(strategy, writer);
  return std::move(writer).numbers();
}

/// Leaves the strategy as it was when the numbers are not those of a snapshot or `is_possible`
/// refuses what they make. Error: code conflict.
template <class S, class Check>
[[nodiscard]] result::Status restore_into(S& strategy, std::span<const double> numbers,
                                          Check&& is_possible) {
  S restored = strategy;
  indicators::StateReader reader{numbers};
  S::each(restored, reader);
  if (!reader.complete() || !is_possible(std::as_const(restored))) {
    return result::make_error(result::ErrorCode::conflict, "it is damaged", "snapshot");
  }
  strategy = std::move(restored);
  return result::success();
}

/// The same where every state that can be written is possible.
template <class S>
[[nodiscard]] result::Status restore_into(S& strategy, std::span<const double> numbers) {
  return restore_into(strategy, numbers, [](const S&) { return true; });
}

}  // namespace hts::strategies
