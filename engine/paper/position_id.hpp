#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace hts::paper {

/// The UUID of the position that this event opens, or of whatever else an event of a session gives
/// a name to: the same whenever it is asked for (version 8, a hash).
[[nodiscard]] std::string position_id(std::string_view session_id, std::uint64_t event);

}  // namespace hts::paper
