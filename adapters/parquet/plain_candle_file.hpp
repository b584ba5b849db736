#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "adapters/disk/disk.hpp"
#include "adapters/parquet/plain_layout.hpp"
#include "engine/market/candle_series.hpp"
#include "engine/result/result.hpp"
#include "engine/time/timestamp.hpp"

namespace hts::parquet {

/// A Parquet file laid out as this program's own are: the columns `timestamp open high low close
/// volume` in this order, milliseconds as int64 and doubles, uncompressed and plainly encoded, one
/// page a column and row group, no nulls. Such a file's values lie in it as they lie in memory, and
/// reading them is ten times as fast as asking the Parquet library, which has to plan a query for
/// each file. Any other file, and a damaged one, is left to that library: it reads it, or says what
/// is wrong with it.
///
/// Nothing is taken for granted: every length and count in the file has to agree with the others.
/// One thread at a time. Must not outlive its disk. Format: Apache Parquet, parquet.thrift.
class PlainCandleFile {
 public:
  static constexpr std::size_t columns = plain_columns;

  /// Rows that lie together, in every column.
  struct Group {
    std::uint64_t rows = 0;
    std::array<std::uint64_t, columns> values_at{};  ///< where in the file the values begin
    time::Timestamp first{};  ///< open times of the first and last row, the smallest and largest
    time::Timestamp last{};
  };

  /// The groups that have open times in the range. Nothing when the file is not laid out so.
  [[nodiscard]] static std::optional<PlainCandleFile> open(disk::Disk& disk,
                                                           const std::filesystem::path& path,
                                                           time::TimeRange range);

  [[nodiscard]] const std::vector<Group>& groups() const noexcept { return groups_; }
  /// Appends all open times of a group. Errors: storage, also when they do not ascend from the
  /// group's first to its last; cancelled.
  [[nodiscard]] result::Status read_times(const Group& group,
                                          std::vector<time::Timestamp>& open_times,
                                          const std::atomic<bool>* cancel = nullptr);
  /// Appends the other columns of `count` rows from row `first` of a group on.
  [[nodiscard]] result::Status read_values(const Group& group, std::size_t first, std::size_t count,
                                           market::CandleSeries& candles);

 private:
  PlainCandleFile(std::unique_ptr<disk::File> file, std::filesystem::path path)
      : file_(std::move(file)), path_(std::move(path)) {}
  [[nodiscard]] result::Status read(std::uint64_t offset, std::span<std::byte> into);
  [[nodiscard]] std::optional<Group> find_values(const PlainGroup& described);
  [[nodiscard]] result::Error damaged(std::string_view reason) const;

  std::unique_ptr<disk::File> file_;
  std::filesystem::path path_;
  std::vector<Group> groups_;
};

}  // namespace hts::parquet
