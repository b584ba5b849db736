#pragma once

#include <duckdb.h>

#include "engine/result/result.hpp"

/// DuckDB's shared library, loaded when Parquet is first touched: a process that never does so pays
/// neither its 60 MB of code nor its start-up. Included only by the sources of this folder.
namespace hts::parquet {

/// The C functions that this folder calls; `open_ext` is `duckdb_open_ext`, and so on.
struct DuckdbApi {
  decltype(&::duckdb_create_config) create_config = nullptr;
  decltype(&::duckdb_set_config) set_config = nullptr;
  decltype(&::duckdb_destroy_config) destroy_config = nullptr;
  decltype(&::duckdb_open_ext) open_ext = nullptr;
  decltype(&::duckdb_close) close = nullptr;
  decltype(&::duckdb_connect) connect = nullptr;
  decltype(&::duckdb_disconnect) disconnect = nullptr;
  decltype(&::duckdb_destroy_result) destroy_result = nullptr;
  decltype(&::duckdb_result_error) result_error = nullptr;
  decltype(&::duckdb_prepare) prepare = nullptr;
  decltype(&::duckdb_prepare_error) prepare_error = nullptr;
  decltype(&::duckdb_destroy_prepare) destroy_prepare = nullptr;
  decltype(&::duckdb_pending_prepared_streaming) pending_prepared_streaming = nullptr;
  decltype(&::duckdb_pending_error) pending_error = nullptr;
  decltype(&::duckdb_execute_pending) execute_pending = nullptr;
  decltype(&::duckdb_destroy_pending) destroy_pending = nullptr;
  decltype(&::duckdb_prepared_statement_column_type) prepared_statement_column_type = nullptr;
  decltype(&::duckdb_fetch_chunk) fetch_chunk = nullptr;
  decltype(&::duckdb_destroy_data_chunk) destroy_data_chunk = nullptr;
  decltype(&::duckdb_data_chunk_get_size) data_chunk_get_size = nullptr;
  decltype(&::duckdb_data_chunk_get_vector) data_chunk_get_vector = nullptr;
  decltype(&::duckdb_data_chunk_set_size) data_chunk_set_size = nullptr;
  decltype(&::duckdb_vector_size) vector_size = nullptr;
  decltype(&::duckdb_vector_get_data) vector_get_data = nullptr;
  decltype(&::duckdb_vector_get_validity) vector_get_validity = nullptr;
  decltype(&::duckdb_vector_assign_string_element_len) vector_assign_string_element_len = nullptr;
  decltype(&::duckdb_string_t_length) string_t_length = nullptr;
  decltype(&::duckdb_string_t_data) string_t_data = nullptr;
  decltype(&::duckdb_create_logical_type) create_logical_type = nullptr;
  decltype(&::duckdb_destroy_logical_type) destroy_logical_type = nullptr;
  decltype(&::duckdb_create_table_function) create_table_function = nullptr;
  decltype(&::duckdb_destroy_table_function) destroy_table_function = nullptr;
  decltype(&::duckdb_table_function_set_name) table_function_set_name = nullptr;
  decltype(&::duckdb_table_function_add_parameter) table_function_add_parameter = nullptr;
  decltype(&::duckdb_table_function_set_bind) table_function_set_bind = nullptr;
  decltype(&::duckdb_table_function_set_init) table_function_set_init = nullptr;
  decltype(&::duckdb_table_function_set_function) table_function_set_function = nullptr;
  decltype(&::duckdb_register_table_function) register_table_function = nullptr;
  decltype(&::duckdb_bind_get_parameter) bind_get_parameter = nullptr;
  decltype(&::duckdb_bind_add_result_column) bind_add_result_column = nullptr;
  decltype(&::duckdb_bind_set_bind_data) bind_set_bind_data = nullptr;
  decltype(&::duckdb_bind_set_cardinality) bind_set_cardinality = nullptr;
  decltype(&::duckdb_init_get_bind_data) init_get_bind_data = nullptr;
  decltype(&::duckdb_init_set_init_data) init_set_init_data = nullptr;
  decltype(&::duckdb_init_set_max_threads) init_set_max_threads = nullptr;
  decltype(&::duckdb_function_get_bind_data) function_get_bind_data = nullptr;
  decltype(&::duckdb_function_get_init_data) function_get_init_data = nullptr;
  decltype(&::duckdb_function_set_error) function_set_error = nullptr;
  decltype(&::duckdb_get_int64) get_int64 = nullptr;
  decltype(&::duckdb_destroy_value) destroy_value = nullptr;
  decltype(&::duckdb_free) free = nullptr;
};

/// Loads the library on the first successful call; the table lives as long as the process. Looks in
/// `$HTS_DUCKDB_LIBRARY` (which, when set, must work), beside the executable, in `../lib/hts`, in
/// the folder of the build, then where the system's loader looks. Thread-safe. Error: storage, with
/// the places that were tried.
[[nodiscard]] result::Result<const DuckdbApi*> load_duckdb();

}  // namespace hts::parquet
