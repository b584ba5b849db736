#pragma once

#include <string_view>

#include "adapters/feed/frame.hpp"

/// Upbit's WebSocket messages: `trade`, `ticker`, `candle.1m` and its other lengths, in the formats
/// DEFAULT and SIMPLE, as text or binary frames alike. Everything else that is JSON is `other`
/// (order books, `{"status":"UP"}`); an `error` is a refusal.
namespace hts::upbit {

/// A trade in the order in which Upbit writes its members takes a short way; everything else goes
/// through parse_frame_generally, with equal results. No allocation.
[[nodiscard]] bool parse_frame(std::string_view text, feed::Frame& frame) noexcept;

/// Members in any order, unknown ones passed over.
[[nodiscard]] bool parse_frame_generally(std::string_view text, feed::Frame& frame) noexcept;

}  // namespace hts::upbit
