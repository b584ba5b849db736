#pragma once

#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <string>

#include <sys/mount.h>
#include <unistd.h>

#include "temporary_folder.hpp"

namespace hts::testing {

/// A file system of a few hundred KiB. Needs the right to mount; tests skip without it.
class SmallDisk {
 public:
  explicit SmallDisk(std::size_t kibibytes) {
    const std::string options = "size=" + std::to_string(kibibytes) + "k";
    mounted_ = mount("tmpfs", folder_.path().c_str(), "tmpfs", 0, options.c_str()) == 0;
  }
  ~SmallDisk() {
    if (mounted_) umount2(folder_.path().c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  [[nodiscard]] bool mounted() const noexcept { return mounted_; }
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return folder_.path(); }
  /// Leaves `kibibytes` free.
  void fill_up_to(std::size_t kibibytes) const {
    const auto free = std::filesystem::space(path()).available / 1024;
    std::ofstream file{path() / "filler", std::ios::binary};
    const std::string block(1024, 'x');
    for (std::size_t i = kibibytes; i < free; ++i) file << block;
  }

 private:
  TemporaryFolder folder_;
  bool mounted_ = false;
};

}  // namespace hts::testing
