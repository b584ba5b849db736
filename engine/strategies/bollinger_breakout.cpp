#include "engine/strategies/bollinger_breakout.hpp"

#include <cstdint>

#include "engine/strategies/hold_period.hpp"
#include "engine/strategies/operand_text.hpp"
#include "engine/strategies/state_numbers.hpp"

namespace hts::strategies {

std::vector<ParameterSchema> BollingerBreakout::schema() {
  return {{"period", std::int64_t{20}, 2, 5'000, false, "bars", "Length of the bands."},
          {"deviations", 2.0, 0, 10, true, "multiple", "Standard deviations to each band."},
          hold_period_parameter()};
}

std::vector<std::string> BollingerBreakout::operands(const Parameters& parameters) {
  const std::vector<NamedValue> bands = {{"period", parameters.integer("period")},
                                         {"deviations", parameters.number("deviations")}};
  return {"close", operand_text("bollinger", bands, "upper"),
          operand_text("bollinger", bands, "middle"), operand_text("bollinger", bands, "lower")};
}

std::size_t BollingerBreakout::warm_up(const Parameters& parameters) {
  return static_cast<std::size_t>(parameters.integer("period"));
}

BollingerBreakout::BollingerBreakout(const Parameters& parameters)
    : bands_(static_cast<std::size_t>(parameters.integer("period")),
             parameters.number("deviations")) {}

std::vector<double> BollingerBreakout::snapshot() const {
  return numbers_of(*this);
}

result::Status BollingerBreakout::restore(std::span<const double> state) {
  return restore_into(*this, state);
}

}  // namespace hts::strategies
