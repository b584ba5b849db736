#include "adapters/postgres/migrations.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

#include "adapters/postgres/connection.hpp"

namespace hts::postgres {
namespace {

using result::ErrorCode;
using result::make_error;
using result::Result;
using result::Status;
using result::success;

constexpr std::chrono::minutes longest_statement{10};
constexpr std::chrono::seconds longest_wait{60};
/// "HTSMIGRA": one for all of our programs.
constexpr std::int64_t lock_number = 0x4854534D49475241;
/// Tells our table from those that other programs call the same.
constexpr std::string_view marker = "HTS Engine: migrations applied";

struct Applied {
  int version = 0;
  std::string name;
  std::string checksum;
  time::Timestamp applied_at{};
};

/// A connection of its own, for as long as one task on the schema takes.
class Schema {
 public:
  [[nodiscard]] static Result<Schema> open(ConnectionOptions options);

  /// Waits for others. Held until the connection ends.
  [[nodiscard]] Status lock();
  /// Reads what was applied, and refuses what is not ours or not as we know it.
  [[nodiscard]] Status inspect(std::span<const Migration> known);
  [[nodiscard]] Status apply(const Migration& migration);
  [[nodiscard]] Status undo(const Migration& migration, bool drop_rows);

  [[nodiscard]] const std::vector<Applied>& applied() const noexcept { return applied_; }
  [[nodiscard]] Result<time::Timestamp> applied_at(int version);

 private:
  Schema(ConnectionOptions options, std::unique_ptr<Watchdog> watchdog, Connection connection)
      : options_(std::move(options)),
        watchdog_(std::move(watchdog)),
        connection_(std::move(connection)) {}

  [[nodiscard]] result::Error refuse(const std::string& why, std::string field = "url") const {
    return make_error(ErrorCode::conflict, "The database " + shown_url(options_) + " " + why,
                      std::move(field));
  }
  [[nodiscard]] Status check_owner();
  [[nodiscard]] Status check_rows_that_go(const std::vector<std::string>& tables_with_rows);
  [[nodiscard]] Result<std::vector<std::string>> tables_with_rows();

