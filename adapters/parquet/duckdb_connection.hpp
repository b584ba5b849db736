#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/parquet/duckdb_library.hpp"
#include "engine/result/result.hpp"

/// Owners of DuckDB's handles. Included only by the sources of this folder. Errors carry DuckDB's
/// own message; the caller, who knows the file, says what it means.
namespace hts::parquet {

/// An opened database and its idle connections; lives as long as any connection of it.
struct OpenDatabase {
  explicit OpenDatabase(const DuckdbApi& functions) : api(functions) {}
  ~OpenDatabase();
  OpenDatabase(const OpenDatabase&) = delete;
  OpenDatabase& operator=(const OpenDatabase&) = delete;

  const DuckdbApi& api;
  duckdb_database handle = nullptr;
  std::mutex mutex;
  std::vector<duckdb_connection> idle;
  /// DuckDB refuses everything after an internal error (a malformed file can cause one): the next
  /// `connect` opens a new database.
  std::atomic<bool> broken = false;
};

/// Up to `duckdb_vector_size` rows of a result.
class Chunk {
 public:
  Chunk(const DuckdbApi& api, duckdb_data_chunk handle) : api_(&api), handle_(handle) {}
  ~Chunk();
  Chunk(Chunk&& other) noexcept;
  Chunk& operator=(Chunk&&) = delete;

  [[nodiscard]] std::size_t size() const;
  /// The values of a column; T must be the C type of the column's DuckDB type.
  template <class T>
  [[nodiscard]] const T* column(std::size_t index) const {
    return static_cast<const T*>(api_->vector_get_data(vector(index)));
  }
  [[nodiscard]] bool has_null(std::size_t index) const;
  [[nodiscard]] std::string text(std::size_t column, std::size_t row) const;

 private:
  [[nodiscard]] duckdb_vector vector(std::size_t index) const;
  const DuckdbApi* api_;
  duckdb_data_chunk handle_;
};

/// A query's rows, computed as they are asked for. Its connection does nothing else meanwhile.
class Rows {
 public:
  Rows(std::shared_ptr<OpenDatabase> database, duckdb_result handle);
  ~Rows();
  Rows(Rows&& other) noexcept;
  Rows& operator=(Rows&&) = delete;

  /// Nothing when all rows were given. A damaged file may show only here.
  [[nodiscard]] result::Result<std::optional<Chunk>> next();

 private:
  std::shared_ptr<OpenDatabase> database_;
  duckdb_result handle_;
};

class Statement {
 public:
  Statement(std::shared_ptr<OpenDatabase> database, duckdb_prepared_statement handle)
      : database_(std::move(database)), handle_(handle) {}
  ~Statement();
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;

  [[nodiscard]] duckdb_type column_type(std::size_t index) const;
  [[nodiscard]] result::Result<Rows> execute();

 private:
  std::shared_ptr<OpenDatabase> database_;
  duckdb_prepared_statement handle_;
};

/// One connection, used by one thread at a time.
class Connection {
 public:
  Connection(std::shared_ptr<OpenDatabase> database, duckdb_connection handle)
      : database_(std::move(database)), handle_(handle) {}
  ~Connection();
  Connection(Connection&& other) noexcept;
  Connection& operator=(Connection&&) = delete;

  [[nodiscard]] result::Result<Statement> prepare(const std::string& sql);
  [[nodiscard]] result::Result<Rows> query(const std::string& sql);

 private:
  std::shared_ptr<OpenDatabase> database_;
  duckdb_connection handle_;
};

/// `text` as an SQL string.
[[nodiscard]] std::string quote_sql(std::string_view text);

}  // namespace hts::parquet
