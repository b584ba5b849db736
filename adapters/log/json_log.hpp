#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/result/result.hpp"

/// The daemon's log: one JSON object a line, with `time` (ISO 8601 UTC), `level`, `source` and
/// `message`.
namespace hts::log {

enum class Level { debug, info, warning, error };

/// Further members of the line; values are written as JSON strings.
using Fields = std::vector<std::pair<std::string, std::string>>;

/// When a log file goes on in a new one: `hts.log` becomes `hts.1.log`, that `hts.2.log`, ...
struct Rotation {
  std::size_t bytes = 0;       ///< size at which it does; 0: never
  std::size_t kept_files = 5;  ///< beside the one that is written; the oldest is removed
};

/// Thread-safe. Lines are written whole and flushed at once.
class JsonLog {
 public:
  /// `path` is a file to append to, or "-" for standard error. Error: storage, field `log.file`.
  [[nodiscard]] static result::Result<std::unique_ptr<JsonLog>> open(const std::string& path,
                                                                     Level least,
                                                                     Rotation rotation = {});
  ~JsonLog();

  void write(Level level, std::string_view source, std::string_view message,
             const Fields& fields = {});
  void flush();

  /// Lines less severe are left out from now on.
  void set_level(Level least);
  /// Goes on in the file that has the name now: for programs that move log files away. Error:
  /// storage, field `log.file`; the old file is then written on.
  [[nodiscard]] result::Status reopen();

 private:
  struct Sink;
  explicit JsonLog(std::unique_ptr<Sink> sink);
  std::unique_ptr<Sink> sink_;
};

/// "debug", "info", "warning", "error"; anything else is info.
[[nodiscard]] Level level_of(std::string_view name);

}  // namespace hts::log
