#include "adapters/backup/state_backup.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>
#include <system_error>
#include <utility>

#include "adapters/disk/durable.hpp"
#include "adapters/sqlite/sqlite_copy.hpp"
#include "engine/json/json_writer.hpp"

namespace hts::backup {
namespace {

namespace fs = std::filesystem;
using result::ErrorCode;
using result::make_error;
using result::Result;
using result::Status;

constexpr std::string_view partial_name = ".partial";
constexpr const char* runs_name = "runs";
constexpr std::size_t name_length = 16;

/// `20261122T033000Z`, so that names are in the order of time.
std::string name_at(time::Timestamp now) {
  std::string name;
  for (const char c : time::format_iso8601(std::chrono::floor<std::chrono::seconds>(now))) {
    if (std::isdigit(static_cast<unsigned char>(c)) != 0 || c == 'T') name += c;
    if (name.size() + 1 == name_length) break;
  }
  return name + "Z";
}

bool is_backup_name(std::string_view name) {
  if (name.size() != name_length || name[8] != 'T' || name.back() != 'Z') return false;
  return std::count_if(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; }) ==
         name_length - 2;
}

/// Oldest first.
Result<std::vector<std::string>> backups_in(disk::Disk& disk, const fs::path& folder) {
  const auto entries = disk.list(folder);
  if (!entries) return entries.error();
  std::vector<std::string> names;
  for (const disk::Entry& entry : *entries) {
    if (entry.is_directory && is_backup_name(entry.name)) names.push_back(entry.name);
  }
  return names;
}

Status copied(const fs::path& from, const std::error_code& error) {
  if (!error) return result::success();
  return make_error(ErrorCode::storage, from.string() + " cannot be copied: " + error.message() +
                                            ". Check the disk of the backup and its free space.");
}

class Backup {
 public:
  Backup(disk::Disk& disk, const BackupPlan& plan, const std::atomic<bool>& cancelled)
      : disk_(disk), plan_(plan), cancelled_(cancelled), partial_(plan.to / partial_name) {}

  Result<BackupReport> make(time::Timestamp now) {
    report_.name = name_at(now);
    const fs::path whole = plan_.to / report_.name;
    if (auto ready = begin(whole); !ready) return std::move(ready).error();
    for (const auto& step :
         {&Backup::copy_databases, &Backup::copy_files, &Backup::copy_runs, &Backup::write_list}) {
      if (auto done = (this->*step)(); !done) {
        (void)disk_.remove_all(partial_);
        return std::move(done).error();
      }
    }
    if (auto synced = disk_.sync_directory(partial_); !synced) return std::move(synced).error();
    if (auto named = disk_.rename(partial_, whole); !named) return std::move(named).error();
    if (auto synced = disk_.sync_directory(plan_.to); !synced) return std::move(synced).error();
    if (auto removed = remove_old(); !removed) return std::move(removed).error();
    return report_;
  }

 private:
  Status begin(const fs::path& whole) {
    if (auto made = disk::make_lasting_directories(disk_, plan_.to); !made) return made;
    const auto is_there = disk_.exists(whole);
    if (!is_there) return is_there.error();
    if (*is_there) {
      return make_error(ErrorCode::conflict,
                        "There is a backup of this second already: wait a moment.", "to");
    }
    const auto known = backups_in(disk_, plan_.to);
    if (!known) return known.error();
    if (!known->empty()) before_ = plan_.to / known->back();
    if (auto removed = disk_.remove_all(partial_); !removed) return removed;
    return disk_.make_directories(partial_);
  }

  Status check_flag() const {
    if (!cancelled_) return result::success();
    return make_error(ErrorCode::cancelled, "The backup was stopped; the ones before are whole.");
  }

  Status copy_databases() {
    for (const fs::path& database : plan_.databases) {
      const auto is_there = disk_.exists(database);
      if (!is_there) return is_there.error();
      if (!*is_there) continue;
      const fs::path to = partial_ / database.filename();
      if (auto done = sqlite::copy_database(database, to, cancelled_); !done) {
        // Some files are there only while something waits in them.
        const auto is_still_there = disk_.exists(database);
        if (is_still_there && !*is_still_there) {
          if (auto removed = disk_.remove(to); !removed) return removed;
          continue;
        }
        return done;
      }
      ++report_.databases;
      if (auto counted = count(to, to.filename().string()); !counted) return counted;
    }
    return result::success();
  }

