#pragma once

#include <cstddef>
#include <exception>
#include <optional>
#include <string>
#include <utility>

namespace hts::strategies {

/// Strategy code that could not go on, in words. The only exception that is expected from an
/// AnyStrategy; it ends in `contained.hpp`, which makes an error of it.
class StrategyFailure final : public std::exception {
 public:
  /// `reason` goes into the sentence "The strategy NAME failed at candle N: REASON.", so it has no
  /// full stop.
  explicit StrategyFailure(std::string reason, std::optional<std::size_t> candle = std::nullopt)
      : reason_(std::move(reason)), candle_(candle) {}

  [[nodiscard]] const char* what() const noexcept override { return reason_.c_str(); }
  [[nodiscard]] const std::string& reason() const noexcept { return reason_; }
  /// Index of the candle that it looked at, if that is known.
  [[nodiscard]] std::optional<std::size_t> candle() const noexcept { return candle_; }

 private:
  std::string reason_;
  std::optional<std::size_t> candle_;
};

/// What is being thrown, as the reason of a StrategyFailure. Only inside a catch block.
[[nodiscard]] std::string reason_of_exception();

/// Throws what is being thrown as a StrategyFailure at this candle; one that already knows its
/// candle keeps it. Only inside a catch block.
[[noreturn]] void throw_as_failure(std::size_t candle);

}  // namespace hts::strategies
