#pragma once

#include <limits>

namespace hts::backtest {

/// A statistic that the data does not define, such as a ratio without trades. JSON has null for it.
inline constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

}  // namespace hts::backtest
