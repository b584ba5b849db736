#include "adapters/http/market/data_refresh.hpp"

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <utility>

#include "adapters/http/body_members.hpp"
#include "adapters/http/run_request.hpp"
#include "engine/json/json_writer.hpp"

namespace hts::http {
namespace {

using result::ErrorCode;
using result::make_error;
using result::Result;
using result::success;

constexpr std::size_t most_symbols = 1'000;
/// What a client of an exchange's history gets at once, so that a stop need not wait for years.
constexpr int candles_at_once = 2'000;
constexpr std::chrono::seconds store_patience{60};

result::Error within(result::Error error, const std::string& field) {
  error.field = field;
  return error;
}

/// What a store says, for a thread that waits for it. Shared with the callback, which may be late.
class Answer {
 public:
  void give(const Result<ports::WriteReport>& stored) {
    const std::lock_guard lock{mutex_};
    result_ = stored.ok() ? result::Status{success()} : result::Status{stored.error()};
    given_.notify_all();
  }
  [[nodiscard]] result::Status wait() {
    std::unique_lock lock{mutex_};
    if (given_.wait_for(lock, store_patience, [this] { return result_.has_value(); })) {
      return *result_;
    }
    return make_error(ErrorCode::timed_out, "The catalog did not take the candles in time.");
  }

