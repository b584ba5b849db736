#include "adapters/binance/binance_feed.hpp"

#include <algorithm>
#include <utility>

#include "adapters/binance/binance_frame.hpp"

namespace hts::binance {
namespace {

std::string lower_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return text;
}

}  // namespace

std::string code_of(const market::Symbol& symbol) {
  return std::string(symbol.base()) + std::string(symbol.quote());
}

feed::StreamExchange binance_stream(std::string base_url, std::size_t streams_a_connection) {
  feed::StreamExchange exchange;
  exchange.name = "binance";
  exchange.parse = &parse_frame;
  exchange.code = &code_of;
  exchange.plan = [base_url = std::move(base_url),
                   streams_a_connection](const ports::FeedSubscription& subscription)
      -> result::Result<std::vector<feed::StreamPlan>> {
    auto url = feed::parse_stream_url(base_url);
    if (!url) return url.error();
    while (url->target.ends_with('/')) url->target.pop_back();
    const std::string path = url->target + "/stream?streams=";
    const std::size_t streams_a_symbol = 1U + (subscription.wants_candles ? 1U : 0U) +
                                         (subscription.wants_tickers ? 1U : 0U) +
                                         (subscription.wants_quotes ? 1U : 0U);
    const std::size_t symbols_a_connection =
        std::max<std::size_t>(1, streams_a_connection / streams_a_symbol);
    std::vector<feed::StreamPlan> plans;
    for (std::size_t i = 0; i < subscription.symbols.size(); ++i) {
      if (i % symbols_a_connection == 0) {
        plans.push_back({*url, {}});
        plans.back().url.target = path;
      }
      std::string& target = plans.back().url.target;
      const std::string code = lower_case(code_of(subscription.symbols[i]));
      if (!target.ends_with('=')) target += '/';
      target += code + "@trade";
      if (subscription.wants_candles) target += "/" + code + "@kline_1m";
      if (subscription.wants_tickers) target += "/" + code + "@ticker";
      if (subscription.wants_quotes) target += "/" + code + "@bookTicker";
    }
    return plans;
  };
  return exchange;
}

}  // namespace hts::binance
