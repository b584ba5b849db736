#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "engine/market/candle.hpp"
#include "engine/market/symbol.hpp"
#include "engine/market/timeframe.hpp"
#include "engine/result/result.hpp"

/// The answer of Upbit's candle endpoints: a JSON array of candles, newest first.
namespace hts::upbit {

struct UpbitPage {
  std::vector<market::Candle> candles;   ///< in the order of the page
  std::optional<market::Symbol> symbol;  ///< from `market`
  std::optional<market::Timeframe>
      timeframe;  ///< from `unit`, or the members of day and week pages
};

/// Reads `candle_date_time_utc` (the open time), `opening_price`, `high_price`, `low_price`,
/// `trade_price` (the close), `candle_acc_trade_volume`, `market` and `unit`; other members are
/// passed over. Numbers are rounded correctly, which a generic JSON document would not promise.
/// Errors: malformed when it is not JSON of that shape, invalid when a candle is not sound or
/// markets are mixed; the message and the field begin with the line and column.
[[nodiscard]] result::Result<UpbitPage> parse_upbit_page(std::string_view json);

}  // namespace hts::upbit
