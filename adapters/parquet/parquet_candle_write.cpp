#include "adapters/parquet/parquet_candle_write.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "adapters/disk/disk_error.hpp"
#include "adapters/parquet/candle_merge.hpp"
#include "adapters/parquet/catalog_layout.hpp"
#include "adapters/parquet/exception_guard.hpp"

namespace hts::parquet {
namespace {

using result::ErrorCode;
using result::make_error;
using result::Status;
using result::success;
namespace fs = std::filesystem;

Status misuse(const std::string& what) {
  return make_error(ErrorCode::internal, "Cannot store candles: " + what + ".");
}

/// What the port requires of the candles of a year.
Status check_candles(int year, market::CandleView candles) {
  const time::Timestamp begin = time::utc_year_begin(year);
  const time::Timestamp end = time::utc_year_begin(year + 1);
  for (std::size_t i = 0; i < candles.size(); ++i) {
    const time::Timestamp t = candles.open_time[i];
    if (t < begin || t >= end) {
      return misuse(time::format_iso8601(t) + " is not in the year " + std::to_string(year));
    }
    if (i > 0 && t <= candles.open_time[i - 1]) {
      return misuse("the open times around " + time::format_iso8601(t) + " do not ascend");
    }
    if (time::from_milliseconds(time::to_milliseconds(t)) != t) {
      return misuse("the open time after " + time::format_iso8601(t) +
                    " is not a whole millisecond");
    }
  }
  return success();
}

}  // namespace

ParquetCandleWrite::ParquetCandleWrite(std::shared_ptr<disk::Disk> disk,
                                       std::shared_ptr<CandleFormat> format, fs::path folder,
                                       std::unique_ptr<disk::Lock> lock)
    : disk_(std::move(disk)),
      format_(std::move(format)),
      folder_(std::move(folder)),
      lock_(std::move(lock)) {}

ParquetCandleWrite::~ParquetCandleWrite() {
  if (committed_) return;
  for (const StagedYear& staged : staged_) {
    if (!staged.temporary.empty()) (void)disk_->remove(staged.temporary);
  }
  // Only empty folders go: those that this write made for nothing.
  if (disk_->remove(folder_)) (void)disk_->remove(folder_.parent_path());
}

Status ParquetCandleWrite::stage(int year, market::CandleView candles) {
  return without_exceptions([&]() -> Status {
    const auto is_year = [year](const StagedYear& staged) { return staged.year == year; };
    if (committed_ || std::any_of(staged_.begin(), staged_.end(), is_year)) {
      return misuse("the year " + std::to_string(year) + " was already given");
    }
    if (auto checked = check_candles(year, candles); !checked) return checked;
    return stage_merged(year, candles);
  });
}

Status ParquetCandleWrite::stage_merged(int year, market::CandleView candles) {
  StagedYear staged{year, {}, {}};
  const fs::path path = year_path(folder_, year);
  auto exists = disk_->exists(path);
  if (!exists) return std::move(exists).error();
  if (!*exists) {
    staged.report.added = candles.size();
    if (!candles.empty()) {
      if (auto written = write_temporary(staged, candles); !written) return written;
    }
  } else {
    market::CandleSeries stored;
    if (auto read = format_->append(path, {}, stored); !read) return read;
    sort_and_deduplicate(stored);
    const CandleMerge merge = merge_candles(stored.view(), candles);
    staged.report.added = merge.added;
    staged.report.replaced = merge.replaced;
    staged.report.unchanged = merge.unchanged;
    if (merge.changes_anything()) {
      if (auto written = write_temporary(staged, merge.candles.view()); !written) return written;
    }
  }
  staged_.push_back(std::move(staged));
  return success();
}

Status ParquetCandleWrite::write_temporary(StagedYear& staged, market::CandleView candles) {
  const fs::path path = year_path(folder_, staged.year);
  const fs::path temporary = disk_->temporary_path(path);
  Status status = format_->write(temporary, candles);
  if (status) status = disk_->sync_file(temporary);
  if (!status) {
    (void)disk_->remove(temporary);
    return disk::shown_as(std::move(status).error(), temporary, path);
  }
  staged.temporary = temporary;
  staged.report.files_written = 1;
  return success();
}

result::Result<ports::WriteReport> ParquetCandleWrite::commit() {
  return without_exceptions([&]() -> result::Result<ports::WriteReport> {
    if (committed_) return misuse("they were already stored").error();
    ports::WriteReport report;
    for (StagedYear& staged : staged_) {
      if (!staged.temporary.empty()) {
        auto renamed = disk_->rename(staged.temporary, year_path(folder_, staged.year));
        if (!renamed) return std::move(renamed).error();
        staged.temporary.clear();
      }
      report += staged.report;
    }
    if (staged_.empty()) return report;
    // The folders may be new, and what did not change may have been made visible by a write that
    // failed before this point: their names must last as well.
    const fs::path symbol_folder = folder_.parent_path();
    for (const fs::path& folder : {folder_, symbol_folder, symbol_folder.parent_path()}) {
      if (auto synced = disk_->sync_directory(folder); !synced) return std::move(synced).error();
    }
    committed_ = report.files_written > 0;
    return report;
  });
}

}  // namespace hts::parquet
