#pragma once

#include <string_view>

#include "adapters/feed/frame.hpp"

/// Binance spot market streams: `trade`, `kline`, `24hrTicker`, `bookTicker`, `serverShutdown`, as
/// they come on a combined stream (`{"stream":...,"data":{...}}`) or raw. Everything else that is
/// JSON is `other`, answers to requests among it; an `error` is a refusal.
namespace hts::binance {

/// A trade in the order in which Binance writes its members takes a short way; everything else goes
/// through parse_frame_generally, with equal results. No allocation.
[[nodiscard]] bool parse_frame(std::string_view text, feed::Frame& frame) noexcept;

/// Members in any order, unknown ones passed over.
[[nodiscard]] bool parse_frame_generally(std::string_view text, feed::Frame& frame) noexcept;

}  // namespace hts::binance
