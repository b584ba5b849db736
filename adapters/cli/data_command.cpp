#include "adapters/cli/data_command.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>
#include <utility>

#include "adapters/cli/import_report_text.hpp"
#include "adapters/cli/progress_bar.hpp"
#include "adapters/cli/text_table.hpp"
#include "engine/json/json_writer.hpp"
#include "engine/market/gap_report.hpp"

namespace hts::cli {
namespace {

namespace options = boost::program_options;
using result::ErrorCode;

/// All years of one symbol and timeframe.
struct CatalogSeries {
  market::Symbol symbol;
  market::Timeframe timeframe;
  std::uint64_t candles = 0;
  time::Timestamp first{};
  time::Timestamp last{};
  std::uint64_t bytes = 0;
  market::GapReport gaps;
};

std::vector<CatalogSeries> join_years(const std::vector<ports::CatalogFile>& files,
                                      const std::optional<market::Symbol>& symbol) {
  std::vector<CatalogSeries> all;
  for (const ports::CatalogFile& file : files) {
    if (symbol && file.symbol != *symbol) continue;
    const bool continues =
        !all.empty() && all.back().symbol == file.symbol && all.back().timeframe == file.timeframe;
    if (!continues) {
      all.push_back({file.symbol, file.timeframe, 0, file.first, file.last, 0, {}});
    }
    CatalogSeries& series = all.back();
    series.candles += file.candles;
    series.bytes += file.bytes;
    series.first = std::min(series.first, file.first);
    series.last = std::max(series.last, file.last);
  }
  return all;
}

/// A year at a time, so that memory does not grow with the catalog.
result::Result<market::GapReport> find_catalog_gaps(const CatalogSeries& series,
                                                    ports::CandleStore& store) {
  market::GapFinder finder(series.timeframe);
  for (int year = time::utc_year(series.first); year <= time::utc_year(series.last); ++year) {
    const auto candles = store.load(series.symbol, series.timeframe,
                                    {time::utc_year_begin(year), time::utc_year_begin(year + 1)});
    if (candles) {
      finder.add(candles->open_time);
    } else if (candles.error().code != ErrorCode::not_found) {
      return candles.error();
    }
  }
  return finder.report();
}

/// "12.3 MiB".
std::string size_text(std::uint64_t bytes) {
  constexpr std::array<const char*, 4> units = {"KiB", "MiB", "GiB", "TiB"};
  if (bytes < 1024) return std::to_string(bytes) + " B";
  double amount = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  for (; amount >= 1024 && unit + 1 < units.size(); ++unit) amount /= 1024;
  return fixed(amount, 1) + " " + units[unit];
}

void print_inventory_json(const std::string& data_root, const std::vector<CatalogSeries>& all,
                          std::ostream& out) {
  std::string text;
  json::Writer writer(text);
  writer.begin_object();
  writer.member("data_root", data_root);
  writer.key("series");
  writer.begin_array();
  for (const CatalogSeries& series : all) {
    writer.begin_object();
    writer.member("symbol", series.symbol.text());
    writer.member("timeframe", series.timeframe.name());
    writer.member("first", time::format_iso8601(series.first));
    writer.member("last", time::format_iso8601(series.last));
    writer.member("candles", series.candles);
    writer.key("gaps");
    write_gaps(writer, series.gaps);
    writer.member("bytes", series.bytes);
    writer.end_object();
  }
  writer.end_array();
  writer.end_object();
  out << text << "\n";
}

void print_inventory_table(const std::vector<CatalogSeries>& all, std::ostream& out) {
  TextTable table({"symbol", "timeframe", "first (UTC)", "last (UTC)", "candles", "gaps", "missing",
                   "first gap after", "size"});
  for (const CatalogSeries& series : all) {
    table.add({series.symbol.text(), std::string{series.timeframe.name()},
               time::format_minute(series.first), time::format_minute(series.last),
               grouped(series.candles), grouped(series.gaps.gaps), grouped(series.gaps.missing),
               series.gaps.first.empty() ? "-" : time::format_minute(series.gaps.first[0].after),
               size_text(series.bytes)});
  }
  table.print(out);
}

}  // namespace

int run_data(const std::vector<std::string>& arguments, CommandEnvironment& environment) {
  const CommandHelp help{"data inventory", "hts data inventory [options]",
                         "Lists what the catalog holds: ranges, candles, gaps and size of each "
                         "symbol and timeframe.",
                         "hts data inventory --symbol BTC_KRW"};
  options::options_description described("Options");
  described.add_options()("symbol", options::value<std::string>(), "only this symbol")(
      "data-root", options::value<std::string>()->default_value(environment.default_data_root),
      "folder of the catalog")("json", "print the list as JSON");
  const auto parsed = parse_arguments(help, std::move(described), {}, arguments, environment);
  if (parsed.finished) return *parsed.finished;
  const auto& values = parsed.values;
  std::optional<market::Symbol> symbol;
  if (values.count("symbol") > 0) {
    auto given = market::Symbol::parse(values["symbol"].as<std::string>());
    if (!given) return report(given.error(), environment, exit_usage);
    symbol = *std::move(given);
  }
  const auto data_root = values["data-root"].as<std::string>();
  auto store = environment.open_candle_store(data_root);
  if (!store) return report(store.error(), environment);
  const auto files = (*store)->inventory();
  if (!files) return report(files.error(), environment);

  std::vector<CatalogSeries> all = join_years(*files, symbol);
  ProgressBar bar(environment.err, environment.terminal);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (environment.interrupted && environment.interrupted()) {
      bar.erase();
      return report(result::make_error(ErrorCode::cancelled, "Stopped."), environment);
    }
    bar.show("looking for gaps in " + all[i].symbol.text(), i, all.size());
    auto gaps = find_catalog_gaps(all[i], **store);
    if (!gaps) {
      bar.erase();
      return report(gaps.error(), environment);
    }
    all[i].gaps = *std::move(gaps);
  }
  bar.erase();
  if (values.count("json") > 0) {
    print_inventory_json(data_root, all, environment.out);
  } else if (!all.empty()) {
    print_inventory_table(all, environment.out);
  } else {
    environment.out << "The catalog " << data_root << " has no candles"
                    << (symbol ? " of " + symbol->text() : "")
                    << ".\n\nNext: hts fetch upbit KRW-BTC 1d --from 2024-01-01\n"
                       "  or: hts import FILE.csv\n";
  }
  return exit_success;
}

}  // namespace hts::cli
