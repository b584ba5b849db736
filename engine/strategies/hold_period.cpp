#include "engine/strategies/hold_period.hpp"

#include <cstdint>

namespace hts::strategies {

ParameterSchema hold_period_parameter() {
  return {"hold_period_bars",
          std::int64_t{1},
          1,
          100,
          false,
          "bars",
          "How many candles after the signal the position is closed (signals mode only)."};
}

}  // namespace hts::strategies
