#include "adapters/sqlite/sqlite_connection.hpp"

#include <cmath>
#include <limits>
#include <system_error>
#include <utility>

#include <sqlite3.h>

#include "adapters/disk/durable.hpp"
#include "adapters/sqlite/disk_vfs.hpp"

namespace hts::sqlite {
namespace {

using result::ErrorCode;
using result::make_error;
using result::Result;
using result::Status;
using result::success;

constexpr int busy_timeout_ms = 5'000;
// Each try waits for another process in its turn, so this many are only needed by as many processes
// that open at once.
constexpr int write_ahead_log_tries = 20;

/// What happened and what to do, as the rest of a sentence that begins with the file.
std::string meaning_of(int extended_code, int system_error, const char* message) {
  constexpr int primary_mask = 0xFF;
  const std::string reason =
      system_error != 0 ? std::generic_category().message(system_error) : std::string{message};
  switch (extended_code & primary_mask) {
    case SQLITE_FULL:
      return "cannot grow: the disk is full. Free some space and try again; nothing was changed.";
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return "cannot be written. Make the file and its folder writable for this user.";
    case SQLITE_CANTOPEN:
      return "cannot be opened: " + reason +
             ". Make its folder accessible to this user, or choose another place.";
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      return "is damaged or not a database (" + std::string{message} +
             "). Restore it from a backup, or move it away to begin a new one.";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "is in use by another process for too long. Stop that process, or try again.";
    case SQLITE_IOERR:
      return "cannot be read or written: " + reason + ". Check the disk and try again.";
    case SQLITE_NOMEM:
      return "cannot be used: there is not enough memory.";
    default:
      return "gave an unexpected error: " + std::string{message} + ".";
  }
}

result::Error database_error(const std::filesystem::path& path, sqlite3* handle) {
  const int code = handle != nullptr ? sqlite3_extended_errcode(handle) : SQLITE_NOMEM;
  const int system_error = handle != nullptr ? sqlite3_system_errno(handle) : 0;
  const char* message = handle != nullptr ? sqlite3_errmsg(handle) : "out of memory";
  return make_error(ErrorCode::storage, "The database " + path.string() + " " +
                                            meaning_of(code, system_error, message));
}

/// Its name lasts as well: a database is as durable as the folder that it is in.
Status make_folder_of(disk::Disk& disk, const std::filesystem::path& path) {
  if (!path.has_parent_path()) return success();
  return disk::make_lasting_directories(disk, path.parent_path());
}

/// SQLite turns the log on from within a read, and there it waits for nobody: while another process
/// does the same, both would wait for each other, and one is told at once that the database is
/// locked. A write does wait; so one that writes nothing lets the other process come to its end.
Status turn_on_write_ahead_log(Connection& connection, sqlite3* handle) {
  for (int attempt = 1;; ++attempt) {
    auto turned = connection.execute("PRAGMA journal_mode = WAL");
    if (turned || attempt == write_ahead_log_tries ||
        (sqlite3_extended_errcode(handle) & 0xFF) != SQLITE_BUSY) {
      return turned;
    }
    if (auto waited = connection.execute("BEGIN IMMEDIATE; COMMIT"); !waited) return waited;
  }
}

}  // namespace

void Connection::Close::operator()(sqlite3* handle) const noexcept {
  sqlite3_close_v2(handle);
}

void Statement::Finalize::operator()(sqlite3_stmt* handle) const noexcept {
  sqlite3_finalize(handle);
}

Result<Connection> Connection::open(const std::filesystem::path& path,
                                    std::shared_ptr<DiskVfs> vfs) {
  disk::Disk& disk = vfs != nullptr ? vfs->disk() : *disk::system_disk();
  if (auto folder = make_folder_of(disk, path); !folder) return std::move(folder).error();
  sqlite3* handle = nullptr;
  const int opened = sqlite3_open_v2(
      path.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
      vfs != nullptr ? vfs->name() : nullptr);
  Connection connection{path, std::move(vfs), handle};
  if (opened != SQLITE_OK) return database_error(path, handle);
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, busy_timeout_ms);
  if (auto turned = turn_on_write_ahead_log(connection, handle); !turned) {
    return std::move(turned).error();
  }
  if (auto set = connection.execute("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; "
                                    "PRAGMA temp_store = MEMORY;");
      !set) {
    return std::move(set).error();
  }
  // A process that died may have left commits in the log that were never synced. They are seen, so
  // they must last before anybody is told of them; a checkpoint syncs the log first.
  if (auto kept = connection.execute("PRAGMA wal_checkpoint(PASSIVE)"); !kept) {
    return std::move(kept).error();
  }
  // SQLite falls back to reading only when it may not write, and would say so at the first write.
  if (sqlite3_db_readonly(handle, "main") == 1) {
    return make_error(ErrorCode::storage,
                      "The database " + path.string() + " " + meaning_of(SQLITE_READONLY, 0, ""));
  }
  return connection;
}

