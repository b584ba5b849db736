#include "adapters/upbit/upbit_feed.hpp"

#include <utility>
#include <vector>

#include "adapters/upbit/upbit_frame.hpp"
#include "engine/json/json_writer.hpp"

namespace hts::upbit {
namespace {

std::string ticket_of(std::uint64_t random) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string ticket = "hts-";
  for (int i = 0; i < 16; ++i, random >>= 4U) ticket += digits[random & 0xfU];
  return ticket;
}

std::string subscribe_text(const std::string& ticket, const std::vector<std::string>& codes,
                           const ports::FeedSubscription& subscription) {
  std::string text;
  hts::json::Writer writer(text);
  const auto follow = [&](std::string_view type, bool is_only_realtime) {
    writer.begin_object();
    writer.member("type", type);
    writer.key("codes");
    writer.begin_array();
    for (const std::string& code : codes) writer.value(code);
    writer.end_array();
    if (is_only_realtime) writer.member("is_only_realtime", true);
    writer.end_object();
  };
  writer.begin_array();
  writer.begin_object();
  writer.member("ticket", std::string_view(ticket));
  writer.end_object();
  follow("trade", true);
  if (subscription.wants_candles) follow("candle.1m", true);
  if (subscription.wants_tickers) follow("ticker", false);
  writer.begin_object();
  writer.member("format", "SIMPLE");
  writer.end_object();
  writer.end_array();
  return text;
}

}  // namespace

feed::StreamExchange upbit_stream(std::string url, std::function<std::uint64_t()> random,
                                  std::size_t codes_a_connection) {
  feed::StreamExchange exchange;
  exchange.name = "upbit";
  exchange.parse = &parse_frame;
  exchange.code = [](const market::Symbol& symbol) { return symbol.upbit_code(); };
  exchange.plan = [url = std::move(url), random = std::move(random),
                   codes_a_connection](const ports::FeedSubscription& subscription)
      -> result::Result<std::vector<feed::StreamPlan>> {
    const auto address = feed::parse_stream_url(url);
    if (!address) return address.error();
    std::vector<feed::StreamPlan> plans;
    std::vector<std::string> codes;
    for (std::size_t i = 0; i < subscription.symbols.size(); ++i) {
      codes.push_back(subscription.symbols[i].upbit_code());
      if (codes.size() < codes_a_connection && i + 1 < subscription.symbols.size()) continue;
      plans.push_back({*address, {subscribe_text(ticket_of(random()), codes, subscription)}});
      codes.clear();
    }
    return plans;
  };
  return exchange;
}

}  // namespace hts::upbit
