#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/live_messages.hpp"
#include "engine/parameters/parameters.hpp"
#include "engine/result/result.hpp"

/// What clients ask of paper trading. Errors are those of whoever sent it: malformed for what is
/// not JSON, unknown_symbol, invalid with the field.
namespace hts::http {

/// A strategy on a symbol as a client named it.
struct WantedSlot {
  std::string field;  ///< "strategies.KRW-BTC[0]"
  std::uint32_t instrument = 0;
  market::Timeframe timeframe = market::Timeframe::minute();
  bool is_enabled = true;
  std::string strategy;  ///< empty: that of the preset
  std::string preset;    ///< a name, or empty; what `params` says goes over it
  std::vector<parameters::NamedValue> params;
};

struct WantedSession {
  paper::LivePlan plan;  ///< without slots
  std::vector<WantedSlot> slots;
};

/// What a session may hold: beyond it a start is refused.
inline constexpr std::size_t most_session_slots = 20'000;

/// `{"symbols": ["KRW-BTC"], "strategies": {"KRW-BTC": [{"strategy_name": "...", "params": {},
/// "timeframe": "1m", "enabled": true, "preset": "..."}]}, "timeframe": "1m", "portfolio": {...},
/// "manual_costs": {"fee": 0.001, "exit_slippage": 0.0002, "fee_on_exit": true}}`. Without
/// `symbols` those of `strategies`. `timeframe` is that of strategies without their own.
[[nodiscard]] result::Result<WantedSession> parse_session_start(std::string_view body);

/// The plan with its slots resolved and checked. No slot may name a preset any more. Errors: field
/// `strategies.KRW-BTC[0].params.NAME`, `strategies.KRW-BTC[0].strategy_name`.
[[nodiscard]] result::Result<paper::LivePlan> plan_of(WantedSession wanted);

/// `{"symbol", "quantity", "entry_price", "side"}`; buy without a side.
[[nodiscard]] result::Result<actors::EnterPosition> parse_enter(std::string_view body);

/// `{"position_id", "exit_price"}`; without a price that of the market.
[[nodiscard]] result::Result<actors::ClosePosition> parse_close(std::string_view body);

/// `{"reason", "close_all"}`, or nothing at all.
[[nodiscard]] result::Result<actors::SetHalted> parse_halt(std::string_view body);

struct WantedSlotChange {
  actors::ChangeSlot change;
  std::string preset;  ///< a name, or empty; the parameters of `change` go over its own
};

/// `{"params": {...}, "enabled": false, "preset": "..."}`, at least one of them. Parameters that
/// are left out get their defaults; whoever knows the slot's strategy checks them.
[[nodiscard]] result::Result<WantedSlotChange> parse_slot_change(paper::SlotId slot,
                                                                 std::string_view body);

}  // namespace hts::http
