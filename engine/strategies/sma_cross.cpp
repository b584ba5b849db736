#include "engine/strategies/sma_cross.hpp"

#include <cstdint>

namespace hts::strategies {

std::vector<ParameterSchema> SmaCross::schema() {
  return {
      {"fast", std::int64_t{10}, 1, 5'000, false, "bars", "Length of the fast average."},
      {"slow", std::int64_t{20}, 2, 5'000, false, "bars", "Length of the slow average."},
      {"hold_period_bars", std::int64_t{1}, 1, 100, false, "bars",
       "How many candles after the signal the position is closed (signals mode only)."},
  };
}

result::Status SmaCross::check(const Parameters& parameters) {
  if (parameters.integer("fast") < parameters.integer("slow")) return result::success();
  return result::make_error(result::ErrorCode::invalid,
                            "fast must be below slow: the fast average takes fewer candles.",
                            "params.fast");
}

std::size_t SmaCross::warm_up(const Parameters& parameters) {
  return static_cast<std::size_t>(parameters.integer("slow")) - 1;
}

SmaCross::SmaCross(const Parameters& parameters)
    : fast_(static_cast<std::size_t>(parameters.integer("fast"))),
      slow_(static_cast<std::size_t>(parameters.integer("slow"))),
      fast_share_(1 / static_cast<double>(fast_)),
      slow_share_(1 / static_cast<double>(slow_)),
      fast_sum_(fast_),
      slow_sum_(slow_) {}

std::vector<double> SmaCross::snapshot() const {
  return {};
}

result::Status SmaCross::restore(std::span<const double> /*state*/) {
  return result::make_error(result::ErrorCode::conflict, "it cannot be restored yet", "snapshot");
}

}  // namespace hts::strategies
