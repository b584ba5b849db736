#pragma once

#include <cstdint>
#include <string>

#include "engine/paper/live_plan.hpp"
#include "engine/time/timestamp.hpp"
#include "engine/trading/money.hpp"
#include "engine/trading/side.hpp"

namespace hts::paper {

enum class PaperEventKind : std::uint8_t {
  fill,             ///< an execution: what the ledger books
  position_opened,  ///< the first fill of a position
  position_closed,  ///< with its realized profit
  refusal,          ///< an order or signal that did not become a fill
  halted,           ///< a risk rule or the kill switch: nothing opens any more
  resumed,
  slot_changed,  ///< parameters or the enable flag
  cash_changed,  ///< put in or taken out by hand
  asked,         ///< somebody asked for a trade; what came of it follows
};

/// Whose position: that of a slot, or one that somebody entered by hand. Also of what people asked
/// of the whole session: a halt without it came from a risk rule.
inline constexpr SlotId manual_book = UINT32_MAX;

/// What happened in a session. Events alone rebuild the books: fills give positions, cash, fees and
/// profit to the last digit. What a kind does not need is 0 or empty.
struct PaperEvent {
  std::uint64_t number = 0;  ///< from 1, without gaps, within a session
  PaperEventKind kind = PaperEventKind::fill;
  time::Timestamp time{};  ///< the bar's open; of a request its moment, before the next close
  SlotId slot = 0;
  InstrumentId instrument = 0;
  std::string position_id;  ///< UUID; of fills and positions
  trading::Side side = trading::Side::buy;
  trading::CoinAmount quantity;  ///< positive
  trading::Price price;          ///< after slippage
  trading::Money fee;
  trading::Money slippage;         ///< what it cost beside the fee, positive
  trading::Money realized_profit;  ///< of what a fill or position closed, net of fees
  std::string reason;              ///< a sentence or the name of an exit reason

  friend bool operator==(const PaperEvent&, const PaperEvent&) = default;
};

}  // namespace hts::paper
