#include <optional>
#include <string>
#include <utility>

#include "adapters/http/api.hpp"
#include "adapters/http/candle_downloads.hpp"
#include "adapters/http/run_request.hpp"

namespace hts::http {
namespace {

using result::ErrorCode;
using result::make_error;
using result::Result;

constexpr std::uint64_t first_year = 1970;
constexpr std::uint64_t last_year = 2200;

/// A sentence about the request's own names for the range's ends.
result::Error renamed(result::Error error) {
  for (const auto& [name, ours] : {std::pair{"start_date", "from"}, std::pair{"end_date", "to"}}) {
    if (error.field == name) error.field = ours;
    for (auto at = error.message.find(name); at != std::string::npos;
         at = error.message.find(name)) {
      error.message.replace(at, std::string{name}.size(), ours);
    }
  }
  return error;
}

result::Error missing_parameter(const char* name, const char* example) {
  return make_error(ErrorCode::invalid,
                    std::string{name} + " is missing: add ?" + name + "=" + example + ".", name);
}

Result<CandleQuery> parse_query(const RoutedRequest& request) {
  const auto symbol_text = request.query("symbol");
  if (!symbol_text) return symbol_text.error();
  if (!*symbol_text) return missing_parameter("symbol", "BTC_KRW");
  const auto symbol = market::Symbol::parse(**symbol_text);
  if (!symbol) return symbol.error();
  const auto timeframe_text = request.query("timeframe");
  if (!timeframe_text) return timeframe_text.error();
  if (!*timeframe_text) return missing_parameter("timeframe", "1d");
  const auto timeframe = market::Timeframe::parse(**timeframe_text);
  if (!timeframe) return timeframe.error();
  CandleQuery query{*symbol, *timeframe, {}, {}};

  const auto from = request.query("from");
  if (!from) return from.error();
  const auto to = request.query("to");
  if (!to) return to.error();
  if (*from || *to) {
    const auto range =
        time::parse_date_range(from->value_or("1970-01-02"), to->value_or("2199-12-31"));
    if (!range) return renamed(range.error());
    query.range = *range;
  }
  const auto year = request.query("year");
  if (!year) return year.error();
  if (!*year) return query;
  if (*from || *to) {
    return make_error(ErrorCode::invalid,
                      "year means a whole file: leave it out, or leave out from and to.", "year");
  }
  const auto number = parse_count(*year, "year", first_year, first_year, last_year);
  if (!number) return number.error();
  query.year = static_cast<int>(*number);
  return query;
}

}  // namespace

void add_candle_routes(Router& router, const ApiServices& services) {
  CandleDownloads* const downloads = services.candles;
  if (downloads == nullptr) return;
  router.add(Method::get, "/api/data/candles",
             "Candles as a Parquet file (?symbol=&timeframe= and year=, or from=&to=).",
             [downloads](const RoutedRequest& request, Responder responder) {
               auto query = parse_query(request);
               if (!query) return responder.fail(query.error());
               downloads->send(std::move(query).value(), std::move(responder));
             });
  router.add(Method::get, "/api/data/candles/years",
             "The files of a symbol and timeframe with their hashes (?symbol=&timeframe=).",
             [downloads](const RoutedRequest& request, Responder responder) {
               auto query = parse_query(request);
               if (!query) return responder.fail(query.error());
               downloads->list(std::move(query).value(), std::move(responder));
             });
}

}  // namespace hts::http
