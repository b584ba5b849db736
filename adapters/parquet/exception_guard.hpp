#pragma once

#include <exception>
#include <new>
#include <string>
#include <utility>

#include "engine/result/result.hpp"

namespace hts::parquet {

/// Runs a port's method; an exception inside it becomes an error of code storage.
template <class Function>
[[nodiscard]] auto without_exceptions(Function&& function) -> decltype(function()) {
  using result::ErrorCode;
  try {
    return std::forward<Function>(function)();
  } catch (const std::bad_alloc&) {
    return result::make_error(ErrorCode::storage,
                              "Not enough memory for these candles: ask for a shorter range, or "
                              "give the process more.");
  } catch (const std::exception& exception) {
    return result::make_error(ErrorCode::storage, std::string{"The candle or result files gave an "
                                                              "unexpected error: "} +
                                                      exception.what() + ". Try again.");
  }
}

}  // namespace hts::parquet
