#include "config/db_command.hpp"

#include <optional>
#include <span>
#include <utility>

#include "adapters/cli/text_table.hpp"
#include "adapters/postgres/migrations.hpp"
#include "adapters/sqlite/sqlite_schema.hpp"
#include "config/results/postgres_options.hpp"
#include "config/results/result_storage.hpp"
#include "config/storage_options.hpp"
#include "engine/json/json_writer.hpp"

namespace hts::config {
namespace {

namespace options = boost::program_options;
using cli::CommandEnvironment;
using postgres::MigrationStatus;
using result::ErrorCode;

int report_error(const result::Error& error, CommandEnvironment& environment) {
  return cli::report(error, environment,
                     is_wrong_usage(error) ? cli::exit_usage : cli::exit_failed);
}

/// What a command did or saw.
struct SchemaReport {
  std::string database;
  std::int64_t version = 0;
  std::int64_t newest = 0;
  const char* changed_name = nullptr;    ///< "applied" or "undone"; null: only looked
  std::vector<MigrationStatus> changed;  ///< by this command
  std::vector<MigrationStatus> all;
};

void write_migrations(json::Writer& writer, const char* name,
                      std::span<const MigrationStatus> migrations) {
  writer.key(name);
  writer.begin_array();
  for (const MigrationStatus& migration : migrations) {
    writer.begin_object();
    writer.member("version", migration.version);
    writer.member("name", migration.name);
    writer.member("checksum", migration.checksum);
    writer.key("applied_at");
    if (migration.applied_at) {
      writer.value(time::format_iso8601(*migration.applied_at));
    } else {
      writer.value(nullptr);
    }
    writer.end_object();
  }
  writer.end_array();
}

void print_json(const SchemaReport& report, std::ostream& out) {
  std::string text;
  json::Writer writer{text};
  writer.begin_object();
  writer.member("database", report.database);
  writer.member("version", report.version);
  writer.member("newest", report.newest);
  if (report.changed_name != nullptr) write_migrations(writer, report.changed_name, report.changed);
  write_migrations(writer, "migrations", report.all);
  writer.end_object();
  out << text << "\n";
}

void print_text(const SchemaReport& report, std::ostream& out) {
  out << report.database << "\n";
  for (const MigrationStatus& migration : report.changed) {
    out << report.changed_name << " " << migration.version << " " << migration.name << "\n";
  }
  if (report.changed_name == nullptr && !report.all.empty()) {
    cli::TextTable table({"migration", "applied (UTC)"});
    for (const MigrationStatus& migration : report.all) {
      table.add({std::to_string(migration.version) + " " + migration.name,
                 migration.applied_at ? time::format_minute(*migration.applied_at) : "-"});
    }
    table.print(out);
  }
  out << "version " << report.version << " of " << report.newest;
  out << (report.version < report.newest ? ": run `hts db migrate` for the rest.\n" : "\n");
}

/// The options and help that the three have in common.
struct DbCommand {
  cli::CommandHelp help;
  options::options_description described{"Options"};

  explicit DbCommand(cli::CommandHelp given) : help(std::move(given)) {
    described.add_options()(
        "url", options::value<std::string>(),
        "postgresql://user@host:5432/database, sqlite or sqlite:PATH; default: results.url "
        "(HTS_RESULTS_URL)")("json", "print the report as JSON");
    add_storage_options(described);
  }
};

/// Parses, asks `run` for a report, prints it.
template <class Run>
int run_command(DbCommand command, const std::vector<std::string>& arguments,
                CommandEnvironment& environment, Run&& run) {
  const auto parsed =
      cli::parse_arguments(command.help, std::move(command.described), {}, arguments, environment);
  if (parsed.finished) return *parsed.finished;
  const auto settings = command_settings(parsed.values);
  if (!settings) return cli::report(settings.error(), environment, cli::exit_usage);
  const auto storage = result_storage_options(*settings);
  if (!storage) return cli::report(storage.error(), environment);
  const result::Result<SchemaReport> report = run(*storage, parsed.values);
  if (!report) return report_error(report.error(), environment);
  if (parsed.values.count("json") > 0) {
    print_json(*report, environment.out);
  } else {
    print_text(*report, environment.out);
  }
  return cli::exit_success;
}

result::Result<SchemaReport> look_at_sqlite(const std::filesystem::path& path) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) {
    return result::make_error(
        ErrorCode::not_found,
        "There is no database " + path.string() +
            ": the daemon makes it at its start, and `hts db migrate` too. For PostgreSQL give "
            "--url.",
        "url");
  }
  auto version = sqlite::schema_version(path);
  if (!version) return std::move(version).error();
  return SchemaReport{
      "sqlite:" + path.string(), version->present, version->newest, nullptr, {}, {}};
}

