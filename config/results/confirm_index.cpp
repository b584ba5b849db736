#include <string_view>
#include <utility>

#include "adapters/disk/disk.hpp"
#include "adapters/disk/durable.hpp"
#include "adapters/sqlite/sqlite_result_store.hpp"
#include "config/results/result_storage.hpp"

namespace hts::config {
namespace {

using result::Result;
using result::Status;

/// The name of the index that was used before. A folder without the note is one of SQLite.
Result<std::string> index_before(disk::Disk& disk, const std::filesystem::path& state_root,
                                 const std::filesystem::path& note) {
  auto exists = disk.exists(note);
  if (!exists) return std::move(exists).error();
  if (!*exists) return "sqlite:" + (state_root / "results.sqlite").string();
  auto text = disk::read_text(disk, note);
  if (!text) return std::move(text).error();
  return text->substr(0, text->find('\n'));
}

Status note_index(disk::Disk& disk, const std::filesystem::path& note, const std::string& name) {
  const auto temporary = disk.temporary_path(note);
  if (auto written = disk::write_synced(disk, temporary, name + "\n"); !written) return written;
  if (auto renamed = disk.rename(temporary, note); !renamed) return renamed;
  return disk.sync_directory(note.parent_path());
}

/// Runs with files here that the index does not know. What the index of before, if it is a file,
/// does not know either is left from a crash.
Result<std::uint64_t> count_unknown(const std::filesystem::path& old_file,
                                    ports::ResultStore& index,
                                    const std::vector<std::string>& run_ids) {
  std::unique_ptr<ports::ResultStore> old;
  if (!old_file.empty()) {
    auto opened = sqlite::SqliteResultStore::open(old_file);
    if (!opened) return std::move(opened).error();
    old = std::move(opened).value();
  }
  std::uint64_t unknown = 0;
  for (const std::string& run_id : run_ids) {
    const auto found = index.find(run_id);
    if (found) continue;
    if (found.error().code != result::ErrorCode::not_found) return found.error();
    if (old == nullptr || old->find(run_id)) ++unknown;
  }
  return unknown;
}

}  // namespace

Status confirm_index(const std::filesystem::path& state_root, const ResultStorage& storage,
                     ports::ArtifactStore& artifacts) {
  disk::Disk& disk = *disk::system_disk();
  const auto note = state_root / "results.index";
  auto before = index_before(disk, state_root, note);
  if (!before) return std::move(before).error();
  if (*before == storage.name) return result::success();

  auto run_ids = artifacts.list();
  if (!run_ids) return std::move(run_ids).error();
  constexpr std::string_view file_scheme = "sqlite:";
  std::filesystem::path old_file;
  if (before->starts_with(file_scheme)) old_file = before->substr(file_scheme.size());
  auto old_exists = disk.exists(old_file);
  if (!old_exists) return std::move(old_exists).error();
  if (!*old_exists) old_file.clear();
  auto unknown = count_unknown(old_file, *storage.runs, *run_ids);
  if (!unknown) return std::move(unknown).error();
  if (*unknown > 0) {
    return result::make_error(
        result::ErrorCode::conflict,
        std::to_string(*unknown) + " of " + std::to_string(run_ids->size()) + " runs in " +
            (state_root / "runs").string() + " are not in " + storage.name +
            ", and would be lost. Copy them first: hts db copy --from '" + *before + "' --to '" +
            storage.name + "'. Or give the daemon another state.root.",
        "results.url");
  }
  return note_index(disk, note, storage.name);
}

}  // namespace hts::config
