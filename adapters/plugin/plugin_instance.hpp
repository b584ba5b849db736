#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/result/result.hpp"
#include "engine/strategies/any_strategy.hpp"
#include "engine/strategies/parameters.hpp"
#include "engine/strategies/plugin_abi.h"

namespace hts::plugin {

/// One instance of a plugin's strategy in this process. The table outlives it. Failures are thrown
/// as StrategyFailure, also those of a C++ plugin that lets an exception cross the border.
class PluginInstance {
 public:
  PluginInstance(const hts_strategy_plugin_table& table, const strategies::Parameters& parameters);
  PluginInstance(const PluginInstance&) = delete;
  PluginInstance& operator=(const PluginInstance&) = delete;
  ~PluginInstance();

  /// `desk` null: no account.
  void on_candle(const hts_candle& candle, const hts_desk* desk, hts_signal& signal) {
    hts_reason reason;
    reason.text[0] = '\0';
    if (table_->on_candle(instance_, &candle, desk, &signal, &reason) != 0) fail(reason);
  }
  [[nodiscard]] std::vector<double> snapshot() const;
  [[nodiscard]] result::Status restore(std::span<const double> numbers);

 private:
  [[noreturn]] static void fail(hts_reason& reason);

  const hts_strategy_plugin_table* table_;
  void* instance_ = nullptr;
};

/// The plugin's own check of resolved parameters; success when it has none.
[[nodiscard]] result::Status check_parameters(const hts_strategy_plugin_table& table,
                                              const strategies::Parameters& parameters);
/// 0 when it says nothing about it.
[[nodiscard]] std::size_t warm_up_of(const hts_strategy_plugin_table& table,
                                     const strategies::Parameters& parameters);

/// A strategy inside this process: fast, and as dangerous as its code. See `Isolation::none`.
[[nodiscard]] strategies::AnyStrategy make_inside(const hts_strategy_plugin_table& table,
                                                  const strategies::Parameters& parameters);

}  // namespace hts::plugin
