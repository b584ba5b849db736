#pragma once

#include <filesystem>
#include <memory>
#include <span>

#include "engine/backtest/sweep/sweep.hpp"
#include "engine/result/result.hpp"

namespace hts::cli {

/// All rows of a sweep in a file: the combination's number, its parameters, its statistics. Rows
/// are written as they come; the file has its name only when it is whole.
class RowFile {
 public:
  RowFile() = default;
  RowFile(const RowFile&) = delete;
  RowFile& operator=(const RowFile&) = delete;
  /// Without `finish` nothing remains of it.
  virtual ~RowFile() = default;

  [[nodiscard]] virtual result::Status append(std::span<const backtest::TrialRow> rows) = 0;
  [[nodiscard]] virtual result::Status finish() = 0;
};

/// By the name's end: Parquet or CSV. The request must outlive the file. Errors: those of
/// `check_row_file`; storage.
[[nodiscard]] result::Result<std::unique_ptr<RowFile>> open_row_file(
    const std::filesystem::path& path, const backtest::SweepRequest& request);

/// Error: invalid, field `out`, for another name.
[[nodiscard]] result::Status check_row_file(const std::filesystem::path& path);

}  // namespace hts::cli
