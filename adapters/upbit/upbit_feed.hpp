#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "adapters/feed/stream_feed.hpp"

/// Upbit's WebSocket as a feed.
namespace hts::upbit {

inline constexpr std::string_view default_stream_url = "wss://api.upbit.com/websocket/v1";

/// One subscription message a connection, as Upbit wants it: a ticket, real-time trades and, as
/// wanted, 1-minute candles and tickers of at most `codes_a_connection` markets. Idle connections
/// are kept by pings. `random` gives the tickets.
[[nodiscard]] feed::StreamExchange upbit_stream(std::string url,
                                                std::function<std::uint64_t()> random,
                                                std::size_t codes_a_connection = 100);

}  // namespace hts::upbit
