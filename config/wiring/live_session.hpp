#pragma once

#include <string>
#include <string_view>

#include "adapters/journal/format.hpp"
#include "config/wiring/session_settings.hpp"

/// The part of a session's settings that live trading goes by.
namespace hts::config {

/// Into `header.settings`; nothing where there is no live trading.
void write_live_settings(const SessionSettings& settings, journal::SegmentHeader& header);
/// Other keys, and values that make no sense, change nothing.
void read_live_setting(std::string_view key, std::string_view value, SessionSettings& settings);

}  // namespace hts::config
