#pragma once

#include <cstdint>
#include <vector>

#include "actors/live_messages.hpp"
#include "adapters/http/http_message.hpp"
#include "engine/json/json_writer.hpp"

/// Paper trading as clients see it. Money is in the quote currency, `_pct` are percents, `win_rate`
/// is 0..1, `hold_duration` is in seconds.
namespace hts::http {

/// The members `bid`, `bid_quantity`, `ask`, `ask_quantity`; null where nobody offers.
void write_quote(json::Writer& writer, const ports::FeedQuote& quote);

/// How the session is. Without one `session_id` is null.
[[nodiscard]] Response session_response(const actors::SessionStatus& status,
                                        std::uint64_t websocket_clients);
[[nodiscard]] Response session_strategies_response(const actors::SessionStatus& status);
[[nodiscard]] Response market_data_response(const actors::MarketStatus& market);

[[nodiscard]] Response position_response(const actors::LivePosition& position);
[[nodiscard]] Response positions_response(const actors::SessionStatus& session,
                                          const std::vector<actors::LivePosition>& positions);
[[nodiscard]] Response trade_response(const actors::LiveTrade& trade);
[[nodiscard]] Response trades_response(const actors::LiveTradePage& page, std::uint64_t limit,
                                       std::uint64_t offset);
/// The books in one object: what is open, by strategy, and what all of it has brought.
[[nodiscard]] Response book_summary_response(const actors::SessionStatus& session,
                                             const std::vector<actors::LivePosition>& positions,
                                             const actors::LiveTradePage& trades);
[[nodiscard]] Response parity_response(const actors::ParityReport& report);

}  // namespace hts::http
