#include "adapters/recording/recording_file.hpp"

#include <array>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <utility>

#include <zlib.h>

namespace hts::recording {
namespace {

constexpr std::size_t longest_line = std::size_t{1} << 20U;

}  // namespace

RecordedMessage split_line(std::string_view line) {
  const auto space = line.find(' ');
  std::int64_t nanoseconds = 0;
  const auto read = std::from_chars(line.data(), line.data() + line.size(), nanoseconds);
  const bool has_time = read.ec == std::errc{} && space != std::string_view::npos &&
                        read.ptr == line.data() + space && nanoseconds >= 0;
  if (!has_time) return {std::nullopt, line};
  return {time::Timestamp{time::Duration{nanoseconds}}, line.substr(space + 1)};
}

struct RecordingFile::File {
  explicit File(std::string given) : path(std::move(given)) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (handle != nullptr) gzclose(handle);
  }

  std::string path;
  gzFile handle = nullptr;
  std::array<char, 65536> buffer{};
  std::size_t begin = 0;
  std::size_t end = 0;
  bool is_at_end = false;
  std::string line;
};

RecordingFile::RecordingFile(std::unique_ptr<File> file) : file_(std::move(file)) {}
RecordingFile::RecordingFile(RecordingFile&&) noexcept = default;
RecordingFile::~RecordingFile() = default;

result::Result<RecordingFile> RecordingFile::open(const std::string& path) {
  auto file = std::make_unique<File>(path);
  std::error_code ignored;
  if (std::filesystem::is_regular_file(path, ignored)) file->handle = gzopen(path.c_str(), "rb");
  if (file->handle == nullptr) {
    return result::make_error(result::ErrorCode::not_found,
                              "The recording '" + path +
                                  "' cannot be read: check the path after replay: and its "
                                  "permissions.",
                              "feed.source");
  }
  return RecordingFile(std::move(file));
}

result::Result<std::optional<RecordedMessage>> RecordingFile::next() {
  File& file = *file_;
  const auto damaged = [&](const std::string& how) {
    return result::make_error(result::ErrorCode::malformed,
                              "The recording '" + file.path + "' " + how + ".", "feed.source");
  };
  file.line.clear();
  for (;;) {
    if (file.begin == file.end) {
      const int got = file.is_at_end ? 0
                                     : gzread(file.handle, file.buffer.data(),
                                              static_cast<unsigned>(file.buffer.size()));
      int code = Z_OK;
      // A file that was cut off reads as if it ended; only the error tells.
      (void)gzerror(file.handle, &code);
      if (got < 0 || (got == 0 && code != Z_OK && code != Z_STREAM_END)) {
        return damaged("is cut off or damaged: record it again, or unpack what is left of it");
      }
      if (got == 0) {
        file.is_at_end = true;
        if (file.line.empty()) return std::optional<RecordedMessage>{};
        return std::optional<RecordedMessage>{split_line(file.line)};
      }
      file.begin = 0;
      file.end = static_cast<std::size_t>(got);
    }
    const char* const at = file.buffer.data() + file.begin;
    const auto* const newline =
        static_cast<const char*>(std::memchr(at, '\n', file.end - file.begin));
    const std::size_t length =
        newline == nullptr ? file.end - file.begin : static_cast<std::size_t>(newline - at);
    if (file.line.size() + length > longest_line) {
      return damaged("has a line of more than a megabyte: it is no recording of messages");
    }
    file.line.append(at, length);
    file.begin += length + (newline == nullptr ? 0 : 1);
    if (newline == nullptr) continue;
    if (!file.line.empty() && file.line.back() == '\r') file.line.pop_back();
    if (!file.line.empty()) return std::optional<RecordedMessage>{split_line(file.line)};
  }
}

}  // namespace hts::recording
