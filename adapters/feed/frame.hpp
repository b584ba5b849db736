#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "engine/market/candle.hpp"
#include "engine/market/timeframe.hpp"
#include "engine/market/trade.hpp"
#include "engine/ports/market_feed.hpp"

/// What exchanges send, whatever the exchange.
namespace hts::feed {

/// One message of an exchange. Only what its kind names has a meaning; views point into the
/// message.
struct Frame {
  enum class Kind : std::uint8_t {
    trade,
    candle,
    ticker,
    quote,
    other,     ///< well-formed, and nothing that we follow
    shutdown,  ///< the server will close soon: connect anew before it does
    refusal,   ///< the server did not take what we asked for; `reason`
  };
  Kind kind = Kind::other;
  std::string_view code;   ///< the exchange's name of the symbol: "BTCUSDT", "KRW-BTC"
  time::Timestamp time{};  ///< when the exchange sent it; 0: it does not say
  market::Trade trade;
  market::Candle candle;
  market::Timeframe timeframe = market::Timeframe::minute();
  /// Nothing: the exchange does not say; the next candle closes the one before it.
  std::optional<bool> is_closed;
  ports::FeedTicker ticker;  ///< its instrument is not set
  ports::FeedQuote quote;    ///< likewise
  std::string_view reason;
};

/// Reads a message into `frame`, whose other members keep what they had. False when it is not a
/// message of the exchange: cut, damaged, or without what its kind needs.
using ParseFrame = bool (*)(std::string_view text, Frame& frame);

}  // namespace hts::feed