  Status copy_files() {
    for (const fs::path& file : plan_.files) {
      const auto is_there = disk_.exists(file);
      if (!is_there) return is_there.error();
      if (!*is_there) continue;
      const fs::path to = partial_ / file.filename();
      std::error_code error;
      fs::copy_file(file, to, error);
      if (auto done = copied(file, error); !done) return done;
      if (auto synced = disk_.sync_file(to); !synced) return synced;
      if (auto counted = count(to, to.filename().string()); !counted) return counted;
    }
    return result::success();
  }

  Status copy_runs() {
    const auto runs = disk_.list(plan_.runs);
    if (!runs) return runs.error();
    if (auto made = disk_.make_directories(partial_ / runs_name); !made) return made;
    for (const disk::Entry& run : *runs) {
      if (auto wanted = check_flag(); !wanted) return wanted;
      // Hidden ones are not finished.
      if (!run.is_directory || run.name.starts_with('.')) continue;
      if (auto done = copy_folder(fs::path{runs_name} / run.name, plan_.runs / run.name); !done) {
        return done;
      }
      ++report_.runs;
    }
    return disk_.sync_directory(partial_ / runs_name);
  }

  Status copy_folder(const fs::path& name, const fs::path& from) {
    if (auto made = disk_.make_directories(partial_ / name); !made) return made;
    const auto entries = disk_.list(from);
    if (!entries) return entries.error();
    std::vector<fs::path> written;
    for (const disk::Entry& entry : *entries) {
      const fs::path inner = name / entry.name;
      const fs::path source = from / entry.name;
      if (entry.is_directory) {
        if (auto done = copy_folder(inner, source); !done) return done;
        continue;
      }
      if (auto done = link_or_copy(inner, source, written); !done) return done;
    }
    if (auto synced = disk_.sync_files(written); !synced) return synced;
    return disk_.sync_directory(partial_ / name);
  }

  Status link_or_copy(const fs::path& name, const fs::path& from, std::vector<fs::path>& written) {
    const fs::path to = partial_ / name;
    std::error_code error;
    const auto size = fs::file_size(from, error);
    if (auto done = copied(from, error); !done) return done;
    report_.bytes += size;
    if (!before_.empty()) {
      std::error_code none;
      if (fs::file_size(before_ / name, none) == size && !none) {
        fs::create_hard_link(before_ / name, to, none);
        if (!none) return result::success();
      }
    }
    fs::copy_file(from, to, error);
    written.push_back(to);
    return copied(from, error);
  }

  Status count(const fs::path& file, std::string name) {
    const auto size = disk_.file_size(file);
    if (!size) return size.error();
    report_.bytes += *size;
    listed_.emplace_back(std::move(name), *size);
    return result::success();
  }

  /// What a restore can compare with.
  Status write_list() {
    std::string text;
    json::Writer writer{text, json::Layout::pretty};
    writer.begin_object();
    writer.member("name", report_.name);
    writer.key("files");
    writer.begin_array();
    for (const auto& [name, bytes] : listed_) {
      writer.begin_object();
      writer.member("name", name);
      writer.member("bytes", bytes);
      writer.end_object();
    }
    writer.end_array();
    writer.member("runs", report_.runs);
    writer.member("bytes", report_.bytes);
    writer.end_object();
    text += '\n';
    return disk::write_synced(disk_, partial_ / "backup.json", text);
  }

  Status remove_old() {
    const auto known = backups_in(disk_, plan_.to);
    if (!known) return known.error();
    for (std::size_t i = 0; i + std::max<std::size_t>(plan_.keep, 1) < known->size(); ++i) {
      if (auto removed = disk_.remove_all(plan_.to / (*known)[i]); !removed) return removed;
      ++report_.removed;
    }
    return result::success();
  }

  disk::Disk& disk_;
  const BackupPlan& plan_;
  const std::atomic<bool>& cancelled_;
  const fs::path partial_;
  fs::path before_;  ///< the newest whole backup; empty: none
  std::vector<std::pair<std::string, std::uint64_t>> listed_;
  BackupReport report_;
};

}  // namespace

Result<BackupReport> back_up(disk::Disk& disk, const BackupPlan& plan, time::Timestamp now,
                             const std::atomic<bool>& cancelled) {
  return Backup{disk, plan, cancelled}.make(now);
}

}  // namespace hts::backup
