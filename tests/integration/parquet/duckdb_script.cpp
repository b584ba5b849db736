#include "duckdb_script.hpp"

#include <dlfcn.h>
#include <duckdb.h>
#include <gtest/gtest.h>

namespace hts::testing {
namespace {

/// The library, linked at run time and independent of the adapter's own table of functions.
class DuckdbScript {
 public:
  DuckdbScript() : library_(dlopen(HTS_DUCKDB_LIBRARY_PATH, RTLD_NOW | RTLD_LOCAL)) {
    if (library_ == nullptr) return;
    function<decltype(&duckdb_open)>("duckdb_open")(nullptr, &database_);
    function<decltype(&duckdb_connect)>("duckdb_connect")(database_, &connection_);
  }
  ~DuckdbScript() {
    if (library_ == nullptr) return;
    function<decltype(&duckdb_disconnect)>("duckdb_disconnect")(&connection_);
    function<decltype(&duckdb_close)>("duckdb_close")(&database_);
  }
  DuckdbScript(const DuckdbScript&) = delete;
  DuckdbScript& operator=(const DuckdbScript&) = delete;

  [[nodiscard]] std::string run(const std::string& sql, bool has_answer) {
    if (library_ == nullptr) {
      ADD_FAILURE() << "No " << HTS_DUCKDB_LIBRARY_PATH;
      return {};
    }
    duckdb_result result{};
    std::string answer;
    if (function<decltype(&duckdb_query)>("duckdb_query")(connection_, sql.c_str(), &result) ==
        DuckDBError) {
      ADD_FAILURE() << function<decltype(&duckdb_result_error)>("duckdb_result_error")(&result);
    } else if (has_answer) {
      char* text = function<decltype(&duckdb_value_varchar)>("duckdb_value_varchar")(&result, 0, 0);
      answer = text != nullptr ? text : "NULL";
      function<decltype(&duckdb_free)>("duckdb_free")(text);
    }
    function<decltype(&duckdb_destroy_result)>("duckdb_destroy_result")(&result);
    return answer;
  }

 private:
  template <class Function>
  [[nodiscard]] Function function(const char* name) const {
    return reinterpret_cast<Function>(dlsym(library_, name));
  }

  void* library_;
  duckdb_database database_ = nullptr;
  duckdb_connection connection_ = nullptr;
};

}  // namespace

void run_duckdb(const std::string& sql) {
  (void)DuckdbScript{}.run(sql, false);
}

std::string ask_duckdb(const std::string& sql) {
  return DuckdbScript{}.run(sql, true);
}

}  // namespace hts::testing
