#pragma once

#include <functional>
#include <memory>

#include <boost/asio/io_context.hpp>

#include "config/settings.hpp"
#include "engine/ports/market_feed.hpp"
#include "engine/result/result.hpp"

namespace hts::config {

/// What an exchange's stream may use of the runtime; asked with each subscription.
struct FeedGround {
  std::function<boost::asio::io_context*()> io;                  ///< see StreamFeedOptions
  std::function<void(const std::function<void()>& take)> visit;  ///< see StreamConditions
};

/// The feed of `feed.source`; null for none. Nothing is connected before it is subscribed. Errors:
/// invalid, field = key, for what can never work; storage for a password file.
[[nodiscard]] result::Result<std::unique_ptr<ports::MarketFeed>> make_feed(
    const Settings& settings, const FeedGround& ground = {});

/// The past of the same market; null where there is none: no feed, Redis, a recording.
[[nodiscard]] result::Result<std::unique_ptr<ports::MarketHistory>> make_history(
    const Settings& settings);

}  // namespace hts::config
