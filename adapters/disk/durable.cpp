#include "adapters/disk/durable.hpp"

#include <string>
#include <utility>

namespace hts::disk {

using result::Result;
using result::Status;
using result::success;
namespace fs = std::filesystem;

Status Disk::sync_files(std::span<const fs::path> paths) {
  for (const fs::path& path : paths) {
    if (auto synced = sync_file(path); !synced) return synced;
  }
  return success();
}

Status make_lasting_directories(Disk& disk, const fs::path& folder) {
  if (auto made = disk.make_directories(folder); !made) return made;
  const fs::path whole = fs::path{folder / ""}.lexically_normal().parent_path();
  for (fs::path name = whole; name.has_relative_path(); name = name.parent_path()) {
    const fs::path parent = name.has_parent_path() ? name.parent_path() : fs::path{"."};
    // Whoever may not write there has made no name there.
    if (!disk.check_writable(parent)) continue;
    if (auto synced = disk.sync_directory(parent); !synced) return synced;
  }
  return success();
}

Status write_synced(Disk& disk, const fs::path& path, std::string_view text) {
  auto file = disk.open(path, OpenMode::write_new);
  if (!file) return std::move(file).error();
  if (auto written = (*file)->write_at(0, std::as_bytes(std::span{text})); !written) return written;
  return (*file)->sync();
}

Result<std::string> read_text(Disk& disk, const fs::path& path) {
  auto file = disk.open(path, OpenMode::read);
  if (!file) return std::move(file).error();
  auto size = (*file)->size();
  if (!size) return std::move(size).error();
  std::string text(static_cast<std::size_t>(*size), '\0');
  auto count = (*file)->read_at(0, std::as_writable_bytes(std::span{text}));
  if (!count) return std::move(count).error();
  text.resize(*count);
  return text;
}

void remove_temporaries(Disk& disk, const fs::path& folder) {
  const auto entries = disk.list(folder);
  if (!entries) return;
  for (const Entry& entry : *entries) {
    if (entry.name.starts_with('.') && entry.name.ends_with(".tmp")) {
      (void)disk.remove_all(folder / entry.name);
    }
  }
}

}  // namespace hts::disk
