#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapters/http/http_message.hpp"
#include "adapters/http/session_request.hpp"
#include "engine/ports/preset_store.hpp"
#include "engine/result/result.hpp"

/// Presets of strategies as clients give and see them, and what they mean in a session.
namespace hts::http {

/// `{"name", "strategy_name", "params": {...}, "description"}`; `strategy` is taken too. Without
/// `name` in the body the name is `name`, for paths that have one. What `params` leaves out gets
/// the strategy's default when the preset is used. Errors: malformed; invalid, field `name`,
/// `strategy_name`, `params.NAME`.
[[nodiscard]] result::Result<ports::Preset> parse_preset(std::string_view body,
                                                         const std::string& name = {});

[[nodiscard]] Response preset_response(int status, const ports::Preset& preset);
[[nodiscard]] Response presets_response(const ports::PresetPage& page, std::uint64_t limit,
                                        std::uint64_t offset);

/// Each name once, in the order of the slots.
[[nodiscard]] std::vector<std::string> presets_of(const WantedSession& wanted);

/// Every slot that names a preset gets its strategy and parameters; what the slot says itself goes
/// over them. Errors: invalid, field `strategies.KRW-BTC[0].preset`.
[[nodiscard]] result::Status apply_presets(const std::vector<ports::Preset>& presets,
                                           WantedSession& wanted);

/// The same for one slot of a session that runs, which has this strategy. Errors: invalid, field
/// `preset`.
[[nodiscard]] result::Status apply_preset(const ports::Preset& preset, const std::string& strategy,
                                          actors::ChangeSlot& change);

/// Error: invalid, this field.
[[nodiscard]] result::Error no_such_preset_here(const std::string& name, std::string field);

}  // namespace hts::http
