#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/live_messages.hpp"
#include "engine/paper/paper_session.hpp"

namespace hts::actors {

/// What people may see of a session: all of it is durable.
struct SessionView {
  std::shared_ptr<const paper::LivePlan> plan;
  std::vector<paper::BookPosition> positions;
  std::vector<LiveTrade> trades;  ///< ascending
  paper::BookTotals totals;
  double cash = 0;
  double equity = 0;
  bool is_halted = false;
  std::string halt_reason;
  std::optional<time::Timestamp> up_to;
  std::uint64_t events = 0;  ///< number of the newest
};

/// Brings the view to where the session is. O(open positions + newly closed ones).
void update(SessionView& view, paper::PaperSession& session);

[[nodiscard]] LivePosition live_position(const paper::LivePlan& plan,
                                         const paper::BookPosition& position,
                                         std::optional<trading::Price> price);
[[nodiscard]] LiveTrade live_trade(const paper::LivePlan& plan, const paper::BookPosition& closed);
[[nodiscard]] LiveTradePage trade_page(const SessionView& view, const GetTrades& wanted);

}  // namespace hts::actors
