#pragma once

#include <cstddef>
#include <memory>

#include "adapters/plugin/host_pool.hpp"
#include "engine/result/result.hpp"
#include "engine/strategies/any_strategy.hpp"
#include "engine/strategies/parameters.hpp"

/// A plugin's strategy in a process of its own. Candles go over in blocks that grow while they are
/// answered quickly: some ten nanoseconds a candle, and still a look at the cancel flag in time.
namespace hts::plugin {

/// Throws StrategyFailure when no process can be had or the strategy cannot be made.
[[nodiscard]] strategies::AnyStrategy make_hosted(const std::shared_ptr<HostPool>& pool,
                                                  const strategies::Parameters& parameters);

/// The plugin's own check. Error: invalid, also when the check itself fails.
[[nodiscard]] result::Status check_hosted(HostPool& pool, const strategies::Parameters& parameters);

/// 0 when the plugin cannot say; its failure shows when the strategy is made.
[[nodiscard]] std::size_t warm_up_hosted(HostPool& pool, const strategies::Parameters& parameters);

}  // namespace hts::plugin
