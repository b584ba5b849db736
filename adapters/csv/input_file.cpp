#include "adapters/csv/input_file.hpp"

#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace hts::csv {
namespace {

using result::ErrorCode;

result::Error cannot_read(const std::string& name, int error_number) {
  return result::make_error(
      ErrorCode::storage,
      "Cannot read " + name + ": " + std::generic_category().message(error_number) + ".", name);
}

}  // namespace

result::Result<InputFile> InputFile::open(const std::filesystem::path& path) {
  std::string name = path.string();
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    const int error_number = errno;
    if (error_number == ENOENT || error_number == ENOTDIR) {
      return result::make_error(ErrorCode::not_found,
                                "There is no file " + name + ": check the path.", name);
    }
    return cannot_read(name, error_number);
  }
  struct stat facts{};
  if (::fstat(descriptor, &facts) != 0) {
    const int error_number = errno;
    ::close(descriptor);
    return cannot_read(name, error_number);
  }
  if (S_ISDIR(facts.st_mode)) {
    ::close(descriptor);
    return result::make_error(ErrorCode::storage, name + " is a directory: name the files in it.",
                              name);
  }
  const auto size = S_ISREG(facts.st_mode) ? static_cast<std::uint64_t>(facts.st_size) : 0;
#ifdef POSIX_FADV_SEQUENTIAL
  (void)::posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL);
#endif
  return InputFile{descriptor, std::move(name), size};
}

InputFile::InputFile(InputFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      name_(std::move(other.name_)),
      size_(other.size_),
      bytes_read_(other.bytes_read_) {}

InputFile::~InputFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

result::Result<std::size_t> InputFile::read(std::span<char> into) {
  std::size_t filled = 0;
  while (filled < into.size()) {
    const ssize_t count = ::read(descriptor_, into.data() + filled, into.size() - filled);
    if (count == 0) break;
    if (count < 0) {
      if (errno == EINTR) continue;
      return cannot_read(name_, errno);
    }
    filled += static_cast<std::size_t>(count);
  }
  bytes_read_ += filled;
  return filled;
}

}  // namespace hts::csv
