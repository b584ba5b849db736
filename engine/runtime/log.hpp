#pragma once

#include <functional>
#include <string_view>

#include "engine/runtime/clock.hpp"
#include "engine/runtime/trace.hpp"

namespace hts::runtime {

enum class LogLevel { debug, info, warning, error };

/// One line that an actor or the runtime has to say. The views live for the call only.
struct LogRecord {
  LogLevel level = LogLevel::info;
  Timestamp time;
  std::string_view actor;  ///< name, or "runtime"
  std::string_view text;
  TraceId trace = 0;  ///< of the request that caused the line
};

/// Called on any thread of the runtime, several at once; must not throw or block for long.
using LogSink = std::function<void(const LogRecord&)>;

}  // namespace hts::runtime
