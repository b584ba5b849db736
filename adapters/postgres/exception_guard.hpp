#pragma once

#include <algorithm>
#include <cstdint>
#include <exception>
#include <limits>
#include <string>
#include <utility>

#include "engine/result/result.hpp"

/// What the stores of this folder share. Included only by its sources.
namespace hts::postgres {

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

/// PostgreSQL has no unsigned integers.
[[nodiscard]] inline std::int64_t clamp_to_int64(std::uint64_t value) {
  constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  return static_cast<std::int64_t>(std::min(value, most));
}

/// SQL for the milliseconds since 1970 of a column, and back from a number of them; exact.
[[nodiscard]] inline std::string milliseconds_of(const std::string& column) {
  return "(extract(epoch FROM " + column + ") * 1000)::bigint";
}
[[nodiscard]] inline std::string time_of(const std::string& milliseconds) {
  return "(timestamptz 'epoch' + " + milliseconds + " * interval '1 millisecond')";
}

}  // namespace hts::postgres
