#include "adapters/transfer/import_results.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "adapters/json/backtest_answer.hpp"
#include "engine/json/json_text.hpp"

namespace hts::transfer {
namespace {

namespace fs = std::filesystem;
using result::ErrorCode;
using result::make_error;
using result::Result;
using result::Status;

constexpr std::size_t largest_file = std::size_t{1} << 30U;

Result<std::vector<fs::path>> json_files(const fs::path& folder) {
  std::error_code error;
  fs::recursive_directory_iterator entries{folder, fs::directory_options::skip_permission_denied,
                                           error};
  std::vector<fs::path> files;
  for (; !error && entries != fs::recursive_directory_iterator{}; entries.increment(error)) {
    std::error_code ignored;
    if (entries->path().extension() == ".json" && entries->is_regular_file(ignored)) {
      files.push_back(entries->path());
    }
  }
  if (error) {
    return make_error(ErrorCode::not_found,
                      "The folder '" + folder.string() + "' cannot be read: " + error.message() +
                          ". Name the folder that holds the results.",
                      "dir");
  }
  std::ranges::sort(files);
  return files;
}

Result<std::string> read_whole_file(const fs::path& file) {
  std::error_code error;
  if (fs::file_size(file, error) > largest_file && !error) {
    return make_error(ErrorCode::too_large, "The file is larger than 1 GB.");
  }
  std::ifstream stream(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>{stream}, {}};
  if (error || stream.bad() || !stream.is_open()) {
    return make_error(ErrorCode::storage, "The file cannot be read: check its permissions.");
  }
  return text;
}

/// When a file was last written, for answers that do not say when they were computed.
time::Timestamp written_at(const fs::path& file) {
  std::error_code error;
  const auto when = fs::last_write_time(file, error);
  if (error) return {};
  return std::chrono::time_point_cast<time::Duration>(std::chrono::file_clock::to_sys(when));
}

/// An index of results lists many; other files have neither field.
bool is_backtest_answer(const boost::json::value& value) {
  const auto* object = value.if_object();
  return object != nullptr && object->contains("run_id") &&
         (object->contains("symbols") || object->contains("strategy"));
}

/// The artifacts go again when the index does not take the run.
Status store_run(const backtest::BacktestRun& run, ports::ResultStore& index,
                 ports::ArtifactStore& artifacts) {
  if (auto saved = artifacts.save(run); !saved) return saved;
  auto indexed = index.insert(backtest::summarize(run));
  // An index that is away may have taken it: its files stay, and the next import makes it sure.
  if (!indexed && indexed.error().code != ErrorCode::unavailable) {
    (void)artifacts.remove(run.run_id);
  }
  return indexed;
}

struct Import {
  ports::ResultStore& index;
  ports::ArtifactStore& artifacts;

  /// Error: the index is away; anything else is the file's own failure.
  [[nodiscard]] Status take(const fs::path& file, ImportedResult& report) {
    const auto fail = [&](const result::Error& error) {
      report.outcome = ImportOutcome::failed;
      report.reason = error.message;
      report.field = error.field;
    };
    const auto text = read_whole_file(file);
    if (!text) return fail(text.error()), result::success();
    const auto value = json::parse_json(*text, {largest_file, 64});
    if (!value) return fail(value.error()), result::success();
    if (!is_backtest_answer(*value)) {
      report.outcome = ImportOutcome::skipped;
      report.reason = "It is no backtest answer: it has no run_id with symbols.";
      return result::success();
    }
    const auto run = json::parse_backtest(*value, written_at(file));
    if (!run) return fail(run.error()), result::success();
    report.run_id = run->run_id;

    const auto present = index.find(run->run_id);
    if (present) {
      report.outcome = ImportOutcome::skipped;
      report.reason = "Its run is stored already.";
      return result::success();
    }
    if (present.error().code == ErrorCode::unavailable) return present.error();
    if (present.error().code != ErrorCode::not_found)
      return fail(present.error()), result::success();
    auto stored = store_run(*run, index, artifacts);
    if (stored) return result::success();
    if (stored.error().code == ErrorCode::unavailable) return stored;
    fail(stored.error());
    return result::success();
  }
};

}  // namespace

std::string_view name_of(ImportOutcome outcome) noexcept {
  switch (outcome) {
    case ImportOutcome::imported:
      return "imported";
    case ImportOutcome::skipped:
      return "skipped";
    case ImportOutcome::failed:
      return "failed";
  }
  return "failed";
}

std::uint64_t ResultImport::count(ImportOutcome outcome) const {
  return static_cast<std::uint64_t>(std::ranges::count(files, outcome, &ImportedResult::outcome));
}

Result<ResultImport> import_results(const fs::path& folder, ports::ResultStore& index,
                                    ports::ArtifactStore& artifacts, const CopyWatch& watch) {
  const auto files = json_files(folder);
  if (!files) return files.error();
  ResultImport report;
  Import import{index, artifacts};
  for (const fs::path& file : *files) {
    if (watch.interrupted && watch.interrupted()) {
      return make_error(ErrorCode::cancelled, "The import was stopped after " +
                                                  std::to_string(report.files.size()) + " of " +
                                                  std::to_string(files->size()) +
                                                  " files: run it again for the rest.");
    }
    if (watch.progress) watch.progress("importing", report.files.size(), files->size());
    ImportedResult result;
    result.file = file.lexically_relative(folder);
    if (auto taken = import.take(file, result); !taken) return std::move(taken).error();
    report.files.push_back(std::move(result));
  }
  return report;
}

}  // namespace hts::transfer
