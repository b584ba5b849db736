#include "adapters/cli/import_command.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "adapters/cli/import_report_text.hpp"
#include "adapters/cli/progress_bar.hpp"
#include "adapters/csv/candle_import.hpp"

namespace hts::cli {
namespace {

namespace options = boost::program_options;

struct ImportOutcome {
  std::vector<csv::ImportReport> reports;
  std::vector<std::pair<std::string, result::Error>> failures;  ///< by file
  ExitStatus status = exit_success;
};

/// The folder itself or the nearest one above it that exists: the disk that the catalog is on.
std::filesystem::path nearest_folder(std::filesystem::path folder) {
  std::error_code ignored;
  folder = std::filesystem::absolute(folder, ignored);
  while (!std::filesystem::is_directory(folder, ignored) && folder.has_relative_path()) {
    folder = folder.parent_path();
  }
  return folder;
}

result::Result<csv::ReadOptions> read_import_options(const options::variables_map& values,
                                                     const CommandEnvironment& environment) {
  csv::ReadOptions read_options;
  if (values.count("symbol") > 0) {
    auto symbol = market::Symbol::parse(values["symbol"].as<std::string>());
    if (!symbol) return std::move(symbol).error();
    read_options.symbol = *std::move(symbol);
  }
  if (values.count("timeframe") > 0) {
    auto timeframe = market::Timeframe::parse(values["timeframe"].as<std::string>());
    if (!timeframe) return std::move(timeframe).error();
    read_options.timeframe = *timeframe;
  }
  read_options.limits.spill_directory = nearest_folder(values["data-root"].as<std::string>());
  read_options.cancelled = environment.interrupted;
  return read_options;
}

bool is_missing_identity(const result::Error& error) {
  return error.code == result::ErrorCode::invalid &&
         (error.field == "symbol" || error.field == "timeframe");
}

ImportOutcome import_files(const std::vector<std::string>& files, ports::CandleStore& store,
                           csv::ReadOptions read_options, CommandEnvironment& environment) {
  ImportOutcome outcome;
  for (const std::string& file : files) {
    ProgressBar bar(environment.err, environment.terminal);
    const std::string name = std::filesystem::path{file}.filename().string();
    read_options.progress = [&](const csv::ReadProgress& progress) {
      const bool reading = progress.phase == csv::ReadProgress::Phase::reading;
      bar.show((reading ? "reading " : "writing ") + name, progress.done, progress.total);
    };
    auto imported = csv::import_candles(file, store, read_options);
    bar.erase();
    if (imported) {
      outcome.reports.push_back(*std::move(imported));
      continue;
    }
    const result::Error& error = imported.error();
    const ExitStatus status = is_missing_identity(error) ? exit_usage : exit_failed;
    outcome.status = outcome.status == exit_failed ? exit_failed : status;
    report(error, environment, status);
    outcome.failures.emplace_back(file, error);
    if (error.code == result::ErrorCode::cancelled) break;
  }
  return outcome;
}

void print_import_json(const ImportOutcome& outcome, std::ostream& out) {
  std::string text;
  json::Writer writer(text);
  writer.begin_object();
  writer.key("files");
  writer.begin_array();
  for (const csv::ImportReport& imported : outcome.reports) write_import(writer, imported);
  writer.end_array();
  writer.key("errors");
  writer.begin_array();
  for (const auto& [file, error] : outcome.failures) {
    writer.begin_object();
    writer.member("file", file);
    writer.member("field", error.field);
    writer.member("message", error.message);
    writer.end_object();
  }
  writer.end_array();
  writer.end_object();
  out << text << "\n";
}

void print_import_text(const ImportOutcome& outcome, std::ostream& out) {
  for (const csv::ImportReport& imported : outcome.reports) print_import(imported, out);
  if (outcome.reports.empty() || !outcome.failures.empty()) return;
  const csv::FileFacts& last = outcome.reports.back().facts;
  out << "\nNext: hts backtest --strategy volume_long_candle --symbol " << last.symbol->text()
      << " --timeframe " << last.timeframe->name() << " --from "
      << time::format_kst_date(last.first) << " --to " << time::format_kst_date(last.last) << "\n";
}

}  // namespace

int run_import(const std::vector<std::string>& arguments, CommandEnvironment& environment) {
  const CommandHelp help{
      "import", "hts import FILE... [options]",
      "Puts candle files into the catalog: CSV with a header "
      "(timestamp,open,high,low,close,volume, or pandas' ,Open,High,Low,Close,Volume) or Upbit's "
      "JSON pages. A file with a bad row changes nothing; importing a file twice changes nothing.",
      "hts import KRW-BTC_1m_2020-02-20.csv --symbol BTC_KRW --timeframe 1m"};
  options::options_description described("Options");
  described.add_options()("file", options::value<std::vector<std::string>>(), "(argument)")(
      "symbol", options::value<std::string>(),
      "BTC_KRW, KRW-BTC or BTCUSDT; default: what the file or its name says")(
      "timeframe", options::value<std::string>(),
      "1m 3m 5m 10m 15m 30m 1h 4h 1d 1w; default: what the file, its name or its rows say")(
      "data-root", options::value<std::string>()->default_value(environment.default_data_root),
      "folder of the catalog")("json", "print the report as JSON");
  options::positional_options_description positional;
  positional.add("file", -1);
  const auto parsed =
      parse_arguments(help, std::move(described), positional, arguments, environment);
  if (parsed.finished) return *parsed.finished;
  const auto& values = parsed.values;
  if (values.count("file") == 0) {
    environment.err << "hts import: name at least one file. See 'hts import --help'.\n";
    return exit_usage;
  }
  auto read_options = read_import_options(values, environment);
  if (!read_options) return report(read_options.error(), environment, exit_usage);
  auto store = environment.open_candle_store(values["data-root"].as<std::string>());
  if (!store) return report(store.error(), environment);

  const ImportOutcome outcome = import_files(values["file"].as<std::vector<std::string>>(), **store,
                                             *std::move(read_options), environment);
  if (values.count("json") > 0) {
    print_import_json(outcome, environment.out);
  } else {
    print_import_text(outcome, environment.out);
  }
  return outcome.status;
}

}  // namespace hts::cli
