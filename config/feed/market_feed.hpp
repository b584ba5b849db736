#pragma once

#include <memory>

#include "config/settings.hpp"
#include "engine/ports/market_feed.hpp"
#include "engine/result/result.hpp"

namespace hts::config {

/// The feed of `feed.source`; null for none. Nothing is connected before it is subscribed. Errors:
/// invalid, field = key, for what can never work; storage for a password file.
[[nodiscard]] result::Result<std::unique_ptr<ports::MarketFeed>> make_feed(
    const Settings& settings);

/// The past of the same market; null where there is none: no feed, Redis, a recording.
[[nodiscard]] result::Result<std::unique_ptr<ports::MarketHistory>> make_history(
    const Settings& settings);

}  // namespace hts::config
