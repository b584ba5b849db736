#include "adapters/disk/disk_error.hpp"

#include <array>
#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

namespace hts::disk {
namespace {

std::string reason_of(int error_number) {
  return std::generic_category().message(error_number);
}

/// What a person can do about it, as a sentence.
std::string_view remedy(std::string_view reason, std::string_view otherwise) {
  static const std::array<std::pair<int, std::string_view>, 9> remedies = {{
      {ENOSPC, "Free some space on that disk and try again."},
      {EDQUOT, "Free some space in that disk quota and try again."},
      {EACCES, "Make it accessible to this user, or choose another folder."},
      {EPERM, "Make it accessible to this user, or choose another folder."},
      {EROFS, "Mount it writable, or choose another folder."},
      {ENOTDIR, "A part of that path is a file: choose another folder."},
      {EEXIST, "A file has the name of a folder: move it, or choose another folder."},
      {EFBIG, "Raise this process's limit on file sizes (ulimit -f) and try again."},
      {EMFILE, "Raise this process's limit on open files (ulimit -n) and try again."},
  }};
  for (const auto& [number, sentence] : remedies) {
    if (reason == reason_of(number)) return sentence;
  }
  return otherwise;
}

}  // namespace

result::Error file_error(std::string_view action, const std::filesystem::path& path,
                         std::string_view reason, std::string_view otherwise) {
  return result::make_error(result::ErrorCode::storage, std::string{action} + " " + path.string() +
                                                            ": " + std::string{reason} + ". " +
                                                            std::string{remedy(reason, otherwise)});
}

result::Error file_error(std::string_view action, const std::filesystem::path& path,
                         int error_number) {
  return file_error(action, path, std::string_view{reason_of(error_number)});
}

bool is_disk_full(const result::Error& error) {
  for (const int number : {ENOSPC, EDQUOT}) {
    if (error.message.find(": " + reason_of(number) + ". ") != std::string::npos) return true;
  }
  return false;
}

result::Error shown_as(result::Error error, const std::filesystem::path& temporary,
                       const std::filesystem::path& path) {
  const std::string& name = temporary.native();
  if (const auto found = error.message.find(name); found != std::string::npos) {
    error.message.replace(found, name.size(), path.native());
  }
  return error;
}

}  // namespace hts::disk
