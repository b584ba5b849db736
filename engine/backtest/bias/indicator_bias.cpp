#include "engine/backtest/bias/indicator_bias.hpp"

#include <array>
#include <vector>

#include "engine/backtest/bias/changed_future.hpp"
#include "engine/backtest/bias/compared_value.hpp"
#include "engine/backtest/sweep/mixed_bits.hpp"
#include "engine/time/timestamp.hpp"

namespace hts::backtest {
namespace {

using Columns = std::vector<std::vector<double>>;

/// The first of the first `known` values that differs, as a sentence.
std::optional<std::string> difference(const indicators::IndicatorDefinition& definition,
                                      market::CandleView candles, const Columns& whole,
                                      const Columns& other, std::size_t known, const char* how) {
  for (std::size_t i = 0; i < known; ++i) {
    for (std::size_t output = 0; output < whole.size(); ++output) {
      if (is_same_value(whole[output][i], other[output][i])) continue;
      return definition.name + " looks into the future: its output " + definition.outputs[output] +
             " at bar " + std::to_string(i) + " (" + time::format_iso8601(candles.open_time[i]) +
             ") is " + value_text(whole[output][i]) + ", but " + value_text(other[output][i]) +
             " when the candles after bar " + std::to_string(known - 1) + " " + how + ".";
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> find_indicator_bias(const indicators::IndicatorDefinition& definition,
                                               const parameters::Parameters& parameters,
                                               market::CandleView candles, std::size_t bars,
                                               std::uint64_t seed) {
  constexpr std::array changes = {FutureChange::scaled, FutureChange::reversed,
                                  FutureChange::random_walk};
  if (candles.size() < 2) return std::nullopt;
  const auto whole = indicators::compute(definition, parameters, candles);
  for (std::size_t i = 0; i < bars; ++i) {
    const std::size_t known = 1 + mixed_bits(seed + i) % (candles.size() - 1);
    const auto changed = with_changed_future(candles, known, changes[i % changes.size()], seed + i);
    const auto of_changed = indicators::compute(definition, parameters, changed.view());
    if (auto found = difference(definition, candles, whole, of_changed, known, "are others")) {
      return found;
    }
    const auto of_known = indicators::compute(definition, parameters, candles.slice(0, known));
    if (auto found = difference(definition, candles, whole, of_known, known, "are not there yet")) {
      return found;
    }
  }
  return std::nullopt;
}

}  // namespace hts::backtest
