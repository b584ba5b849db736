#pragma once

#include <cstddef>
#include <string>

#include "adapters/feed/stream_feed.hpp"

/// Binance's spot market streams as a feed.
namespace hts::binance {

inline constexpr std::string_view default_stream_url = "wss://stream.binance.com:9443";

/// `BTCUSDT`.
[[nodiscard]] std::string code_of(const market::Symbol& symbol);

/// Combined streams: for each symbol `@trade`, and as wanted `@kline_1m` and `@ticker`, named in
/// the address; so a connection is subscribed once it is open. `base_url` without a path.
/// `streams_a_connection`: Binance refuses more than 1,024, and an address may not be endless.
[[nodiscard]] feed::StreamExchange binance_stream(std::string base_url,
                                                  std::size_t streams_a_connection = 300);

}  // namespace hts::binance