result::Result<SchemaReport> look_at(const ResultStorageOptions& storage) {
  if (const auto path = sqlite_path(storage); !path.empty()) return look_at_sqlite(path);
  const auto database = postgres_options(storage);
  auto all = postgres::migration_status(database);
  if (!all) return std::move(all).error();
  SchemaReport report;
  report.database = postgres::shown_url(database);
  report.newest = static_cast<std::int64_t>(all->size());
  for (const MigrationStatus& migration : *all) {
    if (migration.applied_at) report.version = migration.version;
  }
  report.all = std::move(*all);
  return report;
}

result::Result<SchemaReport> look_after(const ResultStorageOptions& storage, const char* changed,
                                        std::vector<MigrationStatus> done) {
  auto report = look_at(storage);
  if (!report) return report;
  report->changed_name = changed;
  report->changed = std::move(done);
  return report;
}

}  // namespace

int run_db_migrate(const std::vector<std::string>& arguments, CommandEnvironment& environment) {
  DbCommand command{
      {"db migrate", "hts db migrate [--url URL] [options]",
       "Brings the database of the results up to this program: applies the migrations that are "
       "missing, each whole or not at all. The daemon does the same at its start.",
       "hts db migrate --url postgresql://hts@127.0.0.1:5432/hts"}};
  return run_command(
      std::move(command), arguments, environment,
      [](const ResultStorageOptions& storage, const auto&) -> result::Result<SchemaReport> {
        if (!sqlite_path(storage).empty()) {
          // Opening it is what migrates it.
          if (auto opened = open_result_storage(storage); !opened) {
            return std::move(opened).error();
          }
          return look_after(storage, "applied", {});
        }
        auto done = postgres::migrate(postgres_options(storage));
        if (!done) return std::move(done).error();
        return look_after(storage, "applied", std::move(*done));
      });
}

int run_db_status(const std::vector<std::string>& arguments, CommandEnvironment& environment) {
  DbCommand command{{"db status", "hts db status [--url URL] [options]",
                     "Shows which migrations the database of the results has, and changes nothing.",
                     "hts db status --url postgresql://hts@127.0.0.1:5432/hts"}};
  return run_command(
      std::move(command), arguments, environment,
      [](const ResultStorageOptions& storage, const auto&) { return look_at(storage); });
}

int run_db_rollback(const std::vector<std::string>& arguments, CommandEnvironment& environment) {
  DbCommand command{
      {"db rollback", "hts db rollback [--to N] [--drop-rows] [--url URL] [options]",
       "Undoes the newest migration of a PostgreSQL database, or all after version N. Tables that "
       "have rows are dropped only with --drop-rows. Stop the daemons that use it first.",
       "hts db rollback --to 3 --url postgresql://hts@127.0.0.1:5432/hts"}};
  command.described.add_options()("to", options::value<int>(),
                                  "the version that stays; default: one less than now")(
      "drop-rows", "also when tables with rows go");
  return run_command(
      std::move(command), arguments, environment,
      [](const ResultStorageOptions& storage,
         const options::variables_map& values) -> result::Result<SchemaReport> {
        if (!sqlite_path(storage).empty()) {
          return result::make_error(
              ErrorCode::invalid,
              "A SQLite database is not rolled back: restore a copy of the file from before. For "
              "PostgreSQL give --url.",
              "url");
        }
        postgres::RollBackOptions wanted;
        if (values.count("to") > 0) wanted.to = values["to"].as<int>();
        wanted.drop_rows = values.count("drop-rows") > 0;
        auto done = postgres::roll_back(postgres_options(storage), wanted);
        if (!done) return std::move(done).error();
        return look_after(storage, "undone", std::move(*done));
      });
}

}  // namespace hts::config
