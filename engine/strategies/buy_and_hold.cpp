#include "engine/strategies/buy_and_hold.hpp"

#include <cstdint>

#include "engine/strategies/hold_period.hpp"
#include "engine/strategies/state_numbers.hpp"

namespace hts::strategies {

std::vector<ParameterSchema> BuyAndHold::schema() {
  return {hold_period_parameter()};
}

std::size_t BuyAndHold::warm_up(const Parameters& /*parameters*/) {
  return 0;
}

BuyAndHold::BuyAndHold(const Parameters& /*parameters*/) {}

std::vector<double> BuyAndHold::snapshot() const {
  return numbers_of(*this);
}

result::Status BuyAndHold::restore(std::span<const double> state) {
  return restore_into(*this, state);
}

}  // namespace hts::strategies
