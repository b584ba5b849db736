#pragma once

#include <string>
#include <string_view>

#include "adapters/journal/format.hpp"
#include "config/wiring/wiring.hpp"

/// What a journal keeps of the daemon's settings, so that a replay wires the same actors.
namespace hts::config {

/// The name under which a stop that runs out of patience ends the scheduler, as an input.
inline constexpr std::string_view stop_scheduler_work = "daemon.stop_scheduler";

struct SessionSettings {
  WiringOptions wiring;
  std::string data_root;  ///< absolute
};

/// Into `header.settings`.
void write_session_settings(const SessionSettings& settings, journal::SegmentHeader& header);
/// What is missing or makes no sense has its default: a header of another program may be another.
[[nodiscard]] SessionSettings read_session_settings(const journal::SegmentHeader& header);

}  // namespace hts::config
