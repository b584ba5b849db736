#include "adapters/parquet/parquet_stream.hpp"

#include <string_view>
#include <system_error>
#include <utility>

#include "adapters/parquet/column_source.hpp"
#include "adapters/parquet/duckdb_connection.hpp"
#include "adapters/parquet/duckdb_error.hpp"

namespace hts::parquet {
namespace {

/// A batch as the writer reads it.
struct ReadBatch {
  StreamRows rows;
  std::vector<std::vector<std::string_view>> texts;
  std::vector<Column> columns;

  void take(StreamRows batch, const std::vector<std::string>& names) {
    rows = std::move(batch);
    texts.clear();
    texts.reserve(rows.size());
    columns.clear();
    for (std::size_t i = 0; i < rows.size(); ++i) {
      columns.push_back({names[i].c_str(), values_of(rows[i])});
    }
  }
  [[nodiscard]] ColumnValues values_of(const StreamValues& values) {
    if (const auto* integers = std::get_if<std::vector<std::int64_t>>(&values)) {
      return std::span<const std::int64_t>{*integers};
    }
    if (const auto* numbers = std::get_if<std::vector<double>>(&values)) {
      return std::span<const double>{*numbers};
    }
    const auto& strings = *std::get_if<std::vector<std::string>>(&values);
    texts.emplace_back(strings.begin(), strings.end());
    return std::span<const std::string_view>{texts.back()};
  }
};

}  // namespace

result::Result<std::unique_ptr<ParquetStream>> ParquetStream::open(std::filesystem::path path,
                                                                   std::vector<std::string> names,
                                                                   StreamRows types) {
  std::unique_ptr<ParquetStream> stream{
      new ParquetStream(std::move(path), std::move(names), std::move(types))};
  // A missing library or folder shows before anything is computed.
  auto connection = stream->database_.connect();
  if (!connection) return std::move(connection).error();
  const auto folder = stream->path_.parent_path();
  if (!folder.empty() && !std::filesystem::is_directory(folder)) {
    return result::make_error(
        result::ErrorCode::storage,
        "Cannot write " + stream->path_.string() + ": its folder does not exist; make it first.",
        stream->path_.string());
  }
  stream->writer_ = std::thread{[raw = stream.get()] { raw->write(); }};
  return stream;
}

ParquetStream::ParquetStream(std::filesystem::path path, std::vector<std::string> names,
                             StreamRows types)
    : path_(std::move(path)),
      unfinished_(path_.string() + ".part"),
      names_(std::move(names)),
      types_(std::move(types)) {}

ParquetStream::~ParquetStream() {
  if (!writer_.joinable()) return;
  close();
  std::error_code ignored;
  std::filesystem::remove(unfinished_, ignored);
}

result::Status ParquetStream::append(StreamRows rows) {
  std::unique_lock lock{mutex_};
  changed_.wait(lock, [this] { return !waiting_ || failure_; });
  if (failure_) return *failure_;
  waiting_ = std::move(rows);
  changed_.notify_all();
  return result::success();
}

void ParquetStream::close() {
  {
    const std::lock_guard lock{mutex_};
    ended_ = true;
  }
  changed_.notify_all();
  writer_.join();
}

result::Status ParquetStream::finish() {
  close();
  std::error_code failed;
  if (!failure_) std::filesystem::rename(unfinished_, path_, failed);
  if (!failure_ && !failed) return result::success();
  std::error_code ignored;
  std::filesystem::remove(unfinished_, ignored);
  if (failure_) return *failure_;
  return result::make_error(result::ErrorCode::storage,
                            "Cannot write " + path_.string() + ": " + failed.message() + ".",
                            path_.string());
}

void ParquetStream::write() {
  ReadBatch batch;
  batch.take(types_, names_);
  const NextColumns next = [&]() -> std::span<const Column> {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return waiting_ || ended_; });
    if (!waiting_) return {};
    batch.take(std::move(*waiting_), names_);
    waiting_.reset();
    changed_.notify_all();
    return batch.columns;
  };
  auto connection = database_.connect();
  auto written = connection ? write_parquet(*connection, unfinished_, batch.columns, next)
                            : result::Status{connection.error()};
  if (written) return;
  {
    const std::lock_guard lock{mutex_};
    failure_ = duckdb_file_error("write", path_, written.error().message);
  }
  changed_.notify_all();
}

}  // namespace hts::parquet