 private:
  std::mutex mutex_;
  std::condition_variable given_;
  std::optional<result::Status> result_;
};

}  // namespace

Result<RefreshRequest> parse_refresh(std::string_view body) {
  RefreshRequest request;
  if (body.find_first_not_of(" \t\r\n") == std::string_view::npos) return request;
  const auto fields = parse_object(body);
  if (!fields) return fields.error();
  std::vector<std::string> symbols;
  std::vector<std::string> timeframes;
  std::string from;
  auto read = read_texts(*fields, "symbols", R"(["KRW-BTC"])", symbols);
  if (read) read = read_texts(*fields, "timeframes", R"(["1d"])", timeframes);
  std::string timeframe;
  if (read) read = read_text(*fields, "timeframe", timeframe);
  if (read) read = read_text(*fields, "start_date", from);
  if (!read) return std::move(read).error();
  if (!timeframe.empty()) timeframes.push_back(timeframe);
  if (symbols.size() > most_symbols) {
    return make_error(ErrorCode::invalid, "A refresh takes at most 1000 symbols.", "symbols");
  }
  for (std::size_t i = 0; i < symbols.size(); ++i) {
    auto symbol = market::Symbol::parse(symbols[i]);
    if (!symbol) {
      return within(std::move(symbol).error(), "symbols[" + std::to_string(i) + "]");
    }
    request.symbols.push_back(std::move(symbol).value());
  }
  for (std::size_t i = 0; i < timeframes.size(); ++i) {
    const auto parsed = market::Timeframe::parse(timeframes[i]);
    if (!parsed) return within(parsed.error(), "timeframes[" + std::to_string(i) + "]");
    request.timeframes.push_back(*parsed);
  }
  if (from.empty()) return request;
  const auto range = time::parse_date_range(from, "2199-12-31");
  if (!range) return within(range.error(), "start_date");
  request.from = range->begin;
  return request;
}

DataRefresh::DataRefresh(Places places) : places_(std::move(places)) {}

bool DataRefresh::stop(std::chrono::milliseconds patience) {
  is_stopping_.store(true);
  return queue_.stop(patience);
}

void DataRefresh::start(RefreshRequest request, Responder responder) {
  if (places_.history == nullptr) {
    return responder.fail(
        make_error(ErrorCode::unavailable,
                   "There is no exchange to ask: set feed.source to upbit or binance, or use 'hts "
                   "fetch' and 'hts import'."));
  }
  {
    const std::lock_guard lock{mutex_};
    if (state_.is_running) {
      return responder.fail(
          make_error(ErrorCode::conflict,
                     "A refresh goes on already: GET this address to see how far it is."));
    }
    state_ = {true, places_.now(), {}, {}, {}};
  }
  (void)queue_.post([this, request = std::move(request)] { run(request); });
  responder.send(json_response(202, text()));
}

void DataRefresh::show(Responder responder) const {
  responder.send(json_response(200, text()));
}

Result<std::vector<DataRefresh::Series>> DataRefresh::wanted(const RefreshRequest& request) {
  const auto files = places_.candles.inventory();
  if (!files) return files.error();
  std::vector<Series> all;
  const auto series_of = [&](const market::Symbol& symbol, market::Timeframe timeframe) -> Series& {
    const auto found = std::ranges::find_if(all, [&](const Series& each) {
      return each.symbol == symbol && each.timeframe == timeframe;
    });
    return found != all.end() ? *found : all.emplace_back(Series{symbol, timeframe});
  };
  const auto is_wanted = [](const auto& list, const auto& item) {
    return list.empty() || std::ranges::find(list, item) != list.end();
  };
  for (const ports::CatalogFile& file : *files) {
    if (!is_wanted(request.symbols, file.symbol) ||
        !is_wanted(request.timeframes, file.timeframe)) {
      continue;
    }
    Series& series = series_of(file.symbol, file.timeframe);
    series.from = std::max(series.from, file.last + file.timeframe.length());
  }
  for (const market::Symbol& symbol : request.symbols) {
    for (const market::Timeframe timeframe : request.timeframes) (void)series_of(symbol, timeframe);
  }
  for (Series& series : all) {
    if (request.from) series.from = *request.from;
    if (series.from != time::Timestamp{}) continue;
    series.is_done = true;
    series.error = "Nothing of it is stored: say from when with start_date.";
  }
  return all;
}

void DataRefresh::run(const RefreshRequest& request) {
  auto all = wanted(request);
  {
    const std::lock_guard lock{mutex_};
    if (all) {
      state_.series = *all;
    } else {
      state_.error = all.error().message;
    }
  }
  for (std::size_t i = 0; all && i < all->size() && !is_stopping_.load(); ++i) {
    if ((*all)[i].is_done) continue;
    const auto fetched = fetch((*all)[i]);
    const std::lock_guard lock{mutex_};
    state_.series[i].is_done = true;
    if (fetched) {
      state_.series[i].candles = *fetched;
    } else {
      state_.series[i].error = fetched.error().message;
    }
  }
  const std::lock_guard lock{mutex_};
  state_.is_running = false;
  state_.ended = places_.now();
}

Result<std::uint64_t> DataRefresh::fetch(const Series& series) {
  std::uint64_t fetched = 0;
  const auto length = series.timeframe.length();
  // Only what has closed by now.
  const time::Timestamp end = places_.now() - length;
  for (time::Timestamp from = series.from; from <= end && !is_stopping_.load();
       from += length * candles_at_once) {
    const time::TimeRange range{
        from, std::min<time::Timestamp>(from + length * candles_at_once, end + time::Duration{1})};
    auto candles = places_.history->candles(series.symbol, series.timeframe, range);
    if (!candles) return std::move(candles).error();
    if (candles->empty()) continue;
    fetched += candles->size();
    const auto answer = std::make_shared<Answer>();
    places_.store(series.symbol, series.timeframe, std::move(candles).value(),
                  [answer](const Result<ports::WriteReport>& stored) { answer->give(stored); });
    if (auto stored = answer->wait(); !stored) return std::move(stored).error();
  }
  return fetched;
}

std::string DataRefresh::text() const {
  std::string text;
  json::Writer writer{text};
  const std::lock_guard lock{mutex_};
  const auto write_time = [&](std::string_view name, time::Timestamp time) {
    writer.key(name);
    if (time == time::Timestamp{}) {
      writer.value(nullptr);
    } else {
      writer.value(time::format_iso8601(time));
    }
  };
  const auto write_error = [&](const std::string& error) {
    writer.key("error");
    if (error.empty()) {
      writer.value(nullptr);
    } else {
      writer.value(error);
    }
  };
  std::uint64_t candles = 0;
  std::uint64_t done = 0;
  writer.begin_object();
  writer.member("status", state_.is_running                     ? "running"
                          : state_.started == time::Timestamp{} ? "idle"
                                                                : "completed");
  write_time("started_at", state_.started);
  write_time("finished_at", state_.ended);
  write_error(state_.error);
  writer.key("series");
  writer.begin_array();
  for (const Series& series : state_.series) {
    candles += series.candles;
    done += series.is_done ? 1 : 0;
    writer.begin_object();
    writer.member("symbol", series.symbol.text());
    writer.member("timeframe", series.timeframe.name());
    write_time("from", series.from);
    writer.member("is_done", series.is_done);
    writer.member("candles", series.candles);
    write_error(series.error);
    writer.end_object();
  }
  writer.end_array();
  writer.member("count", state_.series.size());
  writer.member("done", done);
  writer.member("total_candles", candles);
  writer.end_object();
  return text;
}

void add_refresh_routes(Router& router, DataRefresh& refresh) {
  constexpr const char* path = "/api/data/refresh";
  router.add(Method::post, path,
             "Brings the catalog up to now: {\"symbols\", \"timeframes\", \"start_date\"}.",
             [&refresh](const RoutedRequest& request, Responder responder) {
               const auto problem =
                   refuse_media_type(request.http.header("Content-Type"), request.http.body);
               if (problem) return responder.fail(*problem);
               auto wanted = parse_refresh(request.http.body);
               if (!wanted.ok()) return responder.fail(wanted.error());
               refresh.start(std::move(wanted).value(), std::move(responder));
             });
  router.add(Method::get, path, "How far the newest refresh is.",
             [&refresh](const RoutedRequest&, Responder responder) {
               refresh.show(std::move(responder));
             });
  router.keep_out_of_records(path);
}

}  // namespace hts::http
