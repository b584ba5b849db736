#pragma once

#include <algorithm>
#include <cstdint>
#include <exception>
#include <limits>
#include <string>
#include <utility>

#include "engine/result/result.hpp"

/// What the stores of this folder share. Included only by its sources.
namespace hts::sqlite {

/// Runs it; an exception (no memory) becomes an error with the code storage.
template <class Function>
auto without_exceptions(Function&& function) -> decltype(function()) {
  try {
    return std::forward<Function>(function)();
  } catch (const std::exception& exception) {
    return result::make_error(result::ErrorCode::storage,
                              std::string{"The result database gave an unexpected error: "} +
                                  exception.what() + ". Try again.");
  }
}

/// SQLite has no unsigned integers.
[[nodiscard]] inline std::int64_t clamp_to_int64(std::uint64_t value) {
  constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  return static_cast<std::int64_t>(std::min(value, most));
}

}  // namespace hts::sqlite
