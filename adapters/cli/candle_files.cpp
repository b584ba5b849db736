#include "adapters/cli/candle_files.hpp"

#include <ostream>
#include <utility>
#include <vector>

#include "adapters/cli/progress_bar.hpp"

namespace hts::cli {
namespace {

using result::ErrorCode;
using result::make_error;

void note_issues(const csv::FileFacts& facts, CommandEnvironment& environment) {
  const auto repeated =
      facts.issues.identical_duplicates.count + facts.issues.conflicting_duplicates.count;
  if (facts.issues.disorder.count == 0 && repeated == 0) return;
  environment.err << "note: " << facts.file << " was put in order (" << facts.issues.disorder.count
                  << " rows out of order, " << repeated
                  << " repeated); 'hts import' shows where.\n";
}

}  // namespace

result::Result<FileCandles> read_candle_files(const boost::program_options::variables_map& values,
                                              CommandEnvironment& environment) {
  FileCandles files;
  std::vector<std::string> named;
  if (values.count("symbol") > 0) named = values["symbol"].as<std::vector<std::string>>();
  const auto paths = values["candles"].as<std::vector<std::string>>();
  if (!named.empty() && named.size() != paths.size()) {
    return make_error(ErrorCode::invalid,
                      "--symbol is given " + std::to_string(named.size()) + " times for " +
                          std::to_string(paths.size()) +
                          " files: give one for each file, in order, or none.",
                      "symbol");
  }
  for (std::size_t i = 0; i < paths.size(); ++i) {
    ProgressBar bar(environment.err, environment.terminal);
    csv::ReadOptions read_options;
    read_options.cancelled = environment.interrupted;
    read_options.progress = [&](const csv::ReadProgress& progress) {
      bar.show("reading " + paths[i], progress.done, progress.total);
    };
    auto file = csv::read_candles(paths[i], read_options);
    bar.erase();
    if (!file) return std::move(file).error();
    note_issues(file->facts, environment);
    std::string symbol = "FILE" + std::to_string(i + 1) + "_UNKNOWN";
    if (!named.empty()) {
      symbol = named[i];
    } else if (file->facts.symbol) {
      symbol = file->facts.symbol->text();
    }
    auto parsed = market::Symbol::parse(symbol);
    if (!parsed) return std::move(parsed).error();
    if (!files.emplace(parsed->text(), std::move(file).value()).second) {
      return make_error(ErrorCode::invalid,
                        "Two files are of " + parsed->text() +
                            ": tell them apart with --symbol, one for each file.",
                        "symbol");
    }
  }
  return files;
}

}  // namespace hts::cli
