#include "actors/session_view.hpp"

#include <algorithm>

namespace hts::actors {
namespace {

std::string book_name(const paper::LivePlan& plan, paper::SlotId slot) {
  return slot == paper::manual_book ? "manual" : plan.slots[slot].strategy;
}

double percent_of(trading::Money part, trading::Money whole) {
  const double value = whole.approximate();
  return value > 0 ? part.approximate() / value * 100 : 0;
}

}  // namespace

LivePosition live_position(const paper::LivePlan& plan, const paper::BookPosition& position,
                           std::optional<trading::Price> price) {
  const trading::Price entry = position.entry_price();
  const trading::Price current = price.value_or(entry);
  const trading::Money profit = position.unrealized_profit(current);
  return {position.position_id,
          plan.symbols[position.instrument],
          book_name(plan, position.slot),
          position.slot,
          position.entry_time,
          position.side,
          entry,
          position.quantity,
          current,
          profit,
          percent_of(profit, position.cost),
          position.fee};
}

LiveTrade live_trade(const paper::LivePlan& plan, const paper::BookPosition& closed) {
  return {closed.position_id,
          plan.symbols[closed.instrument],
          book_name(plan, closed.slot),
          closed.entry_time,
          closed.exit_time,
          closed.side,
          closed.entry_price(),
          closed.exit_price(),
          closed.left,
          closed.realized_profit,
          percent_of(closed.realized_profit, closed.entered_value),
          closed.fee,
          closed.slippage,
          closed.reason};
}

void update(SessionView& view, paper::PaperSession& session) {
  view.positions.clear();
  for (const auto& [id, position] : session.books().positions()) view.positions.push_back(position);
  std::ranges::stable_sort(view.positions, {}, &paper::BookPosition::entry_time);
  for (const auto& closed : session.books().take_closed()) {
    view.trades.push_back(live_trade(session.plan(), closed));
  }
  view.totals = session.books().totals();
  view.cash = session.account().cash() +
              session.books().of_book(paper::manual_book).realized_profit.approximate();
  view.equity = session.equity();
  view.is_halted = session.is_halted();
  view.halt_reason = session.halt_reason();
  view.up_to = session.up_to();
  view.events = session.books().events();
}

LiveTradePage trade_page(const SessionView& view, const GetTrades& wanted) {
  LiveTradePage page;
  page.total = view.trades.size();
  page.realized_profit = view.totals.realized_profit;
  page.wins = view.totals.wins;
  page.losses = view.totals.losses;
  for (std::uint64_t i = wanted.offset; i < page.total && i - wanted.offset < wanted.limit; ++i) {
    page.trades.push_back(view.trades[page.total - 1 - i]);
  }
  return page;
}

}  // namespace hts::actors
