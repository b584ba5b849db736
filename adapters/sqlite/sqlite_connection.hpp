#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "engine/result/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

/// One SQLite database file and its prepared statements. Included only by the sources of this
/// folder. One thread at a time. All errors have code storage, name the file and say what to do.
namespace hts::sqlite {

class DiskVfs;
class Statement;

class Connection {
 public:
  /// Opens or creates the file, its folder too. Commits are durable when they return (write-ahead
  /// log, synced), and so is what an earlier process committed before it died; a lock held by
  /// another process is waited for, five seconds. Without a VFS the file is on the system's disk.
  [[nodiscard]] static result::Result<Connection> open(const std::filesystem::path& path,
                                                       std::shared_ptr<DiskVfs> vfs = nullptr);

  /// Runs statements that give no rows.
  [[nodiscard]] result::Status execute(const std::string& sql);
  [[nodiscard]] result::Result<Statement> prepare(std::string_view sql);
  /// The first column of the first row.
  [[nodiscard]] result::Result<std::int64_t> query_integer(std::string_view sql);
  /// Rows that the last INSERT, UPDATE or DELETE changed.
  [[nodiscard]] std::int64_t changes() const;
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  /// What the last failed call means for a person.
  [[nodiscard]] result::Error last_error() const;

 private:
  struct Close {
    void operator()(sqlite3* handle) const noexcept;
  };
  Connection(std::filesystem::path path, std::shared_ptr<DiskVfs> vfs, sqlite3* handle)
      : path_(std::move(path)), vfs_(std::move(vfs)), handle_(handle) {}

  std::filesystem::path path_;
  std::shared_ptr<DiskVfs> vfs_;  ///< outlives the handle
  std::unique_ptr<sqlite3, Close> handle_;
};

/// A prepared statement, used again and again. Its connection must outlive it, and stay where it is
/// while a call runs.
class Statement {
 public:
  Statement() = default;

  /// Parameters count from 1; what is not bound is NULL. Text is copied.
  Statement& bind(int index, std::int64_t value);
  Statement& bind(int index, double value);
  Statement& bind(int index, std::string_view value);
  Statement& bind_bytes(int index, std::string_view value);
  /// Text that is not copied: it stays where it is until the statement has run.
  Statement& bind_lasting(int index, std::string_view value);

  /// The next row, or false at the end; the statement is then ready to be run again.
  [[nodiscard]] result::Result<bool> step(const Connection& connection);
  /// Runs to the end.
  [[nodiscard]] result::Status run(const Connection& connection);
  /// Gives up remaining rows.
  void reset() noexcept;

  /// Columns of the present row, counted from 0.
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] double number(int column) const;
  [[nodiscard]] std::string text(int column) const;
  /// Of text or bytes; valid until the next step.
  [[nodiscard]] std::string_view bytes(int column) const;
  [[nodiscard]] bool is_null(int column) const;

 private:
  friend class Connection;
  struct Finalize {
    void operator()(sqlite3_stmt* handle) const noexcept;
  };
  explicit Statement(sqlite3_stmt* handle) : handle_(handle) {}
  std::unique_ptr<sqlite3_stmt, Finalize> handle_;
};

/// Undone by its destructor unless committed. `immediate` takes the write lock at once.
class Transaction {
 public:
  enum class Kind { read, immediate };
  [[nodiscard]] static result::Result<Transaction> begin(Connection& connection, Kind kind);
  ~Transaction();
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  [[nodiscard]] result::Status commit();

 private:
  explicit Transaction(Connection& connection) : connection_(&connection) {}
  Connection* connection_;
};

}  // namespace hts::sqlite
