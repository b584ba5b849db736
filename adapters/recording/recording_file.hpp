#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "engine/result/result.hpp"
#include "engine/time/timestamp.hpp"

/// Messages of an exchange as somebody wrote them down, to be played again.
namespace hts::recording {

struct RecordedMessage {
  std::optional<time::Timestamp> received;  ///< nothing: the recording does not say
  std::string_view text;                    ///< until the next one is read
};

/// Splits `1723161254087891268 {"stream":...}` (nanoseconds, a space, the message) or a message
/// alone.
[[nodiscard]] RecordedMessage split_line(std::string_view line);

/// A text file of one message a line, gzip or plain, read from its beginning to its end. One
/// thread; memory: the longest line, of at most a megabyte.
class RecordingFile {
 public:
  /// Errors: not_found, field `feed.source`.
  [[nodiscard]] static result::Result<RecordingFile> open(const std::string& path);

  RecordingFile(RecordingFile&&) noexcept;
  RecordingFile& operator=(RecordingFile&&) = delete;
  ~RecordingFile();

  /// The next line that is not empty; nothing at the end. Errors: malformed when the file is cut
  /// off or damaged, or a line is too long.
  [[nodiscard]] result::Result<std::optional<RecordedMessage>> next();

 private:
  struct File;
  explicit RecordingFile(std::unique_ptr<File> file);
  std::unique_ptr<File> file_;
};

}  // namespace hts::recording
