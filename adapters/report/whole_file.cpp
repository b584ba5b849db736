#include "adapters/report/whole_file.hpp"

#include <system_error>

#include "adapters/disk/disk.hpp"
#include "adapters/disk/durable.hpp"

namespace hts::report {

result::Status write_whole(const std::filesystem::path& path, std::string_view text) {
  const auto disk = disk::system_disk();
  std::error_code ignored;
  if (std::filesystem::exists(path, ignored) && !std::filesystem::is_regular_file(path, ignored)) {
    return result::make_error(result::ErrorCode::storage,
                              path.string() + " is there and is no file: give another name.",
                              path.string());
  }
  const auto partial = disk->temporary_path(path);
  auto written = disk::write_synced(*disk, partial, text);
  if (written) written = disk->rename(partial, path);
  if (!written) {
    // What failed is told; that its leftover may stay is not worth another sentence.
    (void)disk->remove(partial).ok();
  }
  return written;
}

}  // namespace hts::report
