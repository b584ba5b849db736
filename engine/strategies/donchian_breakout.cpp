#include "engine/strategies/donchian_breakout.hpp"

#include <cstdint>

#include "engine/strategies/hold_period.hpp"
#include "engine/strategies/operand_text.hpp"
#include "engine/strategies/state_numbers.hpp"

namespace hts::strategies {

std::vector<ParameterSchema> DonchianBreakout::schema() {
  return {{"entry", std::int64_t{20}, 1, 5'000, false, "bars",
           "Candles before that a breakout exceeds."},
          {"exit", std::int64_t{10}, 1, 5'000, false, "bars", "Candles before that end the trade."},
          hold_period_parameter()};
}

result::Status DonchianBreakout::check(const Parameters& parameters) {
  if (parameters.integer("exit") <= parameters.integer("entry")) return result::success();
  return result::make_error(result::ErrorCode::invalid,
                            "exit must not be above entry: the way out is the shorter one.",
                            "params.exit");
}

std::vector<std::string> DonchianBreakout::operands(const Parameters& parameters) {
  std::vector<std::string> names = {"close"};
  for (const char* window : {"entry", "exit"}) {
    for (const char* output : {"upper", "lower"}) {
      names.push_back(operand_text("donchian", {{"period", parameters.integer(window)}}, output) +
                      " of the candles before");
    }
  }
  return names;
}

std::size_t DonchianBreakout::warm_up(const Parameters& parameters) {
  return static_cast<std::size_t>(parameters.integer("entry"));
}

DonchianBreakout::DonchianBreakout(const Parameters& parameters)
    : entry_(static_cast<std::size_t>(parameters.integer("entry"))),
      exit_(static_cast<std::size_t>(parameters.integer("exit"))) {}

std::vector<double> DonchianBreakout::snapshot() const {
  return numbers_of(*this);
}

result::Status DonchianBreakout::restore(std::span<const double> state) {
  return restore_into(*this, state);
}

}  // namespace hts::strategies
