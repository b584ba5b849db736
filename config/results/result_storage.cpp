#include "config/results/result_storage.hpp"

#include <string_view>
#include <system_error>
#include <utility>

#include "adapters/credentials/url_password.hpp"
#include "adapters/postgres/migrations.hpp"
#include "adapters/postgres/postgres_collection_status.hpp"
#include "adapters/postgres/postgres_job_history.hpp"
#include "adapters/postgres/postgres_preset_store.hpp"
#include "adapters/postgres/postgres_result_store.hpp"
#include "adapters/shelter/sheltered_stores.hpp"
#include "adapters/sqlite/sqlite_collection_status.hpp"
#include "adapters/sqlite/sqlite_job_history.hpp"
#include "adapters/sqlite/sqlite_preset_store.hpp"
#include "adapters/sqlite/sqlite_result_store.hpp"
#include "config/results/postgres_options.hpp"

namespace hts::config {
namespace {

using result::ErrorCode;
using result::make_error;
using result::Result;

constexpr std::string_view sqlite_scheme = "sqlite:";

/// Moves a store into its place, or keeps why there is none.
template <class Port, class Store>
result::Status take(std::unique_ptr<Port>& place, Result<std::unique_ptr<Store>> opened) {
  if (!opened) return std::move(opened).error();
  place = std::move(opened).value();
  return result::success();
}

Result<ResultStorage> open_sqlite(const std::filesystem::path& path) {
  ResultStorage storage;
  storage.name = "sqlite:" + path.string();
  for (auto taken : {take(storage.runs, sqlite::SqliteResultStore::open(path)),
                     take(storage.jobs, sqlite::SqliteJobHistory::open(path)),
                     take(storage.presets, sqlite::SqlitePresetStore::open(path)),
                     take(storage.collection, sqlite::SqliteCollectionStatus::open(path))}) {
    if (!taken) return std::move(taken).error();
  }
  return storage;
}

result::Status check_migrated(const postgres::ConnectionOptions& options) {
  const auto statuses = postgres::migration_status(options);
  if (!statuses) return statuses.error();
  for (const postgres::MigrationStatus& status : *statuses) {
    if (!status.applied_at) {
      return make_error(ErrorCode::conflict,
                        "The database " + postgres::shown_url(options) +
                            " has not all tables of this program: run `hts db migrate` on it.",
                        "url");
    }
  }
  return result::success();
}

Result<ResultStorage> open_postgres(const postgres::ConnectionOptions& options, Migrate migrate) {
  if (migrate == Migrate::yes) {
    if (auto migrated = postgres::migrate(options); !migrated) return std::move(migrated).error();
  } else if (auto sound = check_migrated(options); !sound) {
    return std::move(sound).error();
  }
  const auto pool = std::make_shared<postgres::ConnectionPool>(options);
  ResultStorage storage;
  storage.runs = std::make_unique<postgres::PostgresResultStore>(pool);
  storage.jobs = std::make_unique<postgres::PostgresJobHistory>(pool);
  storage.presets = std::make_unique<postgres::PostgresPresetStore>(pool);
  storage.collection = std::make_unique<postgres::PostgresCollectionStatus>(pool);
  storage.name = postgres::shown_url(options);
  return storage;
}

}  // namespace

Result<ResultStorageOptions> result_storage_options(const Settings& settings) {
  ResultStorageOptions options;
  options.url = settings.text("results.url");
  options.state_root = settings.text("state.root");
  options.connections = static_cast<std::size_t>(settings.integer("results.connections"));
  options.timeout = std::chrono::seconds{settings.integer("results.timeout_seconds")};
  if (const std::string& file = settings.text("results.password_file"); file != "-") {
    auto password = credentials::read_password_file(file);
    if (!password) return std::move(password).error();
    options.password = std::move(*password);
  }
  return options;
}

postgres::ConnectionOptions postgres_options(const ResultStorageOptions& options) {
  return {options.url, options.password, options.timeout, options.timeout, options.connections};
}

std::filesystem::path sqlite_path(const ResultStorageOptions& options) {
  if (options.url == "sqlite") return options.state_root / "results.sqlite";
  if (!options.url.starts_with(sqlite_scheme)) return {};
  return options.url.substr(sqlite_scheme.size());
}

Result<ResultStorage> sheltered(
    ResultStorage storage, const std::filesystem::path& state_root,
    std::function<void(bool is_problem, const std::string& what)> note) {
  shelter::ShelterOptions options;
  options.file = state_root / "results.outbox.sqlite";
  options.note = std::move(note);
  std::error_code ignored;
  if (storage.name.starts_with(sqlite_scheme) && !std::filesystem::exists(options.file, ignored)) {
    return storage;
  }
  auto opened = shelter::ResultShelter::open(std::move(options), std::move(storage.runs),
                                             std::move(storage.jobs));
  if (!opened) return std::move(opened).error();
  storage.shelter = *opened;
  storage.runs = std::make_unique<shelter::ShelteredResultStore>(*opened);
  storage.jobs = std::make_unique<shelter::ShelteredJobHistory>(*opened);
  return storage;
}

Result<ResultStorage> open_result_storage(const ResultStorageOptions& options, Migrate migrate) {
  if (const auto path = sqlite_path(options); !path.empty()) return open_sqlite(path);
  if (postgres::is_postgres_url(options.url)) {
    return open_postgres(postgres_options(options), migrate);
  }
  return make_error(ErrorCode::invalid,
                    "'" + credentials::without_password(options.url) +
                        "' names no database for results: give sqlite, sqlite:PATH or "
                        "postgresql://user@host:5432/database.",
                    "url");
}

}  // namespace hts::config
