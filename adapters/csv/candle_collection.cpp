#include "adapters/csv/candle_collection.hpp"

#include <memory>
#include <utility>

#include "adapters/csv/candle_reader.hpp"
#include "adapters/csv/series_identity.hpp"

namespace hts::csv {
namespace {

template <class Value>
std::optional<Value> first_of(const std::optional<Value>& a, const std::optional<Value>& b,
                              const std::optional<Value>& c) {
  if (a) return a;
  return b ? b : c;
}

FileFacts begin_facts(const std::filesystem::path& path, const ReadOptions& options,
                      const CandleReader& reader, std::span<const CandleRow> first_rows) {
  const SeriesIdentity named = identity_in_name(path);
  const auto spacing = usual_spacing(first_rows);
  FileFacts facts;
  facts.file = path.string();
  facts.place_name = reader.place_name();
  facts.symbol = first_of(options.symbol, reader.symbol(), named.symbol);
  facts.timeframe = first_of(options.timeframe, reader.timeframe(), named.timeframe);
  if (!facts.timeframe) facts.timeframe = spacing;
  if (spacing && *facts.timeframe != *spacing) facts.issues.other_spacing = spacing;
  return facts;
}

result::Error unknown_identity(const FileFacts& facts) {
  if (!facts.symbol) {
    return result::make_error(
        result::ErrorCode::invalid,
        facts.file +
            " does not say of which market it is: add --symbol, for example --symbol "
            "BTC_KRW.",
        "symbol");
  }
  return result::make_error(
      result::ErrorCode::invalid,
      facts.file +
          " does not say of which timeframe it is, and its rows are not evenly spaced: "
          "add --timeframe, for example --timeframe 1m.",
      "timeframe");
}

/// Buckets know no file.
result::Error named(const FileFacts& facts, const result::Error& error) {
  return error.code == result::ErrorCode::cancelled ? stopped_error(facts.file) : error;
}

}  // namespace

result::Error stopped_error(const std::string& file) {
  return result::make_error(result::ErrorCode::cancelled,
                            "Stopped reading " + file + "; nothing of it was written.", file);
}

result::Result<CandleCollection> CandleCollection::read(const std::filesystem::path& path,
                                                        const ReadOptions& options) {
  auto opened = open_candle_file(path);
  if (!opened) return std::move(opened).error();
  const std::unique_ptr<CandleReader> reader = *std::move(opened);

  std::vector<CandleRow> rows;
  if (auto read_rows = reader->read(rows); !read_rows) return std::move(read_rows).error();
  CandleCollection collection(begin_facts(path, options, *reader, rows),
                              YearBuckets(options.limits, options.cancelled));
  FileFacts& facts = collection.facts_;
  if (options.identity_required && !(facts.symbol && facts.timeframe)) {
    return unknown_identity(facts);
  }
  OrderChecks order(facts.timeframe);
  while (!rows.empty()) {
    if (options.cancelled && options.cancelled()) return stopped_error(facts.file);
    order.add(rows, facts.issues);
    if (auto added = collection.buckets_.add(rows); !added) return named(facts, added.error());
    facts.rows += rows.size();
    if (options.progress) {
      options.progress({ReadProgress::Phase::reading, reader->bytes_read(), reader->bytes_total()});
    }
    if (auto read_rows = reader->read(rows); !read_rows) return std::move(read_rows).error();
  }
  facts.last_line_is_open = reader->last_line_is_open();
  return collection;
}

result::Status CandleCollection::drain(const YearBuckets::TakeYear& take) {
  std::optional<market::GapFinder> gaps;
  if (facts_.timeframe) gaps.emplace(*facts_.timeframe);
  auto drained = buckets_.drain(
      [&](int year, market::CandleView candles) {
        if (gaps) gaps->add(candles.open_time);
        if (facts_.candles == 0) facts_.first = candles.open_time.front();
        facts_.last = candles.open_time.back();
        facts_.candles += candles.size();
        return take(year, candles);
      },
      facts_.issues);
  if (gaps) facts_.issues.gaps = gaps->report();
  if (!drained) return named(facts_, drained.error());
  return drained;
}

}  // namespace hts::csv
