#include "config/job_store.hpp"

#include <chrono>
#include <filesystem>
#include <utility>

#include "adapters/redis/redis_job_store.hpp"
#include "adapters/sqlite/sqlite_job_store.hpp"

namespace hts::config {
namespace {

constexpr std::string_view redis_scheme = "redis://";

}  // namespace

result::Result<std::unique_ptr<ports::JobStore>> open_job_store(const Settings& settings,
                                                                log::JsonLog& log) {
  const std::string& where = settings.text("jobs.store");
  if (where == "sqlite") {
    auto store = sqlite::SqliteJobStore::open(std::filesystem::path{settings.text("state.root")} /
                                              "jobs.sqlite");
    if (!store) return std::move(store).error();
    return std::unique_ptr<ports::JobStore>(std::move(store).value());
  }
  if (where.starts_with(redis_scheme)) {
    redis::JobStoreOptions options;
    const std::string& password_file = settings.text("jobs.password_file");
    if (password_file != "-") options.password_file = password_file;
    options.warn = [&log](const std::string& advice) {
      log.write(log::Level::warning, "jobs", advice);
    };
    return redis::open_job_store(where, options);
  }
  return result::make_error(
      result::ErrorCode::invalid,
      "jobs.store is '" + where + "': give sqlite, or redis://[user@]host:port[/db].",
      "jobs.store");
}

result::Result<AcceptingJobStore> open_accepting_job_store(const Settings& settings,
                                                           log::JsonLog& log) {
  auto store = open_job_store(settings, log);
  if (!store) return std::move(store).error();
  if (settings.text("jobs.store") == "sqlite") return AcceptingJobStore{std::move(*store), nullptr};
  auto file = sqlite::SqliteJobStore::open(std::filesystem::path{settings.text("state.root")} /
                                           "spool.sqlite");
  if (!file) return std::move(file).error();
  auto spooling = spool::SpoolingJobStore::open(std::move(store).value(), std::move(file).value());
  if (!spooling) return std::move(spooling).error();
  spool::SpoolingJobStore* const opened = spooling->get();
  return AcceptingJobStore{std::move(*spooling), opened};
}

JobOptions job_options(const Settings& settings, std::string worker) {
  JobOptions jobs;
  jobs.worker = std::move(worker);
  jobs.is_shared = settings.text("jobs.store") != "sqlite";
  jobs.capacity = static_cast<std::uint64_t>(settings.integer("jobs.capacity"));
  jobs.lease = std::chrono::seconds{settings.integer("jobs.lease_seconds")};
  jobs.keep = std::chrono::hours{24 * settings.integer("jobs.keep_days")};
  return jobs;
}

}  // namespace hts::config
