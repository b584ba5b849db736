#include "engine/trading/sizing.hpp"

#include <cmath>

namespace hts::trading {

double LotRule::round_down(double quantity, double price) const noexcept {
  if (!(quantity > 0) || !std::isfinite(quantity)) return 0;
  if (step > 0) {
    const double steps = quantity / step;
    // 0.3 / 0.1 is a hair below 3: what is within rounding of a whole step is that step.
    const double nearest = std::round(steps);
    const double whole =
        std::fabs(steps - nearest) <= 1e-12 * nearest ? nearest : std::floor(steps);
    quantity = whole * step;
  }
  if (!(quantity > 0) || quantity < minimum_quantity) return 0;
  if (quantity * price < minimum_value) return 0;
  return quantity;
}

}  // namespace hts::trading
