#include "config/feed/market_feed.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "adapters/binance/binance_feed.hpp"
#include "adapters/binance/binance_history.hpp"
#include "adapters/credentials/url_password.hpp"
#include "adapters/feed/stream_feed.hpp"
#include "adapters/feed/stream_url.hpp"
#include "adapters/recording/recording_file.hpp"
#include "adapters/recording/replay_feed.hpp"
#include "adapters/redis_streams/redis_feed.hpp"
#include "adapters/upbit/upbit_feed.hpp"
#include "adapters/upbit/upbit_market_history.hpp"

namespace hts::config {
namespace {

using Feed = std::unique_ptr<ports::MarketFeed>;
using History = std::unique_ptr<ports::MarketHistory>;

constexpr std::string_view replay_scheme = "replay:";
constexpr std::string_view redis_scheme = "redis";

/// The value of a setting in which `-` stands for `otherwise`.
std::string given_or(const Settings& settings, std::string_view key, std::string_view otherwise) {
  const std::string& value = settings.text(key);
  return value == "-" ? std::string(otherwise) : value;
}

feed::StreamFeedOptions stream_options(const Settings& settings, const FeedGround& ground) {
  feed::StreamFeedOptions options;
  if (!settings.boolean("feed.own_thread")) options.io = ground.io;
  options.conditions.visit = ground.visit;
  options.ca_file = given_or(settings, "feed.ca_file", "");
  options.conditions.patience.without_data =
      std::chrono::seconds{settings.integer("feed.silence_seconds")};
  return feed::with_own_clocks(std::move(options));
}

result::Result<Feed> stream_feed(feed::StreamExchange exchange, feed::StreamFeedOptions options) {
  // A mistake is said at the start, not when somebody begins a session.
  if (auto sound = feed::check_stream(exchange, options); !sound) return std::move(sound).error();
  return feed::make_stream_feed(std::move(exchange), std::move(options));
}

result::Result<Feed> replay_feed(const Settings& settings, std::string path) {
  if (auto readable = recording::RecordingFile::open(path); !readable) {
    return std::move(readable).error();
  }
  recording::ReplayOptions options;
  options.path = std::move(path);
  options.speed = static_cast<double>(settings.integer("feed.speed"));
  return recording::make_replay_feed(std::move(options));
}

result::Result<Feed> redis_feed(const Settings& settings, const std::string& url) {
  auto address = redis::parse_address(url);
  if (!address) return redis_streams::in_terms_of_the_feed(address.error());
  redis_streams::RedisFeedOptions options;
  options.address = *std::move(address);
  options.stream = settings.text("feed.redis_stream");
  options.group = settings.text("feed.redis_group");
  options.consumer = options.group;
  if (const std::string& file = settings.text("feed.password_file"); file != "-") {
    auto password = credentials::read_password_file(file);
    if (!password) return password.error();
    options.password = *std::move(password);
  }
  return redis_streams::make_redis_feed(std::move(options));
}

}  // namespace

result::Result<Feed> make_feed(const Settings& settings, const FeedGround& ground) {
  const std::string& source = settings.text("feed.source");
  if (source == "none") return Feed{};
  if (source == "upbit") {
    auto options = stream_options(settings, ground);
    auto exchange = upbit::upbit_stream(given_or(settings, "feed.url", upbit::default_stream_url),
                                        options.conditions.random);
    return stream_feed(std::move(exchange), std::move(options));
  }
  if (source == "binance") {
    auto exchange =
        binance::binance_stream(given_or(settings, "feed.url", binance::default_stream_url));
    auto options = stream_options(settings, ground);
    // Binance counts attempts over five minutes and takes 300: a thousand symbols need ten.
    options.between_connections = std::chrono::milliseconds{50};
    return stream_feed(std::move(exchange), std::move(options));
  }
  if (source.starts_with(redis_scheme)) return redis_feed(settings, source);
  if (source.starts_with(replay_scheme) && source.size() > replay_scheme.size()) {
    return replay_feed(settings, source.substr(replay_scheme.size()));
  }
  return result::make_error(
      result::ErrorCode::invalid,
      "feed.source is '" + credentials::without_password(source) +
          "': give none, upbit, binance, redis://[user@]host:port[/db] or replay:PATH.",
      "feed.source");
}

result::Result<History> make_history(const Settings& settings) {
  const std::string& source = settings.text("feed.source");
  if (const std::string& url = settings.text("feed.history_url"); url != "-") {
    if (auto sound = feed::check_history_url(url); !sound) return std::move(sound).error();
  }
  if (source == "upbit") {
    upbit::ClientOptions options;
    options.base_url = given_or(settings, "feed.history_url", options.base_url);
    return History{std::make_unique<upbit::UpbitMarketHistory>(std::move(options))};
  }
  if (source == "binance") {
    binance::HistoryOptions options;
    options.base_url = given_or(settings, "feed.history_url", options.base_url);
    return History{std::make_unique<binance::BinanceHistory>(std::move(options))};
  }
  return History{};
}

}  // namespace hts::config
