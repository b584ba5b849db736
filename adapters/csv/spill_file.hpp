#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <type_traits>
#include <vector>

#include "adapters/csv/candle_reader.hpp"
#include "engine/result/result.hpp"

namespace hts::csv {

/// Rows set aside on the disk while memory is needed for others. The file has no name, so nothing
/// is left of it however the process ends. Created by the first append. Move-only, one thread.
class SpillFile {
 public:
  /// A run of rows in the file.
  struct Extent {
    std::uint64_t offset = 0;
    std::uint64_t rows = 0;
  };

  explicit SpillFile(std::filesystem::path directory) : directory_(std::move(directory)) {}
  SpillFile(SpillFile&& other) noexcept;
  SpillFile& operator=(SpillFile&&) = delete;
  ~SpillFile();

  /// Error: storage (no space, directory not writable), naming the directory.
  [[nodiscard]] result::Result<Extent> append(std::span<const CandleRow> rows);
  /// Appends the rows of an extent to `rows`.
  [[nodiscard]] result::Status read(Extent extent, std::vector<CandleRow>& rows) const;

 private:
  static_assert(std::is_trivially_copyable_v<CandleRow>);

  [[nodiscard]] result::Error failed(const char* what, int error_number) const;

  std::filesystem::path directory_;
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
};

}  // namespace hts::csv
