#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/market/candle.hpp"
#include "engine/strategies/context.hpp"
#include "engine/strategies/parameters.hpp"
#include "engine/strategies/plugin_abi.h"
#include "engine/trading/order.hpp"

/// The engine's values in the plugin border's C, and back. What comes back is checked: a plugin can
/// write any number into an enumeration.
namespace hts::plugin {

/// Parameters as C; borrows their texts.
[[nodiscard]] std::vector<hts_named_value> to_c(const strategies::Parameters& parameters);

[[nodiscard]] hts_candle to_c(const market::Candle& candle) noexcept;

/// Nothing when no signal was given. Throws StrategyFailure for a side that does not exist.
[[nodiscard]] std::optional<strategies::Signal> signal_of(const hts_signal& signal);

/// Throws StrategyFailure for an enumerator that does not exist. Prices and quantities are left to
/// the desk.
[[nodiscard]] trading::OrderRequest order_of(const hts_order& order);

/// Puts the signal into the context.
void give(strategies::Context& context, const strategies::Signal& signal) noexcept;

}  // namespace hts::plugin
