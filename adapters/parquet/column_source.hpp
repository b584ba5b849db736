#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "adapters/parquet/duckdb_library.hpp"
#include "engine/result/result.hpp"
#include "engine/time/timestamp.hpp"

/// Columns in our memory, written to a Parquet file without an intermediate table. Included only by
/// the sources of this folder.
namespace hts::parquet {

class Connection;

/// A column's values: BIGINT, DOUBLE, BIGINT milliseconds since 1970, VARCHAR, BOOLEAN.
using ColumnValues = std::variant<std::span<const std::int64_t>, std::span<const double>,
                                  std::span<const time::Timestamp>,
                                  std::span<const std::string_view>, std::span<const bool>>;

struct Column {
  const char* name;
  ColumnValues values;
};

/// Makes the table function that `write_parquet` reads from; once for each opened database.
[[nodiscard]] result::Status register_column_source(const DuckdbApi& api,
                                                    duckdb_connection connection);

/// Writes columns of equal length to a new file, in row groups small enough that a day of a year is
/// found quickly. Not synced. On an error (storage, with DuckDB's message) the file may be there,
/// incomplete. Once the flag (null: never) is set, no more rows are written: an error.
[[nodiscard]] result::Status write_parquet(Connection& connection,
                                           const std::filesystem::path& path,
                                           std::span<const Column> columns,
                                           const std::atomic<bool>* cancel = nullptr);

/// The next columns, with the names and types of the first, whatever their length; nothing at the
/// end. They must stay as they are until the next call.
using NextColumns = std::function<std::span<const Column>()>;

/// The same for more rows than memory holds: `first` says names and types and may have no row.
/// Calls `next` on a thread of DuckDB's or the caller's.
[[nodiscard]] result::Status write_parquet(Connection& connection,
                                           const std::filesystem::path& path,
                                           std::span<const Column> first, const NextColumns& next);

}  // namespace hts::parquet
