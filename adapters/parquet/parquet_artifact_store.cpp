#include "adapters/parquet/parquet_artifact_store.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <string_view>
#include <system_error>
#include <utility>

#include "adapters/parquet/artifact_files.hpp"
#include "adapters/parquet/duckdb_connection.hpp"
#include "adapters/parquet/durable_files.hpp"
#include "adapters/parquet/exception_guard.hpp"

namespace hts::parquet {
namespace {

using backtest::BacktestRun;
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
  explicit TemporaryBuild(const fs::path& final_path) : path_(temporary_path(final_path)) {}
  ~TemporaryBuild() {
    std::error_code ignored;
    if (!moved_) fs::remove_all(path_, ignored);
  }
  TemporaryBuild(const TemporaryBuild&) = delete;
  TemporaryBuild& operator=(const TemporaryBuild&) = delete;

  [[nodiscard]] const fs::path& path() const noexcept { return path_; }
  void moved() noexcept { moved_ = true; }

 private:
  fs::path path_;
  bool moved_ = false;
};

}  // namespace

ParquetArtifactStore::ParquetArtifactStore(fs::path root, std::shared_ptr<DuckdbDatabase> database)
    : root_(std::move(root)),
      database_(database != nullptr ? std::move(database) : std::make_shared<DuckdbDatabase>()) {}

Result<fs::path> ParquetArtifactStore::folder_of(const std::string& run_id) const {
  if (is_run_id(run_id)) return root_ / run_id;
  constexpr std::size_t longest_quote = 64;
  return make_error(ErrorCode::invalid,
                    "'" + run_id.substr(0, longest_quote) +
                        "' is not the id of a backtest: it is a UUID in lower case.",
                    "run_id");
}

void ParquetArtifactStore::clean_up_once() {
  std::call_once(cleaned_up_, [this] {
    const auto alone = DirectoryLock::acquire(root_, DirectoryLock::Kind::exclusive, no_patience);
    if (alone) remove_temporaries(root_);
  });
}

Status ParquetArtifactStore::save(const BacktestRun& run) {
  return without_exceptions([&]() -> Status {
    auto folder = folder_of(run.run_id);
    if (!folder) return std::move(folder).error();
    if (auto made = make_directories(root_); !made) return made;
    if (auto writable = check_writable(root_); !writable) return writable;
    clean_up_once();
    const auto sharing = DirectoryLock::acquire(root_, DirectoryLock::Kind::shared, save_patience);
    if (!sharing) return sharing.error();
    std::error_code failure;
    if (fs::exists(*folder, failure)) return success();

    TemporaryBuild build{*folder};
    if (auto made = make_directories(build.path()); !made) return made;
    auto connection = database_->connect();
    if (!connection) return std::move(connection).error();
    if (auto written = write_artifacts(*connection, build.path(), run); !written) {
      return shown_as(std::move(written).error(), build.path(), *folder);
    }
    if (auto renamed = rename_to(build.path(), *folder); !renamed) {
      // Another saver of the same run was first.
      return fs::exists(*folder, failure) ? success() : renamed;
    }
    build.moved();
    return sync_directory(root_);
  });
}

Result<BacktestRun> ParquetArtifactStore::load(const backtest::RunSummary& summary) {
  return without_exceptions([&]() -> Result<BacktestRun> {
    auto folder = folder_of(summary.run_id);
    if (!folder) return std::move(folder).error();
    std::error_code failure;
    if (!fs::exists(*folder, failure)) {
      if (failure) return file_error("Cannot read", *folder, failure.value());
      return make_error(ErrorCode::not_found,
                        "The signals of the backtest " + summary.run_id + " are not in " +
                            root_.string() + ": restore the folder, or run the backtest again.",
                        "run_id");
    }
    auto connection = database_->connect();
    if (!connection) return std::move(connection).error();
    return read_artifacts(*connection, *folder, summary);
  });
}

Result<std::vector<std::string>> ParquetArtifactStore::list() {
  return without_exceptions([&]() -> Result<std::vector<std::string>> {
    std::vector<std::string> run_ids;
    std::error_code failure;
    fs::directory_iterator entry{root_, failure};
    while (!failure && entry != fs::directory_iterator{}) {
      const std::string name = entry->path().filename().string();
      if (is_run_id(name)) run_ids.push_back(name);
      entry.increment(failure);
    }
    if (failure && failure != std::errc::no_such_file_or_directory) {
      return file_error("Cannot read the folder", root_, failure.value());
    }
    std::sort(run_ids.begin(), run_ids.end());
    return run_ids;
  });
}

Status ParquetArtifactStore::remove(const std::string& run_id) {
  return without_exceptions([&]() -> Status {
    auto folder = folder_of(run_id);
    if (!folder) return std::move(folder).error();
    std::error_code failure;
    if (!fs::exists(*folder, failure)) return success();
    const auto sharing = DirectoryLock::acquire(root_, DirectoryLock::Kind::shared, save_patience);
    if (!sharing) return sharing.error();
    // Renamed first: a run is never seen half-removed. Its destructor removes the files.
    const TemporaryBuild leaving{*folder};
    auto renamed = rename_to(*folder, leaving.path());
    if (!renamed) return fs::exists(*folder, failure) ? renamed : success();
    return sync_directory(root_);
  });
}

}  // namespace hts::parquet
