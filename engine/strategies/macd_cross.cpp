#include "engine/strategies/macd_cross.hpp"

#include <cstdint>

#include "engine/strategies/hold_period.hpp"
#include "engine/strategies/operand_text.hpp"
#include "engine/strategies/state_numbers.hpp"

namespace hts::strategies {

std::vector<ParameterSchema> MacdCross::schema() {
  return {{"fast", std::int64_t{12}, 1, 5'000, false, "bars", "Length of the fast average."},
          {"slow", std::int64_t{26}, 2, 5'000, false, "bars", "Length of the slow average."},
          {"signal", std::int64_t{9}, 1, 5'000, false, "bars", "Length of the signal line."},
          hold_period_parameter()};
}

result::Status MacdCross::check(const Parameters& parameters) {
  if (parameters.integer("fast") < parameters.integer("slow")) return result::success();
  return result::make_error(result::ErrorCode::invalid,
                            "fast must be below slow: the fast average takes fewer candles.",
                            "params.fast");
}

std::vector<std::string> MacdCross::operands(const Parameters& parameters) {
  const std::vector<NamedValue> lengths = {{"fast", parameters.integer("fast")},
                                           {"slow", parameters.integer("slow")},
                                           {"signal", parameters.integer("signal")}};
  return {operand_text("macd", lengths, "macd"), operand_text("macd", lengths, "signal")};
}

std::size_t MacdCross::warm_up(const Parameters& parameters) {
  return static_cast<std::size_t>(parameters.integer("slow") + parameters.integer("signal")) - 1;
}

MacdCross::MacdCross(const Parameters& parameters)
    : lines_(static_cast<std::size_t>(parameters.integer("fast")),
             static_cast<std::size_t>(parameters.integer("slow")),
             static_cast<std::size_t>(parameters.integer("signal"))) {}

std::vector<double> MacdCross::snapshot() const {
  return numbers_of(*this);
}

result::Status MacdCross::restore(std::span<const double> state) {
  return restore_into(*this, state);
}

}  // namespace hts::strategies
