#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "adapters/journal/format.hpp"
#include "engine/alerts/alert_plan.hpp"

/// What a journal keeps of how alerts go out, so that a replay decides the same.
namespace hts::config {

/// Into `header.settings`.
void write_notify_settings(const alerts::AlertRules& rules, journal::SegmentHeader& header);
/// Takes one of them; others are passed over. The first one makes the rules.
void read_notify_setting(std::string_view key, const std::string& value,
                         std::optional<alerts::AlertRules>& rules);

}  // namespace hts::config
