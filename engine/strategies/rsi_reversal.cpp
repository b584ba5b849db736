#include "engine/strategies/rsi_reversal.hpp"

#include <cstdint>

#include "engine/strategies/hold_period.hpp"
#include "engine/strategies/operand_text.hpp"
#include "engine/strategies/state_numbers.hpp"

namespace hts::strategies {

std::vector<ParameterSchema> RsiReversal::schema() {
  return {
      {"period", std::int64_t{14}, 2, 5'000, false, "bars", "Length of the index."},
      {"oversold", 30.0, 0, 100, false, "", "Level below which the market is oversold, 0 to 100."},
      {"overbought", 70.0, 0, 100, false, "", "Level above which it is overbought, 0 to 100."},
      hold_period_parameter()};
}

result::Status RsiReversal::check(const Parameters& parameters) {
  if (parameters.number("oversold") < parameters.number("overbought")) return result::success();
  return result::make_error(result::ErrorCode::invalid,
                            "oversold must be below overbought, for example 30 and 70.",
                            "params.oversold");
}

std::vector<std::string> RsiReversal::operands(const Parameters& parameters) {
  return {operand_text("rsi", {{"period", parameters.integer("period")}})};
}

std::size_t RsiReversal::warm_up(const Parameters& parameters) {
  return static_cast<std::size_t>(parameters.integer("period")) + 1;
}

RsiReversal::RsiReversal(const Parameters& parameters)
    : rsi_(static_cast<std::size_t>(parameters.integer("period"))),
      oversold_(parameters.number("oversold")),
      overbought_(parameters.number("overbought")) {}

std::vector<double> RsiReversal::snapshot() const {
  return numbers_of(*this);
}

result::Status RsiReversal::restore(std::span<const double> state) {
  return restore_into(*this, state);
}

}  // namespace hts::strategies