Status Connection::execute(const std::string& sql) {
  if (sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) {
    return success();
  }
  return last_error();
}

Result<Statement> Connection::prepare(std::string_view sql) {
  sqlite3_stmt* handle = nullptr;
  const int prepared = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                          SQLITE_PREPARE_PERSISTENT, &handle, nullptr);
  if (prepared != SQLITE_OK) return last_error();
  return Statement{handle};
}

Result<std::int64_t> Connection::query_integer(std::string_view sql) {
  auto statement = prepare(sql);
  if (!statement) return std::move(statement).error();
  auto row = statement->step(*this);
  if (!row) return std::move(row).error();
  return *row ? statement->integer(0) : 0;
}

std::int64_t Connection::changes() const {
  return sqlite3_changes64(handle_.get());
}

result::Error Connection::last_error() const {
  return database_error(path_, handle_.get());
}

Statement& Statement::bind(int index, std::int64_t value) {
  sqlite3_bind_int64(handle_.get(), index, value);
  return *this;
}

Statement& Statement::bind(int index, double value) {
  sqlite3_bind_double(handle_.get(), index, value);
  return *this;
}

Statement& Statement::bind(int index, std::string_view value) {
  sqlite3_bind_text64(handle_.get(), index, value.data(), value.size(), SQLITE_TRANSIENT,
                      SQLITE_UTF8);
  return *this;
}

Statement& Statement::bind_bytes(int index, std::string_view value) {
  sqlite3_bind_blob64(handle_.get(), index, value.data(), value.size(), SQLITE_TRANSIENT);
  return *this;
}

Statement& Statement::bind_lasting(int index, std::string_view value) {
  // A null pointer would mean NULL, not an empty text.
  sqlite3_bind_text64(handle_.get(), index, value.data() != nullptr ? value.data() : "",
                      value.size(), SQLITE_STATIC, SQLITE_UTF8);
  return *this;
}

Result<bool> Statement::step(const Connection& connection) {
  const int stepped = sqlite3_step(handle_.get());
  if (stepped == SQLITE_ROW) return true;
  if (stepped == SQLITE_DONE) {
    reset();
    return false;
  }
  auto error = connection.last_error();
  reset();
  return error;
}

Status Statement::run(const Connection& connection) {
  while (true) {
    auto row = step(connection);
    if (!row) return std::move(row).error();
    if (!*row) return success();
  }
}

void Statement::reset() noexcept {
  sqlite3_reset(handle_.get());
  sqlite3_clear_bindings(handle_.get());
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(handle_.get(), column);
}

double Statement::number(int column) const {
  // SQLite stores NaN as NULL.
  if (is_null(column)) return std::numeric_limits<double>::quiet_NaN();
  return sqlite3_column_double(handle_.get(), column);
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(handle_.get(), column) == SQLITE_NULL;
}

std::string Statement::text(int column) const {
  const auto* content = reinterpret_cast<const char*>(sqlite3_column_text(handle_.get(), column));
  if (content == nullptr) return {};
  return {content, static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column))};
}

std::string_view Statement::bytes(int column) const {
  const auto* content = static_cast<const char*>(sqlite3_column_blob(handle_.get(), column));
  if (content == nullptr) return {};
  return {content, static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column))};
}

Result<Transaction> Transaction::begin(Connection& connection, Kind kind) {
  auto begun = connection.execute(kind == Kind::read ? "BEGIN" : "BEGIN IMMEDIATE");
  if (!begun) return std::move(begun).error();
  return Transaction{connection};
}

Transaction::~Transaction() {
  // Fails when SQLite has already undone it, after a full disk for example: nothing is left to do.
  if (connection_ != nullptr) (void)connection_->execute("ROLLBACK");
}

Transaction::Transaction(Transaction&& other) noexcept
    : connection_(std::exchange(other.connection_, nullptr)) {}

Status Transaction::commit() {
  auto committed = connection_->execute("COMMIT");
  if (committed) connection_ = nullptr;
  return committed;
}

}  // namespace hts::sqlite
