#include "adapters/parquet/duckdb_database.hpp"

#include <array>
#include <mutex>
#include <utility>

#include "adapters/parquet/column_source.hpp"
#include "adapters/parquet/duckdb_connection.hpp"
#include "adapters/parquet/duckdb_library.hpp"

namespace hts::parquet {
namespace {

result::Error start_failure(const std::string& reason) {
  return result::make_error(
      result::ErrorCode::storage,
      "DuckDB, which reads and writes Parquet files, does not start: " + reason +
          ". Check the free memory, or run deploy/install-dependencies again.");
}

result::Result<duckdb_connection> new_connection(OpenDatabase& database) {
  duckdb_connection connection = nullptr;
  if (database.api.connect(database.handle, &connection) == DuckDBError) {
    return start_failure("it gives no connection");
  }
  return connection;
}

result::Result<std::shared_ptr<OpenDatabase>> open_database(const DuckdbOptions& options) {
  auto loaded = load_duckdb();
  if (!loaded) return std::move(loaded).error();
  const DuckdbApi& api = **loaded;

  const std::array<std::pair<const char*, std::string>, 7> settings = {{
      {"threads", std::to_string(options.threads)},
      {"memory_limit", options.memory_limit},
      {"temp_directory", ""},
      {"autoinstall_known_extensions", "false"},
      {"autoload_known_extensions", "false"},
      {"allow_community_extensions", "false"},
      // Files are replaced by rename, also by other processes: what was read before may be stale.
      {"enable_external_file_cache", "false"},
  }};
  duckdb_config config = nullptr;
  if (api.create_config(&config) == DuckDBError) return start_failure("no memory");
  for (const auto& [name, value] : settings) {
    if (api.set_config(config, name, value.c_str()) == DuckDBError) {
      api.destroy_config(&config);
      return start_failure(std::string{"it does not take "} + name + " = '" + value + "'");
    }
  }
  auto database = std::make_shared<OpenDatabase>(api);
  char* reason = nullptr;
  const bool failed = api.open_ext(nullptr, &database->handle, config, &reason) == DuckDBError;
  api.destroy_config(&config);
  if (failed) {
    auto error = start_failure(reason != nullptr ? reason : "no reason given");
    api.free(reason);
    return error;
  }
  auto connection = new_connection(*database);
  if (!connection) return std::move(connection).error();
  database->idle.push_back(*connection);
  if (auto status = register_column_source(api, *connection); !status) {
    return start_failure(status.error().message);
  }
  return database;
}

}  // namespace

struct DuckdbDatabase::State {
  DuckdbOptions options;
  mutable std::mutex mutex;
  std::shared_ptr<OpenDatabase> open;
};

DuckdbDatabase::DuckdbDatabase(DuckdbOptions options) : state_(std::make_unique<State>()) {
  state_->options = std::move(options);
}

DuckdbDatabase::~DuckdbDatabase() = default;

bool DuckdbDatabase::is_open() const {
  const std::lock_guard lock{state_->mutex};
  return state_->open != nullptr;
}

result::Result<Connection> DuckdbDatabase::connect() {
  std::shared_ptr<OpenDatabase> database;
  {
    const std::lock_guard lock{state_->mutex};
    if (state_->open == nullptr || state_->open->broken) {
      auto opened = open_database(state_->options);
      if (!opened) return std::move(opened).error();
      state_->open = std::move(*opened);
    }
    database = state_->open;
  }
  const std::lock_guard lock{database->mutex};
  if (!database->idle.empty()) {
    const duckdb_connection idle = database->idle.back();
    database->idle.pop_back();
    return Connection{database, idle};
  }
  auto connection = new_connection(*database);
  if (!connection) return std::move(connection).error();
  return Connection{database, *connection};
}

}  // namespace hts::parquet
