#include "engine/strategies/ema_cross.hpp"

#include <cstdint>

#include "engine/strategies/hold_period.hpp"
#include "engine/strategies/operand_text.hpp"
#include "engine/strategies/state_numbers.hpp"

namespace hts::strategies {

std::vector<ParameterSchema> EmaCross::schema() {
  return {{"fast", std::int64_t{12}, 1, 5'000, false, "bars", "Length of the fast average."},
          {"slow", std::int64_t{26}, 2, 5'000, false, "bars", "Length of the slow average."},
          hold_period_parameter()};
}

result::Status EmaCross::check(const Parameters& parameters) {
  if (parameters.integer("fast") < parameters.integer("slow")) return result::success();
  return result::make_error(result::ErrorCode::invalid,
                            "fast must be below slow: the fast average takes fewer candles.",
                            "params.fast");
}

std::vector<std::string> EmaCross::operands(const Parameters& parameters) {
  return {operand_text("ema", {{"period", parameters.integer("fast")}}),
          operand_text("ema", {{"period", parameters.integer("slow")}})};
}

std::size_t EmaCross::warm_up(const Parameters& parameters) {
  return static_cast<std::size_t>(parameters.integer("slow"));
}

EmaCross::EmaCross(const Parameters& parameters)
    : fast_(static_cast<std::size_t>(parameters.integer("fast"))),
      slow_(static_cast<std::size_t>(parameters.integer("slow"))) {}

std::vector<double> EmaCross::snapshot() const {
  return numbers_of(*this);
}

result::Status EmaCross::restore(std::span<const double> state) {
  return restore_into(*this, state);
}

}  // namespace hts::strategies
