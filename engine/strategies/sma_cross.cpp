#include "engine/strategies/sma_cross.hpp"

#include <cstdint>
#include <limits>

#include "engine/strategies/crossings.hpp"
#include "engine/strategies/operand_text.hpp"
#include "engine/strategies/state_numbers.hpp"

namespace hts::strategies {
namespace {

/// The average as on_candle computes it, of which the difference to another has the sign of their
/// comparison.
std::span<const double> average(market::CandleView candles, std::int64_t period,
                                ColumnCache& cache) {
  const auto length = static_cast<std::size_t>(period);
  indicators::SlidingFold<indicators::SumFold> sum{length};
  const double share = 1 / static_cast<double>(period);
  return cache.column(candles, "mean of closes", static_cast<double>(period),
                      [&](std::size_t begin, std::size_t end, double* column) {
                        for (std::size_t i = begin; i < end; ++i) {
                          sum.push(candles.close[i]);
                          column[i] = i + 1 < length ? std::numeric_limits<double>::quiet_NaN()
                                                     : sum.current() * share;
                        }
                      });
}

}  // namespace

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

std::vector<std::string> SmaCross::operands(const Parameters& parameters) {
  return {operand_text("sma", {{"period", parameters.integer("fast")}}),
          operand_text("sma", {{"period", parameters.integer("slow")}})};
}

std::size_t SmaCross::warm_up(const Parameters& parameters) {
  return static_cast<std::size_t>(parameters.integer("slow")) - 1;
}

void SmaCross::scan_columns(const Parameters& parameters, market::CandleView candles,
                            ColumnCache& cache, std::vector<IndexedSignal>& signals) {
  const auto fast = average(candles, parameters.integer("fast"), cache);
  const auto slow = average(candles, parameters.integer("slow"), cache);
  if (fast.empty() || slow.empty()) return;
  each_crossing(
      fast, slow, [&](std::size_t i) { signals.push_back({i, {Side::buy, 1, false, {}}}); },
      [&](std::size_t i) { signals.push_back({i, {Side::sell, 1, false, {}}}); });
}

SmaCross::SmaCross(const Parameters& parameters)
    : fast_(static_cast<std::size_t>(parameters.integer("fast"))),
      slow_(static_cast<std::size_t>(parameters.integer("slow"))),
      fast_share_(1 / static_cast<double>(fast_)),
      slow_share_(1 / static_cast<double>(slow_)),
      fast_sum_(fast_),
      slow_sum_(slow_) {}

std::vector<double> SmaCross::snapshot() const {
  return numbers_of(*this);
}

result::Status SmaCross::restore(std::span<const double> state) {
  return restore_into(*this, state,
                      [](const SmaCross& restored) { return restored.seen_ <= restored.slow_; });
}

}  // namespace hts::strategies
