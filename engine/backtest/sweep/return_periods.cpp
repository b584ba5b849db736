#include "engine/backtest/sweep/return_periods.hpp"

#include <algorithm>
#include <chrono>

namespace hts::backtest {
namespace {

constexpr std::size_t fewest_days = 64;
constexpr std::size_t most_stretches = 256;

}  // namespace

std::vector<std::size_t> return_period_ends(std::span<const time::Timestamp> time) {
  std::vector<std::size_t> ends;
  if (time.empty()) return ends;
  // The next midnight is compared with, since a division a bar costs more than all else here.
  auto midnight = std::chrono::floor<std::chrono::days>(time.front()) + std::chrono::days{1};
  for (std::size_t i = 0; i < time.size(); ++i) {
    if (time[i] < midnight) continue;
    ends.push_back(i - 1);
    midnight = std::chrono::floor<std::chrono::days>(time[i]) + std::chrono::days{1};
  }
  ends.push_back(time.size() - 1);
  if (ends.size() >= fewest_days || time.size() < 2) return ends;
  const std::size_t stretches = std::min(most_stretches, time.size());
  if (stretches <= ends.size()) return ends;
  ends.clear();
  for (std::size_t i = 1; i <= stretches; ++i) ends.push_back(i * time.size() / stretches - 1);
  return ends;
}

void append_period_returns(std::span<const double> equity, std::span<const std::size_t> ends,
                           std::vector<double>& returns) {
  for (std::size_t i = 1; i < ends.size(); ++i) {
    const double before = equity[ends[i - 1]];
    returns.push_back(before > 0 ? equity[ends[i]] / before - 1 : 0);
  }
}

}  // namespace hts::backtest