  ConnectionOptions options_;
  std::unique_ptr<Watchdog> watchdog_;
  Connection connection_;
  bool has_table_ = false;
  std::vector<Applied> applied_;
};

Result<Schema> Schema::open(ConnectionOptions options) {
  auto watchdog = std::make_unique<Watchdog>();
  // The first answer must come as fast as always.
  auto probe = Connection::open(options, *watchdog);
  if (!probe) return std::move(probe).error();
  options.statement_timeout = longest_statement;
  auto connection = Connection::open(options, *watchdog);
  if (!connection) return std::move(connection).error();
  return Schema{std::move(options), std::move(watchdog), std::move(*connection)};
}

Status Schema::lock() {
  // Asked again and again: a wait inside the server would keep its old view of the tables.
  constexpr std::chrono::milliseconds pause{50};
  const std::string sql = "SELECT pg_try_advisory_lock(" + std::to_string(lock_number) + ")";
  const auto deadline = std::chrono::steady_clock::now() + longest_wait;
  std::mutex mutex;
  std::condition_variable never;
  while (true) {
    auto locked = connection_.query(sql);
    if (!locked) return std::move(locked).error();
    if (locked->flag(0, 0)) return success();
    if (std::chrono::steady_clock::now() >= deadline) {
      return make_error(ErrorCode::unavailable,
                        "The database " + shown_url(options_) +
                            " is being migrated by another program: wait for it and try again.",
                        "url");
    }
    std::unique_lock waiting{mutex};
    never.wait_for(waiting, pause);
  }
}

Status Schema::check_owner() {
  auto facts = connection_.query(
      "SELECT current_schema(), to_regclass('schema_migrations') IS NOT NULL, "
      "obj_description(to_regclass('schema_migrations'), 'pg_class'), "
      "(SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
      "WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p', 'v', 'm', 'f') "
      "AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e'))");
  if (!facts) return std::move(facts).error();
  if (facts->is_null(0, 0)) {
    return refuse(
        "has no schema that this user may use: create the one that its search_path names.");
  }
  has_table_ = facts->flag(0, 1);
  if (has_table_ ? facts->text(0, 2) != marker : facts->integer(0, 3) > 0) {
    return refuse(
        "belongs to another program: it has tables that the engine did not make. Nothing was "
        "changed. Make a database for the engine alone, with CREATE DATABASE hts.");
  }
  return success();
}

Status Schema::inspect(std::span<const Migration> known) {
  if (auto ours = check_owner(); !ours) return ours;
  applied_.clear();
  if (!has_table_) return success();
  auto rows = connection_.query(
      "SELECT version, name, checksum, (extract(epoch FROM applied_at) * 1000)::bigint "
      "FROM schema_migrations ORDER BY version");
  if (!rows) return std::move(rows).error();
  for (std::size_t row = 0; row < rows->size(); ++row) {
    applied_.push_back({static_cast<int>(rows->integer(row, 0)), rows->text(row, 1),
                        rows->text(row, 2), rows->timestamp(row, 3)});
  }
  if (!applied_.empty() && applied_.back().version > static_cast<int>(known.size())) {
    return refuse("has version " + std::to_string(applied_.back().version) +
                  ", this program knows up to " + std::to_string(known.size()) +
                  ". Nothing was changed. Use the newer program, or roll the database back with "
                  "it.");
  }
  for (std::size_t i = 0; i < applied_.size(); ++i) {
    const Applied& row = applied_[i];
    const Migration& migration = known[i];
    if (row.version != migration.version) {
      return refuse("lacks the migration " + std::to_string(migration.version) +
                    " although later ones were applied. Nothing was changed. Restore its table "
                    "schema_migrations from a backup.");
    }
    if (row.name != migration.name || row.checksum != migration.checksum) {
      return refuse("was migrated with another text of " + std::to_string(row.version) + "_" +
                    row.name +
                    ": the migration was edited after it was applied. Nothing was changed. Put "
                    "its original text back, and write the change as a new migration.");
    }
  }
  return success();
}

Status Schema::apply(const Migration& migration) {
  std::string sql;
  if (!has_table_) {
    sql =
        "CREATE TABLE schema_migrations (version integer PRIMARY KEY, name text NOT NULL, "
        "checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT clock_timestamp());\n"
        "COMMENT ON TABLE schema_migrations IS '" +
        std::string{marker} + "';\n";
  }
  sql += migration.up;
  sql += ";\nINSERT INTO schema_migrations (version, name, checksum) VALUES (" +
         std::to_string(migration.version) + ", '" + std::string{migration.name} + "', '" +
         std::string{migration.checksum} + "')";
  // Sent as one message without BEGIN, it is one transaction.
  if (auto done = connection_.execute(sql); !done) return done;
  has_table_ = true;
  return success();
}

Result<time::Timestamp> Schema::applied_at(int version) {
  auto row = connection_.query(
      "SELECT (extract(epoch FROM applied_at) * 1000)::bigint FROM schema_migrations "
      "WHERE version = $1::integer",
      {std::to_string(version)});
  if (!row) return std::move(row).error();
  return row->empty() ? time::Timestamp{} : row->timestamp(0, 0);
}

Result<std::vector<std::string>> Schema::tables_with_rows() {
  auto tables = connection_.query(
      "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = current_schema() "
      "AND tablename <> 'schema_migrations' ORDER BY tablename");
  if (!tables) return std::move(tables).error();
  std::vector<std::string> found;
  for (std::size_t row = 0; row < tables->size(); ++row) {
    const std::string& table = tables->text(row, 0);
    auto any = connection_.query("SELECT EXISTS (SELECT 1 FROM " + table + ")");
    if (!any) return std::move(any).error();
    if (any->flag(0, 0)) found.push_back(table);
  }
  return found;
}

Status Schema::check_rows_that_go(const std::vector<std::string>& tables_with_rows) {
  for (const std::string& table : tables_with_rows) {
    auto stays = connection_.query("SELECT to_regclass($1) IS NOT NULL", {table});
    if (!stays) return std::move(stays).error();
    if (!stays->flag(0, 0)) {
      return refuse("would lose the rows of its table " + table +
                        ". Copy them with `hts db copy` first, or say --drop-rows.",
                    "drop_rows");
    }
  }
  return success();
}

Status Schema::undo(const Migration& migration, bool drop_rows) {
  if (auto begun = connection_.execute("BEGIN"); !begun) return begun;
  const auto in_transaction = [&]() -> Status {
    auto with_rows = drop_rows ? Result<std::vector<std::string>>{std::vector<std::string>{}}
                               : tables_with_rows();
    if (!with_rows) return std::move(with_rows).error();
    const std::string sql =
        std::string{migration.down} +
        ";\nDELETE FROM schema_migrations WHERE version = " + std::to_string(migration.version);
    if (auto undone = connection_.execute(sql); !undone) return undone;
    if (auto kept = check_rows_that_go(*with_rows); !kept) return kept;
    return connection_.execute("COMMIT");
  };
  auto done = in_transaction();
  // Lost with the connection otherwise.
  if (!done && !connection_.is_lost()) (void)connection_.execute("ROLLBACK");
  return done;
}

Result<Schema> open_locked(const ConnectionOptions& options, std::span<const Migration> known) {
  auto schema = Schema::open(options);
  if (!schema) return std::move(schema).error();
  if (auto locked = schema->lock(); !locked) return std::move(locked).error();
  if (auto sound = schema->inspect(known); !sound) return std::move(sound).error();
  return schema;
}

MigrationStatus status_of(const Migration& migration) {
  return {migration.version, std::string{migration.name}, std::string{migration.checksum}, {}};
}

}  // namespace

Result<std::vector<MigrationStatus>> migration_status(const ConnectionOptions& options,
                                                      std::span<const Migration> known) {
  auto schema = Schema::open(options);
  if (!schema) return std::move(schema).error();
  if (auto sound = schema->inspect(known); !sound) return std::move(sound).error();
  std::vector<MigrationStatus> statuses;
  for (std::size_t i = 0; i < known.size(); ++i) {
    statuses.push_back(status_of(known[i]));
    if (i < schema->applied().size()) {
      statuses.back().applied_at = schema->applied()[i].applied_at;
    }
  }
  return statuses;
}

Result<std::vector<MigrationStatus>> migrate(const ConnectionOptions& options,
                                             std::span<const Migration> known) {
  auto schema = open_locked(options, known);
  if (!schema) return std::move(schema).error();
  std::vector<MigrationStatus> done;
  for (const Migration& migration : known.subspan(schema->applied().size())) {
    if (auto applied = schema->apply(migration); !applied) return std::move(applied).error();
    auto when = schema->applied_at(migration.version);
    if (!when) return std::move(when).error();
    done.push_back(status_of(migration));
    done.back().applied_at = *when;
  }
  return done;
}

Result<std::vector<MigrationStatus>> roll_back(const ConnectionOptions& options,
                                               RollBackOptions wanted,
                                               std::span<const Migration> known) {
  auto schema = open_locked(options, known);
  if (!schema) return std::move(schema).error();
  const int present = static_cast<int>(schema->applied().size());
  const int target = wanted.to.value_or(std::max(present - 1, 0));
  if (target < 0 || target > present) {
    return make_error(ErrorCode::invalid,
                      "The database " + shown_url(options) + " has version " +
                          std::to_string(present) + ": --to takes a number from 0 to that.",
                      "to");
  }
  std::vector<MigrationStatus> done;
  for (int version = present; version > target; --version) {
    const Migration& migration = known[static_cast<std::size_t>(version - 1)];
    if (auto undone = schema->undo(migration, wanted.drop_rows); !undone) {
      return std::move(undone).error();
    }
    done.push_back(status_of(migration));
  }
  return done;
}

}  // namespace hts::postgres
