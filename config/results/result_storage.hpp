#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "adapters/shelter/result_shelter.hpp"
#include "config/settings.hpp"
#include "engine/ports/artifact_store.hpp"
#include "engine/ports/collection_status_store.hpp"
#include "engine/ports/job_history.hpp"
#include "engine/ports/preset_store.hpp"
#include "engine/ports/result_store.hpp"
#include "engine/result/result.hpp"

/// Which database keeps what is looked back at: runs, ended jobs, presets, the collection's state.
namespace hts::config {

struct ResultStorageOptions {
  /// `sqlite` (results.sqlite in `state_root`), `sqlite:PATH` or `postgresql://...`.
  std::string url = "sqlite";
  std::filesystem::path state_root = "./state";
  std::string password;         ///< of PostgreSQL, beside the URL; empty: none
  std::size_t connections = 4;  ///< to PostgreSQL, at the same time
  std::chrono::milliseconds timeout{5000};
};

/// Settings results.* and state.root. Error: storage, for a password file that cannot be read.
[[nodiscard]] result::Result<ResultStorageOptions> result_storage_options(const Settings& settings);

/// Thread-safe stores of one database; none is null.
struct ResultStorage {
  std::unique_ptr<ports::ResultStore> runs;
  std::unique_ptr<ports::JobHistory> jobs;
  std::unique_ptr<ports::PresetStore> presets;
  std::unique_ptr<ports::CollectionStatusStore> collection;
  std::string name;  ///< for people: `sqlite:PATH` or the URL, without a password
  std::shared_ptr<shelter::ResultShelter> shelter;  ///< of `sheltered`; or null
};

enum class Migrate {
  yes,  ///< bring the database up to this program
  no,   ///< PostgreSQL: refuse a database that is older, with what to do (conflict)
};

/// Errors: invalid, field `url`, for an address of neither; those of the database.
[[nodiscard]] result::Result<ResultStorage> open_result_storage(const ResultStorageOptions& options,
                                                                Migrate migrate = Migrate::yes);

/// The same with runs and jobs that wait in `state_root/results.outbox.sqlite` while their database
/// is away (`adapters/shelter`). A file on this machine is never away: SQLite stays as it is,
/// unless something waits from before. `note` as there.
[[nodiscard]] result::Result<ResultStorage> sheltered(
    ResultStorage storage, const std::filesystem::path& state_root,
    std::function<void(bool is_problem, const std::string& what)> note);

/// The file that a `sqlite` address means; empty for another address.
[[nodiscard]] std::filesystem::path sqlite_path(const ResultStorageOptions& options);

/// A daemon removes the files of runs that its index does not know, as a crash leaves them. So when
/// it is given another index than the time before, this refuses (conflict, field `results.url`) one
/// that lacks runs whose files are there, and otherwise notes the new one in
/// `state_root/results.index`. O(1) when the index is that of before, else one lookup a run.
[[nodiscard]] result::Status confirm_index(const std::filesystem::path& state_root,
                                           const ResultStorage& storage,
                                           ports::ArtifactStore& artifacts);

}  // namespace hts::config
