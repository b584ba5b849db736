#include "adapters/parquet/column_source.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "adapters/parquet/duckdb_connection.hpp"
#include "engine/ports/candle_store.hpp"

namespace hts::parquet {
namespace {

constexpr const char* source_function = "hts_columns";

/// What the table function's parameter points at, for the time of one COPY statement.
struct ColumnSource {
  std::span<const Column> columns;
  std::size_t rows = 0;
  std::size_t next_row = 0;
  const NextColumns* more = nullptr;  ///< null: these are all
  const std::atomic<bool>* cancel = nullptr;
};

std::size_t length_of(const ColumnValues& values) {
  return std::visit([](const auto& span) { return span.size(); }, values);
}

duckdb_type type_of(const ColumnValues& values) {
  constexpr std::array<duckdb_type, std::variant_size_v<ColumnValues>> types = {
      DUCKDB_TYPE_BIGINT, DUCKDB_TYPE_DOUBLE, DUCKDB_TYPE_BIGINT, DUCKDB_TYPE_VARCHAR,
      DUCKDB_TYPE_BOOLEAN};
  return types[values.index()];
}

/// Copies the rows [begin, begin + count) of a column into a vector.
struct FillVector {
  const DuckdbApi& api;
  duckdb_vector vector;
  std::size_t begin;
  std::size_t count;

  template <class T>
  void operator()(std::span<const T> values) const {
    if (count == 0) return;  // memcpy takes no null, not even for nothing
    std::memcpy(api.vector_get_data(vector), values.data() + begin, count * sizeof(T));
  }
  void operator()(std::span<const time::Timestamp> values) const {
    auto* milliseconds = static_cast<std::int64_t*>(api.vector_get_data(vector));
    for (std::size_t i = 0; i < count; ++i) {
      milliseconds[i] = time::to_milliseconds(values[begin + i]);
    }
  }
  void operator()(std::span<const std::string_view> values) const {
    for (std::size_t i = 0; i < count; ++i) {
      const std::string_view text = values[begin + i];
      api.vector_assign_string_element_len(vector, i, text.data(), text.size());
    }
  }
};

/// DuckDB calls back with nothing but handles; the functions to ask them with are found again.
const DuckdbApi& functions() {
  return **load_duckdb();
}

void bind_source(duckdb_bind_info info) {
  const DuckdbApi& api = functions();
  duckdb_value address = api.bind_get_parameter(info, 0);
  // A table function's parameters are SQL values: the address travels as one.
  auto* source =
      reinterpret_cast<ColumnSource*>(api.get_int64(address));  // NOLINT(performance-no-int-to-ptr)
  api.destroy_value(&address);
  for (const Column& column : source->columns) {
    duckdb_logical_type type = api.create_logical_type(type_of(column.values));
    api.bind_add_result_column(info, column.name, type);
    api.destroy_logical_type(&type);
  }
  if (source->more == nullptr) api.bind_set_cardinality(info, source->rows, true);
  api.bind_set_bind_data(info, source, nullptr);
}

void start_source(duckdb_init_info info) {
  const DuckdbApi& api = functions();
  static_cast<ColumnSource*>(api.init_get_bind_data(info))->next_row = 0;
  // One thread: rows leave in their order.
  api.init_set_max_threads(info, 1);
}

/// Fetches more as soon as all rows are given.
void refill(ColumnSource& source) {
  while (source.next_row == source.rows && source.more != nullptr) {
    const auto columns = (*source.more)();
    if (columns.empty()) {
      source.more = nullptr;
      return;
    }
    source.columns = columns;
    source.rows = length_of(columns.front().values);
    source.next_row = 0;
  }
}

void give_rows(duckdb_function_info info, duckdb_data_chunk output) {
  const DuckdbApi& api = functions();
  auto& source = *static_cast<ColumnSource*>(api.function_get_bind_data(info));
  if (ports::is_cancelled(source.cancel)) {
    api.function_set_error(info, "it was cancelled");
    return;
  }
  refill(source);
  const std::size_t count = std::min<std::size_t>(api.vector_size(), source.rows - source.next_row);
  for (std::size_t i = 0; i < source.columns.size(); ++i) {
    const FillVector fill{api, api.data_chunk_get_vector(output, i), source.next_row, count};
    std::visit(fill, source.columns[i].values);
  }
  source.next_row += count;
  api.data_chunk_set_size(output, count);
}

}  // namespace

result::Status register_column_source(const DuckdbApi& api, duckdb_connection connection) {
  duckdb_table_function function = api.create_table_function();
  duckdb_logical_type address = api.create_logical_type(DUCKDB_TYPE_BIGINT);
  api.table_function_set_name(function, source_function);
  api.table_function_add_parameter(function, address);
  api.table_function_set_bind(function, bind_source);
  api.table_function_set_init(function, start_source);
  api.table_function_set_function(function, give_rows);
  const bool failed = api.register_table_function(connection, function) == DuckDBError;
  api.destroy_logical_type(&address);
  api.destroy_table_function(&function);
  if (failed) {
    return result::make_error(result::ErrorCode::storage, "it does not take our table function");
  }
  return result::success();
}

namespace {

result::Status copy_to(Connection& connection, const std::filesystem::path& path,
                       ColumnSource& source) {
  const auto address = reinterpret_cast<std::intptr_t>(&source);
  // Plain values and dictionaries, which every reader knows. Version 2's split bytes cost a load
  // one and a half times as much, codecs up to three and a half times, for files 30 to 45 %
  // smaller.
  auto copied = connection.query("COPY (SELECT * FROM " + std::string{source_function} + "(" +
                                 std::to_string(address) + ")) TO " + quote_sql(path.string()) +
                                 " (FORMAT parquet, COMPRESSION uncompressed, PARQUET_VERSION v1, "
                                 "ROW_GROUP_SIZE 61440, USE_TMP_FILE false)");
  if (!copied) return std::move(copied).error();
  // The count of rows: the copy has ended once it is there.
  auto counted = copied->next();
  if (!counted) return std::move(counted).error();
  return result::success();
}

}  // namespace

result::Status write_parquet(Connection& connection, const std::filesystem::path& path,
                             std::span<const Column> columns, const std::atomic<bool>* cancel) {
  ColumnSource source;
  source.cancel = cancel;
  source.columns = columns;
  source.rows = columns.empty() ? 0 : length_of(columns.front().values);
  return copy_to(connection, path, source);
}

result::Status write_parquet(Connection& connection, const std::filesystem::path& path,
                             std::span<const Column> first, const NextColumns& next) {
  ColumnSource source;
  source.columns = first;
  source.rows = first.empty() ? 0 : length_of(first.front().values);
  source.more = &next;
  return copy_to(connection, path, source);
}

}  // namespace hts::parquet
