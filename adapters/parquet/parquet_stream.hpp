#pragma once

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "adapters/parquet/duckdb_database.hpp"
#include "engine/result/result.hpp"

namespace hts::parquet {

/// Values of one column: BIGINT, DOUBLE or VARCHAR.
using StreamValues =
    std::variant<std::vector<std::int64_t>, std::vector<double>, std::vector<std::string>>;

/// Rows of columns, all equally long, in the order of the stream's names.
using StreamRows = std::vector<StreamValues>;

/// A Parquet file written while its rows are computed, in the memory of one batch and one row
/// group. DuckDB pulls rows, a computation pushes them: a thread of the stream's own stands between
/// them. The file is built under another name and has its own only after `finish`. Used by one
/// thread.
class ParquetStream {
 public:
  /// `types` has the columns' types and no rows. Errors: storage.
  [[nodiscard]] static result::Result<std::unique_ptr<ParquetStream>> open(
      std::filesystem::path path, std::vector<std::string> names, StreamRows types);
  ParquetStream(const ParquetStream&) = delete;
  ParquetStream& operator=(const ParquetStream&) = delete;
  /// Without `finish` nothing remains of the file.
  ~ParquetStream();

  /// Waits until DuckDB has taken the batch before. Error: storage; the stream is then over.
  [[nodiscard]] result::Status append(StreamRows rows);
  [[nodiscard]] result::Status finish();

 private:
  ParquetStream(std::filesystem::path path, std::vector<std::string> names, StreamRows types);
  void write();
  /// Ends the rows and waits for the writer.
  void close();

  std::filesystem::path path_;
  std::filesystem::path unfinished_;
  std::vector<std::string> names_;
  StreamRows types_;
  DuckdbDatabase database_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<StreamRows> waiting_;  ///< the next batch
  bool ended_ = false;                 ///< no more batches come
  std::optional<result::Error> failure_;
  std::thread writer_;
};

}  // namespace hts::parquet
