#include "adapters/upbit/upbit_client.hpp"

#include <chrono>
#include <utility>

namespace hts::upbit {

std::string page_url(const std::string& base_url, const market::Symbol& symbol,
                     market::Timeframe timeframe, time::Timestamp before) {
  std::string path = "/v1/candles/minutes/" + std::to_string(timeframe.length().count());
  if (timeframe == market::Timeframe::day()) path = "/v1/candles/days";
  if (timeframe > market::Timeframe::day()) path = "/v1/candles/weeks";
  const auto whole_seconds = std::chrono::ceil<std::chrono::seconds>(before);
  return base_url + path + "?market=" + symbol.upbit_code() +
         "&to=" + time::format_iso8601(whole_seconds) +
         "&count=" + std::to_string(UpbitClient::candles_a_page);
}

result::Result<UpbitPage> UpbitClient::page_before(const market::Symbol& symbol,
                                                   market::Timeframe timeframe,
                                                   time::Timestamp before) {
  UpbitPage page;
  auto asked = rest_.ask(page_url(rest_.base_url(), symbol, timeframe, before), symbol.upbit_code(),
                         [&](const std::string& body) -> result::Status {
                           auto parsed = parse_upbit_page(body);
                           if (!parsed) return parsed.error();
                           page = *std::move(parsed);
                           return result::success();
                         });
  if (!asked) return asked.error();
  if (page.symbol && *page.symbol != symbol) {
    return result::make_error(result::ErrorCode::malformed,
                              "Upbit answered with candles of " + page.symbol->upbit_code() +
                                  " instead of " + symbol.upbit_code() + ".",
                              rest_.base_url());
  }
  return page;
}

}  // namespace hts::upbit
