#include "adapters/http/market/market_pages.hpp"

#include <algorithm>
#include <utility>

#include "adapters/http/session_answers.hpp"
#include "engine/json/json_writer.hpp"

namespace hts::http {
namespace {

using result::ErrorCode;
using result::make_error;
using screener::Condition;
using screener::Figure;
using screener::MarketDays;

/// Further requests are told to come back.
constexpr std::size_t most_waiting = 256;

bool is_of(const market::Symbol& symbol, const std::string& quote) {
  return quote.empty() || symbol.quote() == quote;
}

void write_names(json::Writer& writer, const market::Symbol& symbol) {
  writer.member("symbol", symbol.text());
  writer.member("market", symbol.upbit_code());
}

void write_figure(json::Writer& writer, std::string_view name, std::optional<double> figure) {
  writer.key(name);
  if (figure) {
    writer.value(*figure);
  } else {
    writer.value(nullptr);
  }
}

std::optional<double> today(Figure figure, const std::vector<market::Candle>& days) {
  Condition condition;
  condition.figure = figure;
  return screener::figure_of(condition, days);
}

/// What tickers and matches say of a market.
void write_market(json::Writer& writer, const MarketDays& market, const LivePrice* live) {
  std::vector<market::Candle> last(
      market.days.end() - std::min<std::ptrdiff_t>(2, std::ssize(market.days)), market.days.end());
  market::Candle& day = last.back();
  if (live != nullptr) {
    day.close = live->price;
    day.high = std::max(day.high, live->price);
    day.low = std::min(day.low, live->price);
  }
  write_names(writer, market.symbol);
  writer.member("price", day.close);
  writer.member("timestamp",
                time::format_iso8601(live != nullptr ? live->time : market.price_time));
  writer.member("is_live", live != nullptr);
  if (live != nullptr) write_quote(writer, live->quote);
  writer.member("day", time::format_iso8601(day.open_time));
  writer.member("open", day.open);
  writer.member("high", day.high);
  writer.member("low", day.low);
  write_figure(writer, "change_rate", today(Figure::change_rate, last));
  write_figure(writer, "volume", today(Figure::volume, last));
  write_figure(writer, "trade_amount", today(Figure::trade_amount, last));
}

/// A page of the markets of a quote: `each` writes one, after the object has begun.
template <class Markets, class Each>
std::string page_of(std::string_view name, const Markets& markets, const MarketQuery& query,
                    time::Timestamp now, Each each) {
  std::string text;
  json::Writer writer{text};
  std::uint64_t total = 0;
  std::uint64_t count = 0;
  writer.begin_object();
  writer.member("quote", query.quote);
  writer.key(name);
  writer.begin_array();
  for (const auto& market : markets) {
    if (!is_of(market.symbol, query.quote)) continue;
    if (total++ < query.offset || count == query.limit) continue;
    ++count;
    writer.begin_object();
    each(writer, market);
    writer.end_object();
  }
  writer.end_array();
  writer.member("count", count);
  writer.member("total", total);
  writer.member("limit", query.limit);
  writer.member("offset", query.offset);
  writer.member("timestamp", time::format_iso8601(now));
  writer.end_object();
  return text;
}

/// One symbol of the catalog.
struct Listed {
  market::Symbol symbol;
  std::vector<market::Timeframe> timeframes;
  time::Timestamp first{};
  time::Timestamp last{};
  time::Timestamp end{};  ///< when the newest candle closes
};

/// The files of an inventory, which are ordered by symbol.
std::vector<Listed> listed(const std::vector<ports::CatalogFile>& files) {
  std::vector<Listed> all;
  for (const ports::CatalogFile& file : files) {
    if (all.empty() || all.back().symbol != file.symbol) {
      all.push_back({file.symbol, {}, file.first, file.last, {}});
    }
    Listed& one = all.back();
    one.first = std::min(one.first, file.first);
    one.last = std::max(one.last, file.last);
    one.end = std::max(one.end, file.last + file.timeframe.length());
    if (one.timeframes.empty() || one.timeframes.back() != file.timeframe) {
      one.timeframes.push_back(file.timeframe);
    }
  }
  return all;
}

/// Nothing when they do not hold; else the figure of each.
std::optional<std::vector<std::optional<double>>> match(const ScreenerRequest& request,
                                                        const MarketDays& market) {
  std::vector<std::optional<double>> figures;
  std::size_t held = 0;
  for (const Condition& condition : request.conditions) {
    figures.push_back(screener::figure_of(condition, market.days));
    if (figures.back() && screener::holds(condition, *figures.back())) ++held;
  }
  const std::size_t needed = request.logic == ScreenerLogic::any ? 1 : request.conditions.size();
  if (held < needed) return std::nullopt;
  return figures;
}

}  // namespace

MarketPages::MarketPages(Places places) : places_(std::move(places)) {}

bool MarketPages::stop(std::chrono::milliseconds patience) {
  is_stopping_.store(true);
  return queue_.stop(patience);
}

void MarketPages::post(Responder responder, std::function<void(Responder&)> answer) {
  if (queue_.waiting() >= most_waiting) {
    return responder.fail(make_error(ErrorCode::unavailable,
                                     "Too many ask for markets at this moment: try again soon."));
  }
  // std::function wants what it holds to be copyable. Dropped, it answers 500 by itself.
  auto client = std::make_shared<Responder>(std::move(responder));
  (void)queue_.post([client, answer = std::move(answer)] { answer(*client); });
}

result::Result<MarketPages::SharedBoard> MarketPages::board() {
  const time::Timestamp now = places_.now();
  if (board_ && now >= board_->made_at && now - board_->made_at < kept_for) return board_;
  const auto files = places_.candles.inventory();
  if (!files) return files.error();
  auto made = std::make_shared<Board>();
  made->made_at = now;
  for (Listed& one : listed(*files)) {
    auto days = screener::load_days(places_.candles, one.symbol, std::move(one.timeframes),
                                    places_.boundary, std::min(now, one.end), &is_stopping_);
    if (days) {
      made->markets.push_back(std::move(days).value());
    } else if (days.error().code == ErrorCode::cancelled) {
      return days.error();
    } else if (days.error().code != ErrorCode::not_found &&
               days.error().code != ErrorCode::unknown_symbol) {
      ++made->unreadable;
    }
  }
  board_ = std::move(made);
  return board_;
}

void MarketPages::list(std::string_view name, MarketQuery query, Responder responder) {
  post(std::move(responder), [this, name, query = std::move(query)](Responder& client) {
    const auto files = places_.candles.inventory();
    if (!files) return client.fail(files.error());
    client.send(json_response(200, page_of(name, listed(*files), query, places_.now(),
                                           [](json::Writer& writer, const Listed& one) {
                                             write_names(writer, one.symbol);
                                             writer.member("base", one.symbol.base());
                                             writer.member("quote", one.symbol.quote());
                                             writer.key("timeframes");
                                             writer.begin_array();
                                             for (const auto timeframe : one.timeframes)
                                               writer.value(timeframe.name());
                                             writer.end_array();
                                             writer.member("first",
                                                           time::format_iso8601(one.first));
                                             writer.member("last", time::format_iso8601(one.last));
                                           })));
  });
}

void MarketPages::tickers(MarketQuery query, LivePrices prices, Responder responder) {
  post(std::move(responder), [this, query = std::move(query),
                              prices = std::move(prices)](Responder& client) {
    const auto shown = board();
    if (!shown) return client.fail(shown.error());
    client.send(json_response(
        200, page_of("tickers", (*shown)->markets, query, (*shown)->made_at,
                     [&](json::Writer& writer, const MarketDays& market) {
                       const auto live = prices.find(market.symbol);
                       write_market(writer, market, live == prices.end() ? nullptr : &live->second);
                     })));
  });
}

void MarketPages::filter(ScreenerRequest request, Responder responder) {
  post(std::move(responder), [this, request = std::move(request)](Responder& client) {
    const SharedBoard before = board_;
    const auto shown = board();
    if (!shown) return client.fail(shown.error());
    std::string text;
    json::Writer writer{text};
    std::uint64_t matched = 0;
    std::uint64_t markets = 0;
    writer.begin_object();
    writer.key("matched_markets");
    writer.begin_array();
    for (const MarketDays& market : (*shown)->markets) {
      if (!is_of(market.symbol, request.quote)) continue;
      ++markets;
      const auto figures = match(request, market);
      if (!figures) continue;
      ++matched;
      writer.begin_object();
      write_market(writer, market, nullptr);
      writer.key("figures");
      writer.begin_array();
      for (std::size_t i = 0; i < figures->size(); ++i) {
        writer.begin_object();
        writer.member("type", screener::name_of(request.conditions[i].figure));
        write_figure(writer, "value", (*figures)[i]);
        writer.end_object();
      }
      writer.end_array();
      writer.end_object();
    }
    writer.end_array();
    writer.member("total_count", matched);
    writer.member("conditions_applied", request.conditions.size());
    writer.member("markets", markets);
    writer.member("unreadable_markets", (*shown)->unreadable);
    writer.member("cached", before == *shown);
    writer.member("timestamp", time::format_iso8601((*shown)->made_at));
    writer.end_object();
    client.send(json_response(200, std::move(text)));
  });
}

}  // namespace hts::http
