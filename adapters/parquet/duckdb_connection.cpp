#include "adapters/parquet/duckdb_connection.hpp"

#include <utility>

namespace hts::parquet {
namespace {

result::Error duckdb_error(OpenDatabase& database, const char* message) {
  const std::string text = message != nullptr ? message : "DuckDB gave no reason";
  for (const char* sign : {"INTERNAL Error", "FATAL Error", "has been invalidated"}) {
    if (text.find(sign) != std::string::npos) database.broken = true;
  }
  return result::make_error(result::ErrorCode::storage, text);
}

}  // namespace

OpenDatabase::~OpenDatabase() {
  for (duckdb_connection& connection : idle) api.disconnect(&connection);
  if (handle != nullptr) api.close(&handle);
}

Chunk::~Chunk() {
  if (handle_ != nullptr) api_->destroy_data_chunk(&handle_);
}

Chunk::Chunk(Chunk&& other) noexcept
    : api_(other.api_), handle_(std::exchange(other.handle_, nullptr)) {}

std::size_t Chunk::size() const {
  return api_->data_chunk_get_size(handle_);
}

duckdb_vector Chunk::vector(std::size_t index) const {
  return api_->data_chunk_get_vector(handle_, index);
}

bool Chunk::has_null(std::size_t index) const {
  const std::uint64_t* validity = api_->vector_get_validity(vector(index));
  if (validity == nullptr) return false;
  const std::size_t rows = size();
  for (std::size_t row = 0; row < rows; ++row) {
    if ((validity[row / 64] >> (row % 64) & 1U) == 0) return true;
  }
  return false;
}

std::string Chunk::text(std::size_t column_index, std::size_t row) const {
  duckdb_string_t value = column<duckdb_string_t>(column_index)[row];
  return {api_->string_t_data(&value), api_->string_t_length(value)};
}

Rows::Rows(std::shared_ptr<OpenDatabase> database, duckdb_result handle)
    : database_(std::move(database)), handle_(handle) {}

Rows::~Rows() {
  if (database_ != nullptr) database_->api.destroy_result(&handle_);
}

Rows::Rows(Rows&& other) noexcept : database_(std::move(other.database_)), handle_(other.handle_) {}

result::Result<std::optional<Chunk>> Rows::next() {
  const DuckdbApi& api = database_->api;
  duckdb_data_chunk chunk = api.fetch_chunk(handle_);
  if (chunk != nullptr) return std::optional<Chunk>{std::in_place, api, chunk};
  // The end, or an error on the way: only the result knows.
  if (const char* reason = api.result_error(&handle_); reason != nullptr) {
    return duckdb_error(*database_, reason);
  }
  return std::optional<Chunk>{};
}

Statement::~Statement() {
  if (handle_ != nullptr) database_->api.destroy_prepare(&handle_);
}

Statement::Statement(Statement&& other) noexcept
    : database_(std::move(other.database_)), handle_(std::exchange(other.handle_, nullptr)) {}

duckdb_type Statement::column_type(std::size_t index) const {
  return database_->api.prepared_statement_column_type(handle_, index);
}

result::Result<Rows> Statement::execute() {
  // Streamed: a whole result in memory would double what a load touches.
  const DuckdbApi& api = database_->api;
  duckdb_pending_result pending = nullptr;
  if (api.pending_prepared_streaming(handle_, &pending) == DuckDBError) {
    auto error = duckdb_error(*database_, api.pending_error(pending));
    api.destroy_pending(&pending);
    return error;
  }
  duckdb_result rows{};
  const bool failed = api.execute_pending(pending, &rows) == DuckDBError;
  api.destroy_pending(&pending);
  if (failed) {
    auto error = duckdb_error(*database_, api.result_error(&rows));
    api.destroy_result(&rows);
    return error;
  }
  return Rows{database_, rows};
}

Connection::~Connection() {
  if (handle_ == nullptr) return;
  const std::lock_guard lock{database_->mutex};
  try {
    database_->idle.push_back(handle_);
  } catch (const std::bad_alloc&) {
    database_->api.disconnect(&handle_);
  }
}

Connection::Connection(Connection&& other) noexcept
    : database_(std::move(other.database_)), handle_(std::exchange(other.handle_, nullptr)) {}

result::Result<Statement> Connection::prepare(const std::string& sql) {
  duckdb_prepared_statement handle = nullptr;
  const bool failed = database_->api.prepare(handle_, sql.c_str(), &handle) == DuckDBError;
  Statement statement{database_, handle};
  if (failed) return duckdb_error(*database_, database_->api.prepare_error(handle));
  return statement;
}

result::Result<Rows> Connection::query(const std::string& sql) {
  auto statement = prepare(sql);
  if (!statement) return std::move(statement).error();
  return statement->execute();
}

std::string quote_sql(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') quoted += '\'';
    quoted += c;
  }
  return quoted + "'";
}

}  // namespace hts::parquet
