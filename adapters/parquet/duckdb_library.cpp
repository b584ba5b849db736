#include "adapters/parquet/duckdb_library.hpp"

#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <dlfcn.h>

namespace hts::parquet {
namespace {

using result::ErrorCode;
using result::make_error;

std::vector<std::string> library_places() {
  // Read once, before threads that could change the environment matter.
  if (const char* given = std::getenv("HTS_DUCKDB_LIBRARY");  // NOLINT(concurrency-mt-unsafe)
      given != nullptr && *given != '\0') {
    return {given};
  }
  std::vector<std::string> places;
  std::error_code ignored;
  const auto executable = std::filesystem::read_symlink("/proc/self/exe", ignored);
  if (!ignored) {
    const auto folder = executable.parent_path();
    places.push_back((folder / "libduckdb.so").string());
    places.push_back((folder.parent_path() / "lib" / "hts" / "libduckdb.so").string());
  }
  places.emplace_back(HTS_DUCKDB_LIBRARY_PATH);
  places.emplace_back("libduckdb.so");
  return places;
}

/// Finds functions by name and remembers the first that is missing.
class FunctionFinder {
 public:
  explicit FunctionFinder(void* library) : library_(library) {}

  template <class Function>
  void find(Function& function, const char* name) {
    function = reinterpret_cast<Function>(dlsym(library_, name));
    if (function == nullptr && missing_.empty()) missing_ = name;
  }
  [[nodiscard]] const std::string& missing() const noexcept { return missing_; }

 private:
  void* library_;
  std::string missing_;
};

/// The name of the first function that the library lacks, or nothing.
std::string find_functions(void* library, DuckdbApi& api) {
  FunctionFinder finder{library};
  finder.find(api.create_config, "duckdb_create_config");
  finder.find(api.set_config, "duckdb_set_config");
  finder.find(api.destroy_config, "duckdb_destroy_config");
  finder.find(api.open_ext, "duckdb_open_ext");
  finder.find(api.close, "duckdb_close");
  finder.find(api.connect, "duckdb_connect");
  finder.find(api.disconnect, "duckdb_disconnect");
  finder.find(api.destroy_result, "duckdb_destroy_result");
  finder.find(api.result_error, "duckdb_result_error");
  finder.find(api.prepare, "duckdb_prepare");
  finder.find(api.prepare_error, "duckdb_prepare_error");
  finder.find(api.destroy_prepare, "duckdb_destroy_prepare");
  finder.find(api.pending_prepared_streaming, "duckdb_pending_prepared_streaming");
  finder.find(api.pending_error, "duckdb_pending_error");
  finder.find(api.execute_pending, "duckdb_execute_pending");
  finder.find(api.destroy_pending, "duckdb_destroy_pending");
  finder.find(api.prepared_statement_column_type, "duckdb_prepared_statement_column_type");
  finder.find(api.fetch_chunk, "duckdb_fetch_chunk");
  finder.find(api.destroy_data_chunk, "duckdb_destroy_data_chunk");
  finder.find(api.data_chunk_get_size, "duckdb_data_chunk_get_size");
  finder.find(api.data_chunk_get_vector, "duckdb_data_chunk_get_vector");
  finder.find(api.data_chunk_set_size, "duckdb_data_chunk_set_size");
  finder.find(api.vector_size, "duckdb_vector_size");
  finder.find(api.vector_get_data, "duckdb_vector_get_data");
  finder.find(api.vector_get_validity, "duckdb_vector_get_validity");
  finder.find(api.vector_assign_string_element_len, "duckdb_vector_assign_string_element_len");
  finder.find(api.string_t_length, "duckdb_string_t_length");
  finder.find(api.string_t_data, "duckdb_string_t_data");
  finder.find(api.create_logical_type, "duckdb_create_logical_type");
  finder.find(api.destroy_logical_type, "duckdb_destroy_logical_type");
  finder.find(api.create_table_function, "duckdb_create_table_function");
  finder.find(api.destroy_table_function, "duckdb_destroy_table_function");
  finder.find(api.table_function_set_name, "duckdb_table_function_set_name");
  finder.find(api.table_function_add_parameter, "duckdb_table_function_add_parameter");
  finder.find(api.table_function_set_bind, "duckdb_table_function_set_bind");
  finder.find(api.table_function_set_init, "duckdb_table_function_set_init");
  finder.find(api.table_function_set_function, "duckdb_table_function_set_function");
  finder.find(api.register_table_function, "duckdb_register_table_function");
  finder.find(api.bind_get_parameter, "duckdb_bind_get_parameter");
  finder.find(api.bind_add_result_column, "duckdb_bind_add_result_column");
  finder.find(api.bind_set_bind_data, "duckdb_bind_set_bind_data");
  finder.find(api.bind_set_cardinality, "duckdb_bind_set_cardinality");
  finder.find(api.init_get_bind_data, "duckdb_init_get_bind_data");
  finder.find(api.init_set_init_data, "duckdb_init_set_init_data");
  finder.find(api.init_set_max_threads, "duckdb_init_set_max_threads");
  finder.find(api.function_get_bind_data, "duckdb_function_get_bind_data");
  finder.find(api.function_get_init_data, "duckdb_function_get_init_data");
  finder.find(api.function_set_error, "duckdb_function_set_error");
  finder.find(api.get_int64, "duckdb_get_int64");
  finder.find(api.destroy_value, "duckdb_destroy_value");
  finder.find(api.free, "duckdb_free");
  return finder.missing();
}

result::Result<DuckdbApi> find_library() {
  constexpr const char* next_step =
      " Run deploy/install-dependencies, or set HTS_DUCKDB_LIBRARY to the path of libduckdb.so.";
  std::string tried;
  for (const std::string& place : library_places()) {
    const bool is_path = place.find('/') != std::string::npos;
    std::error_code ignored;
    const bool there = !is_path || std::filesystem::exists(place, ignored);
    // Local: DuckDB brings copies of well-known libraries whose symbols must not leak into ours.
    void* library = there ? dlopen(place.c_str(), RTLD_NOW | RTLD_LOCAL) : nullptr;
    if (library == nullptr) {
      const char* reason = there ? dlerror() : nullptr;  // NOLINT(concurrency-mt-unsafe)
      tried += (tried.empty() ? "" : ", ") + place;
      if (is_path && there) {
        tried += std::string{" ("} + (reason != nullptr ? reason : "cannot be loaded") + ")";
      }
      continue;
    }
    DuckdbApi api;
    if (const std::string missing = find_functions(library, api); !missing.empty()) {
      dlclose(library);
      std::string message = "The DuckDB library ";
      message += place;
      message += " has no function ";
      message += missing;
      message += ": it is not version 1.4.";
      message += next_step;
      return make_error(ErrorCode::storage, std::move(message));
    }
    return api;
  }
  return make_error(
      ErrorCode::storage,
      "Parquet files need the DuckDB library, which is in none of: " + tried + "." + next_step);
}

}  // namespace

result::Result<const DuckdbApi*> load_duckdb() {
  static std::mutex mutex;
  static std::optional<DuckdbApi> loaded;
  const std::lock_guard lock{mutex};
  if (!loaded) {
    auto found = find_library();
    if (!found) return std::move(found).error();
    loaded = *found;
  }
  return &*loaded;
}

}  // namespace hts::parquet
