#include "adapters/cli/synthetic_command.hpp"

#include <cstdint>
#include <utility>

#include "engine/market/candle_grid.hpp"
#include "engine/market/symbol.hpp"
#include "engine/market/synthetic_candles.hpp"
#include "engine/market/timeframe.hpp"

namespace hts::cli {
namespace {

/// 20 years of minutes.
constexpr std::int64_t most_candles = 10'600'000;

result::Result<std::string> generate(const boost::program_options::variables_map& values,
                                     CommandEnvironment& environment) {
  auto symbol = market::Symbol::parse(values["symbol"].as<std::string>());
  if (!symbol) return std::move(symbol).error();
  // A made-up series must never be mistaken for a market, whoever reads the catalog later.
  if (symbol->base().find("SYNTHETIC") == std::string_view::npos) {
    return result::make_error(
        result::ErrorCode::invalid,
        "--symbol " + symbol->text() +
            " does not say that it is made up: use a base with SYNTHETIC in it, "
            "for example SYNTHETIC_KRW.",
        "symbol");
  }
  auto timeframe = market::Timeframe::parse(values["timeframe"].as<std::string>());
  if (!timeframe) return std::move(timeframe).error();
  auto range =
      time::parse_date_range(values["from"].as<std::string>(), values["to"].as<std::string>());
  if (!range) return std::move(range).error();
  const std::int64_t count = (range->end - range->begin) / timeframe->length();
  if (count < 1 || count > most_candles) {
    return result::make_error(result::ErrorCode::invalid,
                              "--from and --to span " + std::to_string(count) +
                                  " candles: choose 1 to " + std::to_string(most_candles) + ".",
                              "to");
  }
  auto store = environment.open_candle_store(values["data-root"].as<std::string>());
  if (!store) return std::move(store).error();

  // Real exchanges stamp candles on their timeframe's grid.
  auto begin = market::candle_open_at(range->begin, *timeframe);
  if (begin < range->begin) begin += timeframe->length();
  const auto series = market::make_synthetic_candles(
      {}, begin, *timeframe, static_cast<std::size_t>(count), values["seed"].as<std::uint64_t>());
  auto written = ports::write_all_years(**store, *symbol, *timeframe, series.view());
  if (!written) return std::move(written).error();
  return "SYNTHETIC data: " + std::to_string(series.size()) + " made-up " +
         std::string{timeframe->name()} + " candles of " + symbol->text() +
         " are in the catalog (" + std::to_string(written->added) + " new, " +
         std::to_string(written->replaced) + " replaced).";
}

}  // namespace

int run_synthetic(const std::vector<std::string>& arguments, CommandEnvironment& environment) {
  namespace options = boost::program_options;
  const CommandHelp help{"data synthetic", "hts data synthetic [options]",
                         "Puts a generated random walk, plainly named so, into the catalog: for "
                         "trying things out without market data.",
                         "hts data synthetic --timeframe 1d --from 2023-01-01 --to 2024-12-31"};
  options::options_description described("Options");
  described.add_options()("symbol", options::value<std::string>()->default_value("SYNTHETIC_KRW"),
                          "name in the catalog; its base must contain SYNTHETIC")(
      "timeframe", options::value<std::string>()->default_value("1d"),
      "1m 3m 5m 10m 15m 30m 1h 4h 1d 1w")(
      "from", options::value<std::string>()->default_value("2023-01-01"), "first day (Korea)")(
      "to", options::value<std::string>()->default_value("2024-12-31"),
      "last day (Korea), included")("seed", options::value<std::uint64_t>()->default_value(1),
                                    "the same seed gives the same candles")(
      "data-root", options::value<std::string>()->default_value(environment.default_data_root),
      "folder of the catalog");
  const auto parsed = parse_arguments(help, std::move(described), {}, arguments, environment);
  if (parsed.finished) return *parsed.finished;
  const auto message = generate(parsed.values, environment);
  if (!message) {
    return report(message.error(), environment,
                  message.error().code == result::ErrorCode::storage ? exit_failed : exit_usage);
  }
  environment.out << *message << "\n";
  return exit_success;
}

}  // namespace hts::cli
