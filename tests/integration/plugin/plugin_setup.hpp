#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "adapters/plugin/plugins.hpp"
#include "engine/market/candle_series.hpp"
#include "engine/strategies/strategy_definition.hpp"

/// The plugins that are built beside the tests, and how they are loaded.
namespace hts::testing {

[[nodiscard]] inline std::filesystem::path plugin_file(const std::string& name) {
  return std::filesystem::path{HTS_TEST_PLUGINS} / (name + ".so");
}

/// Nobody is ended for taking long: how fast the machine is decides no test.
[[nodiscard]] inline plugin::PluginOptions options_for(plugin::Isolation isolation) {
  plugin::PluginOptions options;
  options.isolation = isolation;
  options.bar_budget = std::chrono::hours{1};
  options.host_command = {HTS_PROGRAM, "strategy-host"};
  return options;
}

/// One of the tests' plugins, or a failed test.
[[nodiscard]] inline strategies::StrategyDefinition loaded_with(
    const std::string& name, const plugin::PluginOptions& options) {
  auto definition = plugin::load_plugin(plugin_file(name), options);
  EXPECT_TRUE(definition) << (definition ? "" : definition.error().message);
  return definition ? std::move(definition).value() : strategies::StrategyDefinition{};
}

[[nodiscard]] inline strategies::StrategyDefinition loaded(
    const std::string& name, plugin::Isolation isolation = plugin::Isolation::process) {
  return loaded_with(name, options_for(isolation));
}

/// For one that never ends by itself.
[[nodiscard]] inline strategies::StrategyDefinition loaded_with_budget(const std::string& name) {
  auto options = options_for(plugin::Isolation::process);
  options.bar_budget = std::chrono::milliseconds{250};
  return loaded_with(name, options);
}

/// A made-up walk of prices, the same for everybody.
[[nodiscard]] inline market::CandleSeries walk(std::size_t count) {
  market::CandleSeries candles;
  candles.reserve(count);
  std::uint64_t state = 88172645463325252ULL;
  const auto next = [&state] {
    state ^= state << 13U;
    state ^= state >> 7U;
    state ^= state << 17U;
    return static_cast<double>(state >> 11U) * 0x1.0p-53;
  };
  double price = 100;
  for (std::size_t i = 0; i < count; ++i) {
    const double open = price;
    price *= 1 + (next() - 0.5) * 0.02;
    const double high = std::max(open, price) * (1 + next() * 0.004);
    const double low = std::min(open, price) * (1 - next() * 0.004);
    candles.push_back({time::from_milliseconds(static_cast<std::int64_t>(i) * 60'000), open, high,
                       low, price, 1 + next()});
  }
  return candles;
}

}  // namespace hts::testing
