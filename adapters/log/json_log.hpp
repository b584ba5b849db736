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

/// Thread-safe. Lines are written whole and flushed at once.
class JsonLog {
 public:
  /// `path` is a file to append to, or "-" for standard error. Error: storage, field `log.file`.
  [[nodiscard]] static result::Result<std::unique_ptr<JsonLog>> open(const std::string& path,
                                                                     Level least);
  ~JsonLog();

  void write(Level level, std::string_view source, std::string_view message,
             const Fields& fields = {});
  void flush();

 private:
  struct Sink;
  explicit JsonLog(std::unique_ptr<Sink> sink);
  std::unique_ptr<Sink> sink_;
};

/// "debug", "info", "warning", "error"; anything else is info.
[[nodiscard]] Level level_of(std::string_view name);

}  // namespace hts::log
