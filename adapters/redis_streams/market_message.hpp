#pragma once

#include <string>
#include <string_view>

#include "adapters/feed/frame.hpp"
#include "engine/market/symbol.hpp"

/// Trades and candles as they stand in an entry of a Redis stream, in its field `data`.
///
/// As JSON, members in any order, unknown ones passed over; times in milliseconds, symbols as
/// BASE_QUOTE:
///
///     {"type":"trade","symbol":"BTC_KRW","time":1730336862047,"price":1.0E8,"quantity":0.5,
///      "sequence":7,"buyer_is_maker":true}
///     {"type":"candle","symbol":"BTC_KRW","timeframe":"1m","open_time":1730336820000,"open":1,
///      "high":2,"low":1,"close":2,"volume":3.5,"is_closed":true}
///
/// or as msgpack, arrays of the same values in the same order:
///
///     ["trade", "BTC_KRW", 1730336862047, 1.0e8, 0.5, 7, true]
///     ["candle", "BTC_KRW", "1m", 1730336820000, 1.0, 2.0, 1.0, 2.0, 3.5, true]
///
/// `sequence` (0) and `buyer_is_maker` (false) may be left out of the JSON.
namespace hts::redis_streams {

/// JSON when it begins with a brace, else msgpack. Other types are `other`. No allocation.
[[nodiscard]] bool parse_message(std::string_view text, feed::Frame& frame) noexcept;

enum class Form { json, msgpack };

[[nodiscard]] std::string candle_message(const market::Symbol& symbol, market::Timeframe timeframe,
                                         const market::Candle& candle, Form form);
[[nodiscard]] std::string trade_message(const market::Symbol& symbol, const market::Trade& trade,
                                        Form form);

}  // namespace hts::redis_streams
