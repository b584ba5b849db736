#include "adapters/http/market/market_routes.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "adapters/http/page_request.hpp"
#include "adapters/http/run_request.hpp"
#include "engine/runtime/runtime.hpp"

namespace hts::http {
namespace {

constexpr PageLimits market_pages{.usual = 100, .most = 1'000, .last_offset = 1'000'000};
constexpr std::chrono::seconds price_deadline{2};

struct Sources {
  ApiServices services;
  MarketSources markets;
};

result::Result<MarketQuery> parse_query(const RoutedRequest& request, std::string quote) {
  const auto page = parse_page(request.http.query, market_pages);
  if (!page.ok()) return page.error();
  std::ranges::transform(quote, quote.begin(), [](char letter) {
    return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
  });
  return MarketQuery{std::move(quote), page->limit, page->offset};
}

std::string quote_of(const RoutedRequest& request) {
  return request.path.empty() ? std::string{} : request.path_parameter("quote");
}

void list_markets(const Sources& sources, const RoutedRequest& request, Responder responder) {
  auto query = parse_query(request, quote_of(request));
  if (!query.ok()) return responder.fail(query.error());
  sources.markets.pages.list("markets", std::move(query).value(), std::move(responder));
}

void list_screened(const Sources& sources, const RoutedRequest& request, Responder responder) {
  auto query = parse_query(request, {});
  if (!query.ok()) return responder.fail(query.error());
  sources.markets.pages.list("symbols", std::move(query).value(), std::move(responder));
}

LivePrices prices_of(const actors::MarketStatus& market) {
  LivePrices prices;
  for (const actors::InstrumentStatus& instrument : market.instruments) {
    if (instrument.price > 0) {
      prices[instrument.symbol] = {instrument.price, instrument.price_time, instrument.quote};
    }
  }
  return prices;
}

void show_tickers(const Sources& sources, const RoutedRequest& request, Responder responder) {
  auto query = parse_query(request, quote_of(request));
  if (!query.ok()) return responder.fail(query.error());
  if (!sources.services.feed) {
    return sources.markets.pages.tickers(std::move(query).value(), {}, std::move(responder));
  }
  // std::function wants what it holds to be copyable.
  auto client = std::make_shared<Responder>(std::move(responder));
  sources.services.runtime.observe([sources, client, query = std::move(query).value()] {
    sources.services.runtime.ask(
        sources.services.ingest, actors::GetMarketStatus{}, price_deadline,
        [sources, client,
         query](const result::Result<std::shared_ptr<const actors::MarketStatus>>& market) {
          // Without an answer in time the stored prices are told.
          sources.markets.pages.tickers(query, market.ok() ? prices_of(**market) : LivePrices{},
                                        std::move(*client));
        });
  });
}

void filter_markets(const Sources& sources, const RoutedRequest& request, Responder responder) {
  const auto problem = refuse_media_type(request.http.header("Content-Type"), request.http.body);
  if (problem) return responder.fail(*problem);
  auto wanted = parse_screener_request(request.http.body);
  if (!wanted.ok()) return responder.fail(wanted.error());
  sources.markets.pages.filter(std::move(wanted).value(), std::move(responder));
}

void follow_tickers(const Sources& sources, const RoutedRequest& request, Responder responder) {
  auto query = parse_query(request, quote_of(request));
  if (!query.ok()) return responder.fail(query.error());
  sources.markets.tickers->serve(std::move(responder), query->quote);
}

void follow_session(const Sources& sources, const RoutedRequest&, Responder responder) {
  sources.markets.session_events->serve(std::move(responder), {});
}

}  // namespace

void add_market_routes(Router& router, const ApiServices& services, const MarketSources& sources) {
  const Sources both{services, sources};
  using Function = void (*)(const Sources&, const RoutedRequest&, Responder);
  const auto add = [&](Method method, const char* path, const char* summary, Function function) {
    router.add(method, path, summary,
               [both, function](const RoutedRequest& request, Responder responder) {
                 function(both, request, std::move(responder));
               });
    router.keep_out_of_records(path);
  };
  add(Method::get, "/api/markets", "Symbols that there are candles of (?limit=&offset=).",
      list_markets);
  add(Method::get, "/api/markets/{quote}", "The same, of one quote currency.", list_markets);
  add(Method::get, "/api/tickers", "Prices with the change and volume of the day.", show_tickers);
  add(Method::get, "/api/markets/{quote}/tickers", "The same, of one quote currency.",
      show_tickers);
  add(Method::post, "/api/screener/filter",
      "Markets for which conditions hold: {\"conditions\": [...], \"logic\": \"AND\"}.",
      filter_markets);
  add(Method::get, "/api/screener/symbols", "Symbols that the screener looks at.", list_screened);
  if (sources.tickers != nullptr) {
    add(Method::get, "/api/tickers/ws", "A WebSocket of live prices.", follow_tickers);
    add(Method::get, "/api/markets/{quote}/tickers/ws", "The same, of one quote currency.",
        follow_tickers);
  }
  if (sources.session_events != nullptr) {
    add(Method::get, "/api/simulation/ws", "A WebSocket of what the paper session does.",
        follow_session);
  }
}

}  // namespace hts::http
