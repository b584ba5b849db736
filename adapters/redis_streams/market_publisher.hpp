#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "adapters/redis/link.hpp"
#include "adapters/redis_streams/market_message.hpp"
#include "engine/market/candle.hpp"

namespace hts::redis_streams {

/// Tells others through Redis streams what the daemon has seen: closed candles, and messages that
/// are JSON already (signals). Blocks; thread-safe. A message that fails is not kept: its caller
/// tries again or counts it.
class MarketPublisher {
 public:
  struct Options {
    redis::RedisAddress address;
    std::string password;
    std::string prefix = "hts:";           ///< streams are PREFIXcandles and PREFIXsignals
    std::uint64_t most_entries = 100'000;  ///< about so many are kept in each
    Form form = Form::json;
  };
  struct ClosedCandle {
    market::Symbol symbol;
    market::Timeframe timeframe;
    market::Candle candle;
  };

  explicit MarketPublisher(Options options);

  /// All or, after an error, an unknown part of them. Errors: unavailable and those of the server.
  [[nodiscard]] result::Status publish(const std::vector<ClosedCandle>& candles);
  /// JSON objects, into the stream of signals.
  [[nodiscard]] result::Status publish_signals(const std::vector<std::string>& documents);

 private:
  [[nodiscard]] result::Status add(const std::string& stream,
                                   const std::vector<std::string>& messages);

  const Options options_;
  redis::Link link_;
};

}  // namespace hts::redis_streams
