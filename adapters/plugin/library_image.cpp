#include "adapters/plugin/library_image.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/mman.h>
#include <sys/stat.h>

namespace hts::plugin {
namespace {

using result::ErrorCode;

result::Error refusal(ErrorCode code, const std::filesystem::path& file, const std::string& text) {
  return result::make_error(code, "The plugin " + file.string() + " " + text, file.string());
}

std::string system_reason() {
  return std::generic_category().message(errno);
}

bool read_whole(int descriptor, std::string& into) {
  std::size_t done = 0;
  while (done < into.size()) {
    const auto got =
        ::pread(descriptor, into.data() + done, into.size() - done, static_cast<off_t>(done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    done += static_cast<std::size_t>(got);
  }
  return true;
}

bool write_whole(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto put = ::write(descriptor, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

std::string sha256(std::string_view bytes) {
  std::array<unsigned char, 32> digest{};
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text = "sha256:";
  for (const unsigned char byte : digest) {
    text += digits[byte >> 4U];
    text += digits[byte & 0xfU];
  }
  return text;
}

}  // namespace

result::Result<LibraryImage> read_library(const std::filesystem::path& given) {
  LibraryImage image;
  std::error_code unresolved;
  image.file = std::filesystem::absolute(given, unresolved);
  const Descriptor file{::open(given.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (!file.open()) {
    return refusal(errno == ENOENT ? ErrorCode::not_found : ErrorCode::storage, image.file,
                   "cannot be read (" + system_reason() + "): check its path and permissions.");
  }
  struct stat facts{};
  if (::fstat(file.number(), &facts) != 0 || !S_ISREG(facts.st_mode)) {
    return refusal(ErrorCode::invalid, image.file,
                   "is not a file: give the .so that the compiler has written.");
  }
  if ((facts.st_mode & S_IWOTH) != 0) {
    return refusal(ErrorCode::invalid, image.file,
                   "may be written by everybody, and loading it runs its code: take that right "
                   "away with chmod o-w.");
  }
  const auto size = static_cast<std::size_t>(facts.st_size);
  if (size > max_library_bytes) {
    return refusal(ErrorCode::invalid, image.file,
                   "is larger than 256 MB: it is no strategy, or link it without debug symbols.");
  }
  std::string bytes(size, '\0');
  if (!read_whole(file.number(), bytes)) {
    return refusal(ErrorCode::storage, image.file, "could not be read whole: try it again.");
  }
  if (!bytes.starts_with("\177ELF")) {
    return refusal(ErrorCode::invalid, image.file,
                   "is no shared library: give the .so that the compiler has written.");
  }
  image.fingerprint = sha256(bytes);
  image.memory = Descriptor{::memfd_create("hts-plugin", MFD_CLOEXEC | MFD_ALLOW_SEALING)};
  if (!image.memory.open() || !write_whole(image.memory.number(), bytes) ||
      ::fcntl(image.memory.number(), F_ADD_SEALS,
              F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
    return refusal(ErrorCode::storage, image.file,
                   "could not be copied into memory (" + system_reason() + "): free some.");
  }
  return image;
}

}  // namespace hts::plugin
