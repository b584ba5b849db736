#include "adapters/redis_streams/market_publisher.hpp"

#include "adapters/redis_streams/redis_feed.hpp"

namespace hts::redis_streams {

MarketPublisher::MarketPublisher(Options options)
    : options_(std::move(options)),
      link_(options_.address, options_.password, {},
            [](redis::Connection&) { return result::success(); }) {}

result::Status MarketPublisher::publish(const std::vector<ClosedCandle>& candles) {
  std::vector<std::string> messages;
  for (const ClosedCandle& closed : candles) {
    messages.push_back(
        candle_message(closed.symbol, closed.timeframe, closed.candle, options_.form));
  }
  return add(options_.prefix + "candles", messages);
}

result::Status MarketPublisher::publish_signals(const std::vector<std::string>& documents) {
  return add(options_.prefix + "signals", documents);
}

result::Status MarketPublisher::add(const std::string& stream,
                                    const std::vector<std::string>& messages) {
  if (messages.empty()) return result::success();
  redis::Pipeline pipeline;
  for (const std::string& message : messages) {
    pipeline.add({"XADD", stream, "MAXLEN", "~", std::to_string(options_.most_entries), "*", "data",
                  message});
  }
  auto replies = link_.run(pipeline);
  if (!replies) return in_terms_of_the_feed(replies.error());
  for (const redis::Reply& reply : *replies) {
    if (reply.view().is_error()) {
      return in_terms_of_the_feed(
          redis::refused_by_server(options_.address.text(), reply.view().text()));
    }
  }
  return result::success();
}

}  // namespace hts::redis_streams
