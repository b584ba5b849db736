#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/postgres/connection_options.hpp"
#include "engine/result/result.hpp"
#include "engine/time/timestamp.hpp"

/// The tables of the engine in a PostgreSQL database, by versions: each migration is a file that
/// is never edited once it is released. What was applied is in the table `schema_migrations`.
///
/// 1. A migration is applied or undone whole, with its row, or not at all.
/// 2. Programs that migrate at the same time do so one after the other (an advisory lock).
/// 3. Nothing is changed, and an error (conflict) says why, when a migration was edited after it
///    was applied, when the database is newer than this program, and when it is another program's.
///
/// A statement of a migration may take ten minutes, for tables may be large; a server that does not
/// answer at all is given up as everywhere. Errors beside those: of `connection.hpp`.
namespace hts::postgres {

struct Migration {
  int version = 0;  ///< 1, 2, ... without gaps
  std::string_view name;
  std::string_view up;
  std::string_view down;
  std::string_view checksum;  ///< SHA-256 of `up`, hexadecimal
};

/// Those of `migrations/`, oldest first.
[[nodiscard]] std::span<const Migration> embedded_migrations() noexcept;

struct MigrationStatus {
  int version = 0;
  std::string name;
  std::string checksum;
  std::optional<time::Timestamp> applied_at;  ///< nothing: not yet
};

/// All that this program knows, oldest first. Refuses as 3.
[[nodiscard]] result::Result<std::vector<MigrationStatus>> migration_status(
    const ConnectionOptions& options, std::span<const Migration> known = embedded_migrations());

/// Applies what is missing, and returns it.
[[nodiscard]] result::Result<std::vector<MigrationStatus>> migrate(
    const ConnectionOptions& options, std::span<const Migration> known = embedded_migrations());

struct RollBackOptions {
  std::optional<int> to;   ///< the version that stays; nothing: one less than the present
  bool drop_rows = false;  ///< also when a table that goes has rows
};

/// Undoes the newest migrations, newest first, and returns them. Errors beside those above:
/// invalid, field `to`; conflict, field `drop_rows`, naming the table, before anything of its
/// migration is undone.
[[nodiscard]] result::Result<std::vector<MigrationStatus>> roll_back(
    const ConnectionOptions& options, RollBackOptions wanted,
    std::span<const Migration> known = embedded_migrations());

}  // namespace hts::postgres
