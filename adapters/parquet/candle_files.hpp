#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "engine/market/symbol.hpp"
#include "engine/market/timeframe.hpp"
#include "engine/result/result.hpp"
#include "engine/time/timestamp.hpp"

namespace hts::parquet {

/// One year of one symbol and timeframe, as a file.
struct CandleFileFacts {
  int year = 0;
  std::uint64_t bytes = 0;
  std::string sha256;  ///< of the file's bytes; 64 hexadecimal digits
  friend bool operator==(const CandleFileFacts&, const CandleFileFacts&) = default;
};

/// A file of the catalog held open: it stays what it was, also when a write puts another one in its
/// place. One thread at a time.
class OpenCandleFile {
 public:
  /// Owns the descriptor, which is positioned by nobody. The facts are the caller's to know.
  OpenCandleFile(int descriptor, std::filesystem::path path, CandleFileFacts facts = {});
  ~OpenCandleFile();
  OpenCandleFile(OpenCandleFile&& other) noexcept;
  OpenCandleFile& operator=(OpenCandleFile&&) = delete;

  [[nodiscard]] const CandleFileFacts& facts() const noexcept { return facts_; }
  /// Fills `into`. Error: storage, also when the file has become shorter.
  [[nodiscard]] result::Status read_at(std::uint64_t offset, std::span<std::byte> into) const;
  /// Reads it once and notes its size and hash. Error: storage.
  [[nodiscard]] result::Status note_hash();

 private:
  friend class CandleFiles;

  int descriptor_;
  std::filesystem::path path_;
  CandleFileFacts facts_;
};

/// The files of a catalog (see ParquetCandleStore) as bytes, for those who copy them: which there
/// are, and what each one's content hashes to.
///
/// A hash is computed once and remembered as long as the file's size, times and inode stay the
/// same; about a second for two gigabytes. Calls block on the disk. Thread-safe.
class CandleFiles {
 public:
  explicit CandleFiles(std::filesystem::path data_root) : data_root_(std::move(data_root)) {}

  /// The years whose files may hold candles of the range, ascending. Empty when there are none.
  /// Error: storage, naming the file.
  [[nodiscard]] result::Result<std::vector<CandleFileFacts>> list(const market::Symbol& symbol,
                                                                  market::Timeframe timeframe,
                                                                  time::TimeRange range = {});
  /// Errors: not_found, field `year`; storage.
  [[nodiscard]] result::Result<OpenCandleFile> open(const market::Symbol& symbol,
                                                    market::Timeframe timeframe, int year);

 private:
  /// What tells a file from another that took its name.
  struct Identity {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::uint64_t bytes = 0;
    std::int64_t changed_seconds = 0;
    std::int64_t changed_nanoseconds = 0;
    friend auto operator<=>(const Identity&, const Identity&) = default;
  };

  [[nodiscard]] result::Result<OpenCandleFile> open(const std::filesystem::path& path, int year);

  const std::filesystem::path data_root_;
  std::mutex mutex_;
  std::map<Identity, std::string> known_;  ///< hashes of files that were read
};

/// Whether the file of a year may hold candles of the range: other programs cut years at their own
/// midnight.
[[nodiscard]] bool may_hold(int year, time::TimeRange range);

}  // namespace hts::parquet
