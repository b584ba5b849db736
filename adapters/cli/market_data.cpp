#include "adapters/cli/market_data.hpp"

#include <utility>

#include "adapters/cli/candle_files.hpp"
#include "adapters/threads/interrupt_watch.hpp"
#include "engine/market/timeframe.hpp"
#include "engine/time/timestamp.hpp"

namespace hts::cli {
namespace {

namespace options = boost::program_options;
using result::ErrorCode;
using result::make_error;
using result::Result;

std::string text_or(const options::variables_map& values, const char* name,
                    const std::string& otherwise) {
  return values.count(name) > 0 ? values[name].as<std::string>() : otherwise;
}

/// The part of a series that --from and --to leave.
Result<market::CandleSeries> cut(market::CandleSeries series,
                                 const options::variables_map& values) {
  if (series.empty() || (values.count("from") == 0 && values.count("to") == 0)) return series;
  const auto range = time::parse_date_range(
      text_or(values, "from", time::format_kst_date(series.open_time.front())),
      text_or(values, "to", time::format_kst_date(series.open_time.back())));
  if (!range) return range.error();
  market::CandleSeries part;
  part.append(series.view().within(*range));
  return part;
}

Result<MarketData> from_files(const options::variables_map& values,
                              CommandEnvironment& environment) {
  auto files = read_candle_files(values, environment);
  if (!files) return std::move(files).error();
  MarketData data;
  for (auto& [symbol, file] : *files) {
    auto part = cut(std::move(file.series), values);
    if (!part) return std::move(part).error();
    if (part->empty()) {
      return make_error(ErrorCode::not_found,
                        "The file of " + symbol +
                            " has no candle in this range: leave --from and --to out to take all.",
                        "from");
    }
    data.symbols.push_back(market::Symbol::parse(symbol).value());
    data.series.push_back(std::move(part).value());
  }
  return data;
}

Result<MarketData> from_catalog(const options::variables_map& values,
                                CommandEnvironment& environment) {
  if (values.count("from") == 0 || values.count("to") == 0) {
    return make_error(ErrorCode::invalid,
                      "--from and --to are needed with the catalog: 'hts data inventory' shows "
                      "what there is.",
                      "from");
  }
  const auto range =
      time::parse_date_range(values["from"].as<std::string>(), values["to"].as<std::string>());
  if (!range) return range.error();
  const auto timeframe = market::Timeframe::parse(values["timeframe"].as<std::string>());
  if (!timeframe) return timeframe.error();
  auto store = environment.open_candle_store(values["data-root"].as<std::string>());
  if (!store) return std::move(store).error();
  const threads::InterruptWatch watch(environment.interrupted);
  MarketData data;
  for (const auto& text : values["symbol"].as<std::vector<std::string>>()) {
    auto symbol = market::Symbol::parse(text);
    if (!symbol) return std::move(symbol).error();
    for (const auto& other : data.symbols) {
      if (other != *symbol) continue;
      return make_error(ErrorCode::invalid, symbol->text() + " is given twice: give it once.",
                        "symbol");
    }
    auto series = (*store)->load(*symbol, *timeframe, *range, &watch.flag());
    if (!series) return std::move(series).error();
    data.symbols.push_back(std::move(symbol).value());
    data.series.push_back(std::move(series).value());
  }
  return data;
}

}  // namespace

std::vector<market::CandleView> MarketData::views() const {
  std::vector<market::CandleView> all;
  for (const auto& one : series) all.push_back(one.view());
  return all;
}

std::size_t MarketData::candles() const {
  std::size_t count = 0;
  for (const auto& one : series) count += one.size();
  return count;
}

void add_market_options(options::options_description& description,
                        const CommandEnvironment& environment) {
  const auto texts = [] { return options::value<std::vector<std::string>>()->multitoken(); };
  description.add_options()("candles", texts(),
                            "candle files (CSV or Upbit's JSON) instead of the catalog")(
      "symbol", texts(), "symbols of the catalog, or one for each file")(
      "timeframe", options::value<std::string>()->default_value("1d"),
      "of the catalog: 1m 3m 5m 10m 15m 30m 1h 4h 1d 1w")(
      "from", options::value<std::string>(),
      "first day (Korea) YYYY-MM-DD, or ISO 8601 with offset")("to", options::value<std::string>(),
                                                               "last day, included")(
      "data-root", options::value<std::string>()->default_value(environment.default_data_root),
      "folder of the catalog");
}

Result<MarketData> load_market_data(const options::variables_map& values,
                                    CommandEnvironment& environment) {
  if (values.count("candles") > 0) return from_files(values, environment);
  if (values.count("symbol") > 0) return from_catalog(values, environment);
  return make_error(ErrorCode::invalid, "Give --candles FILE or --symbol SYMBOL.", "candles");
}

bool is_usage_field(const std::string& field) {
  for (const char* option :
       {"candles", "symbol", "timeframe", "from", "to", "start_date", "end_date"}) {
    if (field == option) return true;
  }
  return false;
}

}  // namespace hts::cli
