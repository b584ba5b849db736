#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "adapters/feed/reconnect_policy.hpp"
#include "adapters/redis/redis_address.hpp"
#include "engine/ports/market_feed.hpp"

namespace hts::redis_streams {

struct RedisFeedOptions {
  redis::RedisAddress address;
  std::string password;  ///< empty: none
  std::string stream = "hts:market";
  std::string group = "hts";
  std::string consumer = "hts";  ///< one daemon a name: it gets again what it had not finished
  std::size_t entries_a_read = 512;
  /// So old an entry is when it is acknowledged: its trades are in a candle that is stored by then.
  /// What is younger comes again after a restart.
  std::chrono::milliseconds acknowledge_after{120'000};
  feed::ReconnectLimits reconnect;
};

/// A Redis stream of trades and candles as a feed (see market_message.hpp), read in a consumer
/// group on a thread of its own.
///
/// 1. The group is made when it is missing, at the end of the stream.
/// 2. First comes what this consumer had read and not acknowledged, then what is new: each entry at
///    least once.
/// 3. Entries that cannot be read are counted and acknowledged like others.
/// 4. `stop` takes a fifth of a second at most, or the time of a connection under way.
[[nodiscard]] std::unique_ptr<ports::MarketFeed> make_redis_feed(RedisFeedOptions options);

/// An error of a Redis connection in the words of the feed's settings.
[[nodiscard]] result::Error in_terms_of_the_feed(result::Error error);

}  // namespace hts::redis_streams
