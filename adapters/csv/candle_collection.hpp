#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "adapters/csv/import_issues.hpp"
#include "adapters/csv/year_buckets.hpp"
#include "engine/market/symbol.hpp"
#include "engine/market/timeframe.hpp"
#include "engine/result/result.hpp"

namespace hts::csv {

/// How far a long work is, for people who wait.
struct ReadProgress {
  enum class Phase : unsigned char { reading, writing };
  Phase phase = Phase::reading;
  std::uint64_t done = 0;   ///< bytes read, or years written
  std::uint64_t total = 0;  ///< 0 when unknown
};

struct ReadOptions {
  std::optional<market::Symbol> symbol;        ///< else from the content, else from the name
  std::optional<market::Timeframe> timeframe;  ///< else content, name, or the rows' spacing
  bool identity_required = false;              ///< refuse a file without symbol or timeframe
  YearBuckets::Limits limits;
  std::function<bool()> cancelled;                    ///< asked about every MiB; may be empty
  std::function<void(const ReadProgress&)> progress;  ///< told about every MiB; may be empty
};

/// What a file turned out to hold.
struct FileFacts {
  std::string file;
  std::optional<market::Symbol> symbol;
  std::optional<market::Timeframe> timeframe;
  std::uint64_t rows = 0;     ///< as read
  std::uint64_t candles = 0;  ///< without duplicates; known after drain()
  time::Timestamp first{};    ///< open times of the first and last candle; known after drain()
  time::Timestamp last{};
  std::string place_name;  ///< "line" or "candle": what the issues' places count
  bool last_line_is_open = false;
  ImportIssues issues;
};

/// All candles of one file, checked row by row, on their way into years. One thread.
///
/// Errors of read(): those of open_candle_file and CandleReader::read, the limits of YearBuckets,
/// cancelled, and invalid with field `symbol` or `timeframe` when these are required and neither
/// the options nor the file say them.
class CandleCollection {
 public:
  /// Reads the whole file.
  [[nodiscard]] static result::Result<CandleCollection> read(const std::filesystem::path& path,
                                                             const ReadOptions& options);

  /// Symbol, timeframe and rows; the rest after drain().
  [[nodiscard]] const FileFacts& facts() const noexcept { return facts_; }
  [[nodiscard]] std::size_t years() const noexcept { return buckets_.years(); }

  /// Gives out year by year, ascending, and completes the facts. Call once.
  [[nodiscard]] result::Status drain(const YearBuckets::TakeYear& take);

 private:
  CandleCollection(FileFacts facts, YearBuckets buckets)
      : facts_(std::move(facts)), buckets_(std::move(buckets)) {}

  FileFacts facts_;
  YearBuckets buckets_;
};

/// "Stopped FILE; nothing of it was written."
[[nodiscard]] result::Error stopped_error(const std::string& file);

}  // namespace hts::csv
