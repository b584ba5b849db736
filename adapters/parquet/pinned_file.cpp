#include "adapters/parquet/pinned_file.hpp"

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "adapters/disk/disk_error.hpp"

namespace hts::parquet {

result::Result<PinnedFile> PinnedFile::open(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return disk::file_error("Cannot read", path, errno);
  return PinnedFile{descriptor};
}

PinnedFile::~PinnedFile() {
  if (descriptor_ >= 0) close(descriptor_);
}

PinnedFile::PinnedFile(PinnedFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

std::string PinnedFile::name() const {
  return "/proc/self/fd/" + std::to_string(descriptor_);
}

}  // namespace hts::parquet
