#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "adapters/feed/frame.hpp"
#include "adapters/feed/reconnect_policy.hpp"
#include "adapters/feed/stream_connection.hpp"
#include "engine/market/symbol.hpp"
#include "engine/ports/market_feed.hpp"
#include "engine/result/result.hpp"

namespace hts::feed {

/// What one exchange does otherwise than another.
struct StreamExchange {
  std::string name;  ///< "upbit"
  ParseFrame parse = nullptr;
  std::function<std::string(const market::Symbol&)> code;  ///< its name of a symbol
  /// The connections that a subscription needs. Errors: invalid.
  std::function<result::Result<std::vector<StreamPlan>>(const ports::FeedSubscription&)> plan;
};

struct StreamFeedOptions {
  std::string ca_file;  ///< PEM; empty: the certificates that the system trusts
  StreamConditions conditions;
  ReconnectLimits reconnect;
  /// Between the starts of two connections: exchanges limit how many come at once.
  std::chrono::milliseconds between_connections{250};
  /// Whose threads serve the connections: what a listener tells there goes on at once, on the
  /// thread that has read it. Asked with each subscription; empty or null: a thread of the feed's
  /// own. It outlives the subscription, and runs for a moment after its end.
  std::function<boost::asio::io_context*()> io = {};
};

/// Whether a subscription can work at all: the address, and the file of authorities. Errors:
/// invalid, field `feed.url` or `feed.ca_file`.
[[nodiscard]] result::Status check_stream(const StreamExchange& exchange,
                                          const StreamFeedOptions& options);

/// Fills in the clocks and the randomness of this machine where there are none.
[[nodiscard]] StreamFeedOptions with_own_clocks(StreamFeedOptions options = {});

/// An exchange's WebSocket stream.
///
/// 1. The feed is live when all of its connections are: a loss of one is a loss.
/// 2. What ReconnectPolicy says of pauses holds for each connection.
/// 3. A connection that the exchange will end soon, or that has become old, is replaced by another
///    before it ends: trades then come twice for a moment, and none is missing.
/// 4. `stop` waits for the listener's call under way; with a thread of its own also for a name that
///    is being resolved. Whom a visit (StreamConditions) lets go on may call `subscribe` and
///    `stop`.
[[nodiscard]] std::unique_ptr<ports::MarketFeed> make_stream_feed(StreamExchange exchange,
                                                                  StreamFeedOptions options);

}  // namespace hts::feed
