#include "config/feed/market_publisher.hpp"

#include <utility>
#include <vector>

#include "adapters/credentials/url_password.hpp"
#include "adapters/redis_streams/market_publisher.hpp"

namespace hts::config {

using redis_streams::MarketPublisher;
using redis_streams::PublishQueue;

result::Result<std::unique_ptr<PublishQueue>> make_publish_queue(
    const Settings& settings, std::function<void(bool is_problem, const std::string& what)> note) {
  const std::string& url = settings.text("publish.redis");
  if (url == "-") return std::unique_ptr<PublishQueue>{};
  auto address = redis::parse_address(url);
  if (!address) {
    result::Error error = std::move(address).error();
    error.field = "publish.redis";
    return error;
  }
  MarketPublisher::Options options;
  options.address = *std::move(address);
  options.prefix = settings.text("publish.prefix");
  options.most_entries = static_cast<std::uint64_t>(settings.integer("publish.most_entries"));
  options.form = settings.text("publish.format") == "msgpack" ? redis_streams::Form::msgpack
                                                              : redis_streams::Form::json;
  if (const std::string& file = settings.text("publish.password_file"); file != "-") {
    auto password = credentials::read_secret(file, "publish.password_file");
    if (!password) return std::move(password).error();
    options.password = *std::move(password);
  }
  const auto publisher = std::make_shared<MarketPublisher>(std::move(options));
  PublishQueue::Options queue;
  queue.note = std::move(note);
  return std::make_unique<PublishQueue>(
      [publisher](const std::vector<MarketPublisher::ClosedCandle>& candles,
                  const std::vector<std::string>& signals) {
        auto done = publisher->publish(candles);
        return done ? publisher->publish_signals(signals) : done;
      },
      std::move(queue));
}

}  // namespace hts::config
