#include "config/transfer_commands.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "adapters/cli/progress_bar.hpp"
#include "adapters/cli/text_table.hpp"
#include "adapters/parquet/parquet_artifact_store.hpp"
#include "adapters/transfer/copy_results.hpp"
#include "adapters/transfer/import_results.hpp"
#include "config/results/result_storage.hpp"
#include "config/state_claim.hpp"
#include "config/storage_options.hpp"
#include "engine/hash/hash128.hpp"
#include "engine/json/json_writer.hpp"

namespace hts::config {
namespace {

namespace options = boost::program_options;
using cli::CommandEnvironment;
using result::ErrorCode;
using transfer::CopiedTable;
using transfer::ImportedResult;
using transfer::ImportOutcome;
using transfer::ResultImport;

int report_failure(const result::Error& error, CommandEnvironment& environment) {
  return cli::report(error, environment,
                     is_wrong_usage(error) ? cli::exit_usage : cli::exit_failed);
}

transfer::CopyWatch watch_of(CommandEnvironment& environment, cli::ProgressBar& bar) {
  return {[&bar](const std::string& what, std::uint64_t done, std::uint64_t total) {
            bar.show(what, done, total);
          },
          environment.interrupted};
}

// --- hts db copy ---

/// A source must be there; the target is made and brought up to this program.
result::Result<ResultStorage> open_end(const Settings& settings, const std::string& url,
                                       bool is_source) {
  auto storage = result_storage_options(settings);
  if (!storage) return std::move(storage).error();
  storage->url = url;
  // Pages of runs are larger than what a daemon asks for.
  storage->timeout = std::max<std::chrono::milliseconds>(storage->timeout, std::chrono::minutes{1});
  std::error_code ignored;
  const auto path = sqlite_path(*storage);
  if (is_source && !path.empty() && !std::filesystem::exists(path, ignored)) {
    return result::make_error(ErrorCode::not_found,
                              "There is no database " + path.string() +
                                  " to copy from: give its path as --from sqlite:PATH.",
                              "from");
  }
  return open_result_storage(*storage, is_source ? Migrate::no : Migrate::yes);
}

transfer::ResultStores stores_of(const ResultStorage& storage) {
  return {*storage.runs, *storage.jobs, *storage.presets, *storage.collection};
}

void print_copy_json(const ResultStorage& from, const ResultStorage& to, bool is_equal,
                     const std::vector<CopiedTable>& tables, std::ostream& out) {
  std::string text;
  json::Writer writer{text};
  writer.begin_object();
  writer.member("from", from.name);
  writer.member("to", to.name);
  writer.member("equal", is_equal);
  writer.key("tables");
  writer.begin_array();
  for (const CopiedTable& table : tables) {
    writer.begin_object();
    writer.member("name", table.name);
    writer.member("at_source", table.at_source);
    writer.member("at_target", table.at_target);
    writer.member("added", table.added);
    writer.member("others_at_target", table.others);
    writer.member("source_hash", hash::to_hex(table.source_hash));
    writer.member("target_hash", hash::to_hex(table.target_hash));
    writer.member("equal", table.is_equal());
    writer.end_object();
  }
  writer.end_array();
  writer.end_object();
  out << text << "\n";
}

void print_copy_text(const ResultStorage& from, const ResultStorage& to, bool is_equal,
                     const std::vector<CopiedTable>& tables, std::ostream& out) {
  out << "from " << from.name << "\nto   " << to.name << "\n\n";
  cli::TextTable table(
      {"", "source", "target", "added", "hash at the source", "hash at the target", ""});
  std::uint64_t others = 0;
  for (const CopiedTable& copied : tables) {
    others += copied.others;
    table.add({copied.name, cli::grouped(copied.at_source), cli::grouped(copied.at_target),
               cli::grouped(copied.added), hash::to_hex(copied.source_hash),
               hash::to_hex(copied.target_hash), copied.is_equal() ? "equal" : "DIFFERENT"});
  }
  table.print(out);
  if (others > 0) {
    out << "\nThe target also holds " << cli::grouped(others)
        << " rows that are not at the source; they were left as they are.\n";
  }
  out << (is_equal ? "\nEverything is there, read back and compared.\n"
                   : "\nThe two ends differ: copy again, with nobody writing to the source.\n");
}

// --- hts import-results ---

void print_import_json(const ResultImport& import, std::ostream& out) {
  std::string text;
  json::Writer writer{text};
  writer.begin_object();
  for (const auto outcome :
       {ImportOutcome::imported, ImportOutcome::skipped, ImportOutcome::failed}) {
    writer.member(transfer::name_of(outcome), import.count(outcome));
  }
  writer.key("files");
  writer.begin_array();
  for (const ImportedResult& file : import.files) {
    writer.begin_object();
    writer.member("file", file.file.string());
    writer.member("outcome", transfer::name_of(file.outcome));
    writer.member("run_id", file.run_id);
    writer.member("reason", file.reason);
    writer.member("field", file.field);
    writer.end_object();
  }
  writer.end_array();
  writer.end_object();
  out << text << "\n";
}

void print_import_text(const ResultImport& import, CommandEnvironment& environment) {
  for (const ImportedResult& file : import.files) {
    if (file.outcome == ImportOutcome::imported) continue;
    std::ostream& out = file.outcome == ImportOutcome::failed ? environment.err : environment.out;
    out << transfer::name_of(file.outcome) << " " << file.file.string() << ": " << file.reason
        << "\n";
  }
  environment.out << import.count(ImportOutcome::imported) << " imported, "
                  << import.count(ImportOutcome::skipped) << " skipped, "
                  << import.count(ImportOutcome::failed) << " failed\n";
}

result::Result<ResultImport> import_folder(const std::filesystem::path& folder,
                                           const Settings& settings,
                                           CommandEnvironment& environment) {
  const auto storage_options = result_storage_options(settings);
  if (!storage_options) return storage_options.error();
  // A daemon removes artifacts that are not in its index yet.
  const auto claimed = claim_state(storage_options->state_root);
  if (!claimed) {
    if (claimed.error().code != ErrorCode::conflict) return claimed.error();
    return result::make_error(ErrorCode::conflict,
                              "A daemon works in " + storage_options->state_root.string() +
                                  ": stop it while results are imported, or give another "
                                  "--state-root.",
                              "state-root");
  }
  auto storage = open_result_storage(*storage_options);
  if (!storage) return std::move(storage).error();
  parquet::ParquetArtifactStore artifacts{storage_options->state_root / "runs"};
  if (auto sound = confirm_index(storage_options->state_root, *storage, artifacts); !sound) {
    return std::move(sound).error();
  }
  cli::ProgressBar bar{environment.err, environment.terminal};
  return transfer::import_results(folder, *storage->runs, artifacts, watch_of(environment, bar));
}

}  // namespace

int run_db_copy(const std::vector<std::string>& arguments, CommandEnvironment& environment) {
  const cli::CommandHelp help{
      "db copy", "hts db copy --from URL --to URL [options]",
      "Copies runs, ended jobs, presets and the state of the collection from one database of "
      "results to another, reads both back and compares counts and hashes. Repeating it copies "
      "what is missing. Signals and curves are files below state.root and stay there.",
      "hts db copy --from sqlite:./state/results.sqlite --to "
      "postgresql://hts@127.0.0.1:5432/hts"};
  options::options_description described("Options");
  described.add_options()("from", options::value<std::string>(),
                          "sqlite:PATH, sqlite or postgresql://user@host:5432/database")(
      "to", options::value<std::string>(), "the same; made and migrated when it has to be")(
      "json", "print the report as JSON");
  add_storage_options(described);
  const auto parsed = cli::parse_arguments(help, std::move(described), {}, arguments, environment);
  if (parsed.finished) return *parsed.finished;
  const auto& values = parsed.values;
  if (values.count("from") == 0 || values.count("to") == 0) {
    environment.err << "hts db copy: say where --from and where --to. See 'hts db copy --help'.\n";
    return cli::exit_usage;
  }
  const auto settings = command_settings(values);
  if (!settings) return cli::report(settings.error(), environment, cli::exit_usage);
  auto from = open_end(*settings, values["from"].as<std::string>(), true);
  if (!from) return report_failure(from.error(), environment);
  auto to = open_end(*settings, values["to"].as<std::string>(), false);
  if (!to) return report_failure(to.error(), environment);
  if (from->name == to->name) {
    environment.err << "hts db copy: --from and --to are the same database. See 'hts db copy "
                       "--help'.\n";
    return cli::exit_usage;
  }

  cli::ProgressBar bar{environment.err, environment.terminal};
  const auto tables =
      transfer::copy_results(stores_of(*from), stores_of(*to), watch_of(environment, bar));
  bar.erase();
  if (!tables) return report_failure(tables.error(), environment);
  const bool is_equal = std::ranges::all_of(*tables, &CopiedTable::is_equal);
  if (values.count("json") > 0) {
    print_copy_json(*from, *to, is_equal, *tables, environment.out);
  } else {
    print_copy_text(*from, *to, is_equal, *tables, environment.out);
  }
  return is_equal ? cli::exit_success : cli::exit_failed;
}

int run_import_results(const std::vector<std::string>& arguments, CommandEnvironment& environment) {
  const cli::CommandHelp help{
      "import-results", "hts import-results DIR [options]",
      "Puts backtest answers in JSON files (those that the API gives, or the results folder of the "
      "seed system) into the result store. A file is stored whole or not at all; runs that are "
      "stored already are skipped. No daemon may work in the state folder meanwhile.",
      "hts import-results ./old/results --state-root ./state"};
  options::options_description described("Options");
  described.add_options()("dir", options::value<std::string>(), "(argument)")(
      "url", options::value<std::string>(),
      "database of the results; default: results.url (HTS_RESULTS_URL)")(
      "json", "print the report as JSON");
  add_storage_options(described);
  options::positional_options_description positional;
  positional.add("dir", 1);
  const auto parsed =
      cli::parse_arguments(help, std::move(described), positional, arguments, environment);
  if (parsed.finished) return *parsed.finished;
  if (parsed.values.count("dir") == 0) {
    environment.err << "hts import-results: name the folder with the results. See 'hts "
                       "import-results --help'.\n";
    return cli::exit_usage;
  }
  const std::filesystem::path folder = parsed.values["dir"].as<std::string>();
  std::error_code ignored;
  if (!std::filesystem::is_directory(folder, ignored)) {
    environment.err << "hts import-results: '" << folder.string()
                    << "' is no folder: name the one that holds the results.\n";
    return cli::exit_usage;
  }
  const auto settings = command_settings(parsed.values);
  if (!settings) return cli::report(settings.error(), environment, cli::exit_usage);
  const auto import = import_folder(folder, *settings, environment);
  if (!import) return report_failure(import.error(), environment);
  if (parsed.values.count("json") > 0) {
    print_import_json(*import, environment.out);
  } else {
    print_import_text(*import, environment);
  }
  return import->count(ImportOutcome::failed) > 0 ? cli::exit_failed : cli::exit_success;
}

}  // namespace hts::config
