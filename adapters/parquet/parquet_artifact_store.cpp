#include "adapters/parquet/parquet_artifact_store.hpp"

#include <algorithm>
#include <chrono>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/disk/disk_error.hpp"
#include "adapters/disk/durable.hpp"
#include "adapters/json/backtest_json.hpp"
#include "adapters/parquet/duckdb_formats.hpp"
#include "adapters/parquet/exception_guard.hpp"
#include "engine/backtest/fingerprint.hpp"
#include "engine/ports/candle_store.hpp"

namespace hts::parquet {
namespace {

using backtest::BacktestRun;
using backtest::RunSummary;
using backtest::SymbolResult;
using result::ErrorCode;
using result::make_error;
using result::Result;
using result::Status;
using result::success;
namespace fs = std::filesystem;

/// Savers share the root; only the removal of leftovers wants it alone, and never waits for it.
constexpr std::chrono::milliseconds save_patience{10'000};
constexpr std::chrono::milliseconds no_patience{0};

bool is_run_id(std::string_view text) {
  constexpr std::string_view pattern = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  const auto fits = [](char kind, char c) {
    return kind == '-' ? c == '-' : (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
  };
  return text.size() == pattern.size() &&
         std::equal(pattern.begin(), pattern.end(), text.begin(), fits);
}

/// A folder under its temporary name, removed unless it was moved into place.
class TemporaryBuild {
 public:
  TemporaryBuild(disk::Disk& disk, const fs::path& final_path)
      : disk_(disk), path_(disk.temporary_path(final_path)) {}
  ~TemporaryBuild() {
    if (!moved_) (void)disk_.remove_all(path_);
  }
  TemporaryBuild(const TemporaryBuild&) = delete;
  TemporaryBuild& operator=(const TemporaryBuild&) = delete;

  [[nodiscard]] const fs::path& path() const noexcept { return path_; }
  void moved() noexcept { moved_ = true; }

 private:
  disk::Disk& disk_;
  fs::path path_;
  bool moved_ = false;
};

/// A document of hundreds of megabytes, in pieces: somebody may not want it any more.
Status write_document(disk::Disk& disk, const fs::path& path, std::string_view text,
                      const std::atomic<bool>* cancel) {
  constexpr std::size_t piece = std::size_t{4} << 20U;
  auto file = disk.open(path, disk::OpenMode::write_new);
  if (!file) return std::move(file).error();
  for (std::size_t begin = 0; begin < text.size(); begin += piece) {
    if (ports::is_cancelled(cancel)) return backtest::cancelled_run();
    const auto bytes = std::as_bytes(std::span{text.substr(begin, piece)});
    if (auto written = (*file)->write_at(begin, bytes); !written) return written;
  }
  return success();
}

/// The run around the trades, as the summary tells it.
BacktestRun run_of(const RunSummary& summary) {
  BacktestRun run;
  run.run_id = summary.run_id;
  run.mode = summary.mode;
  run.fingerprint = summary.fingerprint;
  run.strategy = summary.strategy;
  run.parameters = summary.parameters;
  run.start_date = summary.start_date;
  run.end_date = summary.end_date;
  run.timeframe = summary.timeframe;
  run.total_signals = summary.total_signals;
  run.execution_seconds = summary.execution_seconds;
  run.description = summary.description;
  run.executed_at = summary.executed_at;
  run.environment = summary.environment;
  run.execution_host = summary.execution_host;
  for (const RunSummary::SymbolRow& row : summary.symbols) {
    SymbolResult symbol{row.symbol, row.is_active, {}};
    symbol.report.candles = row.candles;
    symbol.report.statistics = row.statistics;
    run.symbols.push_back(std::move(symbol));
  }
  return run;
}

}  // namespace

result::Error unusable_signals(const fs::path& folder, const std::string& reason) {
  return make_error(ErrorCode::storage, "Cannot read " + (folder / signals_table).string() + ": " +
                                            reason +
                                            ". The file is damaged: run the backtest again.");
}

ParquetArtifactStore::ParquetArtifactStore(fs::path root, std::shared_ptr<DuckdbDatabase> database)
    : ParquetArtifactStore(std::move(root), disk::system_disk(),
                           std::make_shared<DuckdbArtifactFormat>(std::move(database))) {}

ParquetArtifactStore::ParquetArtifactStore(fs::path root, std::shared_ptr<disk::Disk> disk,
                                           std::shared_ptr<ArtifactFormat> format)
    : root_(std::move(root)), disk_(std::move(disk)), format_(std::move(format)) {}

Result<fs::path> ParquetArtifactStore::folder_of(const std::string& run_id) const {
  if (is_run_id(run_id)) return root_ / run_id;
  constexpr std::size_t longest_quote = 64;
  return make_error(ErrorCode::invalid,
                    "'" + run_id.substr(0, longest_quote) +
                        "' is not the id of a backtest: it is a UUID in lower case.",
                    "run_id");
}

Status ParquetArtifactStore::make_root_lasting() {
  if (is_root_lasting_) return success();
  auto made = disk::make_lasting_directories(*disk_, root_);
  if (made) is_root_lasting_ = true;
  return made;
}

void ParquetArtifactStore::clean_up_once() {
  std::call_once(cleaned_up_, [this] {
    const auto alone = disk_->lock_directory(root_, disk::LockKind::exclusive, no_patience);
    if (alone) disk::remove_temporaries(*disk_, root_);
  });
}

/// All files of the run, synced with their names.
Status ParquetArtifactStore::build(const fs::path& folder, const BacktestRun& run,
                                   const std::atomic<bool>* cancel) {
  if (auto made = disk_->make_directories(folder); !made) return made;
  if (auto written = format_->write(folder, run, cancel); !written) return written;
  std::vector<fs::path> files;
  for (const char* table : artifact_tables) files.push_back(folder / table);
  files.push_back(folder / "metadata.json");
  const std::string metadata =
      json::summary_to_text(backtest::summarize(run), json::Layout::pretty) + "\n";
  auto file = disk_->open(files.back(), disk::OpenMode::write_new);
  if (!file) return std::move(file).error();
  if (auto written = (*file)->write_at(0, std::as_bytes(std::span{metadata})); !written) {
    return written;
  }
  if (run.mode == backtest::Mode::portfolio) {
    files.push_back(folder / portfolio_document);
    auto written = write_document(*disk_, files.back(), run.document, cancel);
    if (!written) return written;
  }
  if (ports::is_cancelled(cancel)) return backtest::cancelled_run();
  if (auto synced = disk_->sync_files(files); !synced) return synced;
  return disk_->sync_directory(folder);
}

Status ParquetArtifactStore::save(const BacktestRun& run, const std::atomic<bool>* cancel) {
  return without_exceptions([&]() -> Status {
    if (ports::is_cancelled(cancel)) return backtest::cancelled_run();
    auto folder = folder_of(run.run_id);
    if (!folder) return std::move(folder).error();
    if (auto made = make_root_lasting(); !made) return made;
    if (auto writable = disk_->check_writable(root_); !writable) return writable;
    clean_up_once();
    const auto sharing = disk_->lock_directory(root_, disk::LockKind::shared, save_patience);
    if (!sharing) return sharing.error();
    auto exists = disk_->exists(*folder);
    if (!exists) return std::move(exists).error();
    // It may be there without lasting, left by a save that failed or was killed at its very end.
    if (*exists) return disk_->sync_directory(root_);

    TemporaryBuild temporary{*disk_, *folder};
    if (auto built = build(temporary.path(), run, cancel); !built) {
      return disk::shown_as(std::move(built).error(), temporary.path(), *folder);
    }
    if (auto renamed = disk_->rename(temporary.path(), *folder); !renamed) {
      // Another saver of the same run was first.
      exists = disk_->exists(*folder);
      if (!exists || !*exists) return renamed;
    } else {
      temporary.moved();
    }
    return disk_->sync_directory(root_);
  });
}

Result<BacktestRun> ParquetArtifactStore::load(const RunSummary& summary) {
  return without_exceptions([&]() -> Result<BacktestRun> {
    auto folder = folder_of(summary.run_id);
    if (!folder) return std::move(folder).error();
    auto exists = disk_->exists(*folder);
    if (!exists) return std::move(exists).error();
    if (!*exists) {
      return make_error(ErrorCode::not_found,
                        "The signals of the backtest " + summary.run_id + " are not in " +
                            root_.string() + ": restore the folder, or run the backtest again.",
                        "run_id");
    }
    BacktestRun run = run_of(summary);
    if (run.mode == backtest::Mode::portfolio) {
      auto document = disk::read_text(*disk_, *folder / portfolio_document);
      if (!document) return std::move(document).error();
      run.document = std::move(document).value();
      return run;
    }
    if (auto read = format_->read_signals(*folder, run); !read) return std::move(read).error();
    for (const SymbolResult& symbol : run.symbols) {
      if (symbol.report.trades.size() != symbol.report.statistics.signals) {
        return unusable_signals(*folder, "it has " + std::to_string(symbol.report.trades.size()) +
                                             " signals of " + symbol.symbol.text() +
                                             " instead of " +
                                             std::to_string(symbol.report.statistics.signals));
      }
    }
    return run;
  });
}

Result<std::vector<std::string>> ParquetArtifactStore::list() {
  return without_exceptions([&]() -> Result<std::vector<std::string>> {
    auto entries = disk_->list(root_);
    if (!entries) return std::move(entries).error();
    std::vector<std::string> run_ids;
    for (const disk::Entry& entry : *entries) {
      if (is_run_id(entry.name)) run_ids.push_back(entry.name);
    }
    return run_ids;
  });
}

Status ParquetArtifactStore::remove(const std::string& run_id) {
  return without_exceptions([&]() -> Status {
    auto folder = folder_of(run_id);
    if (!folder) return std::move(folder).error();
    auto exists = disk_->exists(*folder);
    if (!exists) return std::move(exists).error();
    if (!*exists) return success();
    const auto sharing = disk_->lock_directory(root_, disk::LockKind::shared, save_patience);
    if (!sharing) return sharing.error();
    // Renamed first: a run is never seen half-removed. Its destructor removes the files.
    const TemporaryBuild leaving{*disk_, *folder};
    if (auto renamed = disk_->rename(*folder, leaving.path()); !renamed) {
      exists = disk_->exists(*folder);
      return exists && !*exists ? success() : renamed;
    }
    return disk_->sync_directory(root_);
  });
}

}  // namespace hts::parquet
