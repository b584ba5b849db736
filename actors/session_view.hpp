#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/live_messages.hpp"
#include "engine/paper/paper_session.hpp"
#include "engine/ports/ledger_store.hpp"
#include "engine/result/result.hpp"

namespace hts::actors {

/// What people may see of a session: all of it is durable.
struct SessionView {
  std::shared_ptr<const paper::LivePlan> plan;
  std::vector<paper::BookPosition> positions;
  std::deque<LiveTrade> trades;  ///< the newest ones, ascending
  paper::BookTotals totals;
  double cash = 0;
  double equity = 0;
  bool is_halted = false;
  std::string halt_reason;
  std::optional<time::Timestamp> up_to;
  std::uint64_t events = 0;  ///< number of the newest
};

/// Brings the view to where the session is; of its trades the newest `kept` stay. O(open positions
/// + newly closed ones).
void update(SessionView& view, paper::PaperSession& session, std::size_t kept);

[[nodiscard]] LivePosition live_position(const paper::LivePlan& plan,
                                         const paper::BookPosition& position,
                                         std::optional<trading::Price> price);
[[nodiscard]] LiveTrade live_trade(const paper::LivePlan& plan, const paper::BookPosition& closed);
/// Without its trades when some of them are older than those that the view has.
[[nodiscard]] LiveTradePage trade_page(const SessionView& view, const GetTrades& wanted);
[[nodiscard]] bool has_trades_of(const SessionView& view, const GetTrades& wanted) noexcept;

/// Those of a page, newest first, of the `total` trades that a session had with its event `events`:
/// made anew from the events. Blocks; O(events), one page of them in memory. Errors: those of the
/// ledger and of books.
[[nodiscard]] result::Result<std::vector<LiveTrade>> stored_trades(ports::LedgerStore& ledger,
                                                                   const paper::LivePlan& plan,
                                                                   std::uint64_t events,
                                                                   std::uint64_t total,
                                                                   const GetTrades& wanted);

}  // namespace hts::actors
