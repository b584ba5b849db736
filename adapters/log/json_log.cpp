#include "adapters/log/json_log.hpp"

#include <array>
#include <cstdio>

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/dist_sink.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

namespace hts::log {
namespace {

void append_json_string(std::string& line, std::string_view text) {
  line += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      line += '\\';
      line += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      std::array<char, 8> escaped{};
      std::snprintf(escaped.data(), escaped.size(), "\\u%04x", static_cast<unsigned>(byte));
      line += escaped.data();
    } else {
      line += c;
    }
  }
  line += '"';
}

spdlog::level::level_enum spdlog_level(Level level) {
  switch (level) {
    case Level::debug:
      return spdlog::level::debug;
    case Level::info:
      return spdlog::level::info;
    case Level::warning:
      return spdlog::level::warn;
    case Level::error:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

spdlog::sink_ptr open_destination(const std::string& path, Rotation rotation) {
  spdlog::sink_ptr destination;
  if (path == "-") {
    destination = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  } else if (rotation.bytes > 0) {
    destination = std::make_shared<spdlog::sinks::rotating_file_sink_mt>(path, rotation.bytes,
                                                                         rotation.kept_files);
  } else {
    destination = std::make_shared<spdlog::sinks::basic_file_sink_mt>(path);
  }
  // The message is already a JSON object without its opening brace and time.
  destination->set_formatter(std::make_unique<spdlog::pattern_formatter>(
      R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ",%v})", spdlog::pattern_time_type::utc));
  return destination;
}

result::Error cannot_open(const std::string& path, const std::exception& error) {
  return result::make_error(
      result::ErrorCode::storage,
      "The log file '" + path + "' cannot be opened (" + error.what() + "): check log.file.",
      "log.file");
}

}  // namespace

struct JsonLog::Sink {
  Sink(std::string file, Rotation when) : path(std::move(file)), rotation(when) {
    exit->add_sink(open_destination(path, rotation));
  }
  std::string path;
  Rotation rotation;
  // Can be pointed elsewhere while lines are written.
  std::shared_ptr<spdlog::sinks::dist_sink_mt> exit =
      std::make_shared<spdlog::sinks::dist_sink_mt>();
  spdlog::logger logger{"hts", exit};
};

JsonLog::JsonLog(std::unique_ptr<Sink> sink) : sink_(std::move(sink)) {}
JsonLog::~JsonLog() {
  flush();
}

result::Result<std::unique_ptr<JsonLog>> JsonLog::open(const std::string& path, Level least,
                                                       Rotation rotation) {
  try {
    auto sink = std::make_unique<Sink>(path, rotation);
    sink->logger.set_level(spdlog_level(least));
    sink->logger.flush_on(spdlog::level::info);
    return std::unique_ptr<JsonLog>(new JsonLog(std::move(sink)));
  } catch (const std::exception& error) {
    return cannot_open(path, error);
  }
}

void JsonLog::set_level(Level least) {
  sink_->logger.set_level(spdlog_level(least));
}

result::Status JsonLog::reopen() {
  try {
    sink_->exit->set_sinks({open_destination(sink_->path, sink_->rotation)});
    return result::success();
  } catch (const std::exception& error) {
    return cannot_open(sink_->path, error);
  }
}

void JsonLog::write(Level level, std::string_view source, std::string_view message,
                    const Fields& fields) {
  const auto spd_level = spdlog_level(level);
  if (!sink_->logger.should_log(spd_level)) return;
  static constexpr std::array<std::string_view, 4> names = {"debug", "info", "warning", "error"};
  std::string line = "\"level\":\"";
  line += names[static_cast<std::size_t>(level)];
  line += "\",\"source\":";
  append_json_string(line, source);
  line += ",\"message\":";
  append_json_string(line, message);
  for (const auto& [name, value] : fields) {
    line += ',';
    append_json_string(line, name);
    line += ':';
    append_json_string(line, value);
  }
  sink_->logger.log(spd_level, line);
}

void JsonLog::flush() {
  sink_->logger.flush();
}

Level level_of(std::string_view name) {
  if (name == "debug") return Level::debug;
  if (name == "warning") return Level::warning;
  if (name == "error") return Level::error;
  return Level::info;
}

}  // namespace hts::log
