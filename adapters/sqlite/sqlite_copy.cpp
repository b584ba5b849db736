#include "adapters/sqlite/sqlite_copy.hpp"

#include <memory>
#include <string>
#include <utility>

#include <sqlite3.h>

#include "adapters/disk/disk.hpp"

namespace hts::sqlite {
namespace {

using result::ErrorCode;
using result::make_error;

constexpr int copy_busy_timeout_ms = 5'000;
/// Between two looks at the flag: some tens of microseconds.
constexpr int steps_between_looks = 1'000;

struct CloseDatabase {
  void operator()(sqlite3* handle) const noexcept { sqlite3_close_v2(handle); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;

struct FinalizeQuery {
  void operator()(sqlite3_stmt* handle) const noexcept { sqlite3_finalize(handle); }
};
using Query = std::unique_ptr<sqlite3_stmt, FinalizeQuery>;

result::Error copy_error(const std::filesystem::path& path, sqlite3* handle) {
  if (handle != nullptr && sqlite3_errcode(handle) == SQLITE_INTERRUPT) {
    return make_error(ErrorCode::cancelled, "The copy of a database was stopped.");
  }
  return make_error(ErrorCode::storage,
                    "The database " + path.string() + " cannot be copied or checked: " +
                        (handle != nullptr ? sqlite3_errmsg(handle) : "out of memory") +
                        ". Check the disk and its free space.");
}

int is_set(void* flag) {
  return static_cast<const std::atomic<bool>*>(flag)->load(std::memory_order_relaxed) ? 1 : 0;
}

result::Result<Database> open_to_read(const std::filesystem::path& path,
                                      const std::atomic<bool>& cancelled) {
  sqlite3* handle = nullptr;
  const int opened =
      sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nullptr);
  Database database{handle};
  if (opened != SQLITE_OK) return copy_error(path, handle);
  sqlite3_busy_timeout(handle, copy_busy_timeout_ms);
  sqlite3_progress_handler(handle, steps_between_looks, is_set,
                           const_cast<std::atomic<bool>*>(&cancelled));
  return database;
}

/// The first column of the first row.
result::Result<std::string> ask(const std::filesystem::path& path, sqlite3* handle,
                                const char* sql) {
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v2(handle, sql, -1, &raw, nullptr) != SQLITE_OK) {
    return copy_error(path, handle);
  }
  const Query query{raw};
  if (sqlite3_step(raw) != SQLITE_ROW) return copy_error(path, handle);
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(raw, 0));
  return std::string{text != nullptr ? text : ""};
}

result::Status write_copy(const std::filesystem::path& from, sqlite3* handle,
                          const std::filesystem::path& to) {
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v2(handle, "VACUUM INTO ?", -1, &raw, nullptr) != SQLITE_OK) {
    return copy_error(from, handle);
  }
  const Query query{raw};
  sqlite3_bind_text(raw, 1, to.c_str(), -1, SQLITE_TRANSIENT);
  if (sqlite3_step(raw) != SQLITE_DONE) return copy_error(from, handle);
  return result::success();
}

result::Status check_copy(const std::filesystem::path& from, sqlite3* original,
                          const std::filesystem::path& to, const std::atomic<bool>& cancelled) {
  auto copy = open_to_read(to, cancelled);
  if (!copy) return std::move(copy).error();
  for (const char* pragma : {"PRAGMA application_id", "PRAGMA user_version"}) {
    const auto expected = ask(from, original, pragma);
    if (!expected) return expected.error();
    const auto copied = ask(to, copy->get(), pragma);
    if (!copied) return copied.error();
    if (*copied == *expected) continue;
    return make_error(ErrorCode::storage, "The copy " + to.string() + " is not that of " +
                                              from.string() + ": check the disk.");
  }
  const auto sound = ask(to, copy->get(), "PRAGMA integrity_check");
  if (!sound) return sound.error();
  if (*sound == "ok") return result::success();
  return make_error(ErrorCode::storage, "The copy " + to.string() + " is damaged (" +
                                            sound->substr(0, 200) +
                                            "): check the disk, and the original.");
}

}  // namespace

result::Status copy_database(const std::filesystem::path& from, const std::filesystem::path& to,
                             const std::atomic<bool>& cancelled) {
  auto database = open_to_read(from, cancelled);
  if (!database) return std::move(database).error();
  if (auto written = write_copy(from, database->get(), to); !written) return written;
  if (auto checked = check_copy(from, database->get(), to, cancelled); !checked) return checked;
  return disk::system_disk()->sync_file(to);
}

}  // namespace hts::sqlite
