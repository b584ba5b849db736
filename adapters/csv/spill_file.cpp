#include "adapters/csv/spill_file.hpp"

#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

namespace hts::csv {
namespace {

/// A new file without a name, or -1 with errno.
int open_unnamed(const std::filesystem::path& directory) {
#ifdef O_TMPFILE
  const int unnamed = ::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (unnamed >= 0) return unnamed;
#endif
  // Not every file system has O_TMPFILE: make a name and take it away at once.
  std::string name = (directory / ".import-XXXXXX").string();
  const int named = ::mkostemp(name.data(), O_CLOEXEC);
  if (named >= 0) ::unlink(name.c_str());
  return named;
}

}  // namespace

SpillFile::SpillFile(SpillFile&& other) noexcept
    : directory_(std::move(other.directory_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      size_(other.size_) {}

SpillFile::~SpillFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

result::Error SpillFile::failed(const char* what, int error_number) const {
  return result::make_error(result::ErrorCode::storage,
                            std::string{"Cannot "} + what + " temporary rows in " +
                                directory_.string() + ": " +
                                std::generic_category().message(error_number) +
                                ". The import needs about as much free space as its file has.",
                            directory_.string());
}

result::Result<SpillFile::Extent> SpillFile::append(std::span<const CandleRow> rows) {
  if (descriptor_ < 0) {
    descriptor_ = open_unnamed(directory_);
    if (descriptor_ < 0) return failed("keep", errno);
  }
  const Extent extent{size_, rows.size()};
  const auto bytes = std::as_bytes(rows);
  for (std::size_t written = 0; written < bytes.size();) {
    const ssize_t count = ::pwrite(descriptor_, bytes.data() + written, bytes.size() - written,
                                   static_cast<off_t>(size_ + written));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return failed("keep", count < 0 ? errno : ENOSPC);
    written += static_cast<std::size_t>(count);
  }
  size_ += bytes.size();
  return extent;
}

result::Status SpillFile::read(Extent extent, std::vector<CandleRow>& rows) const {
  const std::size_t before = rows.size();
  rows.resize(before + extent.rows);
  const auto bytes = std::as_writable_bytes(std::span{rows}.subspan(before));
  for (std::size_t filled = 0; filled < bytes.size();) {
    const ssize_t count = ::pread(descriptor_, bytes.data() + filled, bytes.size() - filled,
                                  static_cast<off_t>(extent.offset + filled));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return failed("read", count < 0 ? errno : EIO);
    filled += static_cast<std::size_t>(count);
  }
  return result::success();
}

}  // namespace hts::csv
