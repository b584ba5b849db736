#include "adapters/report/whole_file.hpp"

#include <system_error>
#include <utility>

#include "adapters/disk/disk.hpp"
#include "adapters/disk/disk_error.hpp"
#include "adapters/disk/durable.hpp"

namespace hts::report {

result::Status check_place(const std::filesystem::path& path) {
  std::error_code ignored;
  const auto folder = path.parent_path();
  if (!folder.empty() && !std::filesystem::is_directory(folder, ignored)) {
    return result::make_error(result::ErrorCode::storage,
                              "The folder " + folder.string() + " for " + path.filename().string() +
                                  " does not exist: make it first, or choose another.",
                              path.string());
  }
  if (std::filesystem::exists(path, ignored) && !std::filesystem::is_regular_file(path, ignored)) {
    return result::make_error(result::ErrorCode::storage,
                              path.string() + " is there and is no file: give another name.",
                              path.string());
  }
  return result::success();
}

result::Status write_whole(const std::filesystem::path& path, std::string_view text) {
  if (auto checked = check_place(path); !checked) return checked;
  const auto disk = disk::system_disk();
  const auto partial = disk->temporary_path(path);
  auto written = disk::write_synced(*disk, partial, text);
  if (written) written = disk->rename(partial, path);
  if (written) return written;
  // What failed is told; that its leftover may stay is not worth another sentence.
  (void)disk->remove(partial).ok();
  return disk::shown_as(std::move(written).error(), partial, path);
}

}  // namespace hts::report
