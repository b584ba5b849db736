#include "actors/session_view.hpp"

#include <algorithm>
#include <utility>

#include "engine/paper/paper_books.hpp"

namespace hts::actors {
namespace {

constexpr std::uint64_t events_a_page = 10'000;

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

void update(SessionView& view, paper::PaperSession& session, std::size_t kept) {
  view.positions.clear();
  for (const auto& [id, position] : session.books().positions()) view.positions.push_back(position);
  std::ranges::stable_sort(view.positions, {}, &paper::BookPosition::entry_time);
  for (const auto& closed : session.books().take_closed()) {
    view.trades.push_back(live_trade(session.plan(), closed));
    if (view.trades.size() > kept) view.trades.pop_front();
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

bool has_trades_of(const SessionView& view, const GetTrades& wanted) noexcept {
  const std::uint64_t kept = view.trades.size();
  if (kept == view.totals.closed || wanted.offset >= view.totals.closed) return true;
  return wanted.offset <= kept && wanted.limit <= kept - wanted.offset;
}

LiveTradePage trade_page(const SessionView& view, const GetTrades& wanted) {
  LiveTradePage page;
  page.total = view.totals.closed;
  page.realized_profit = view.totals.realized_profit;
  page.wins = view.totals.wins;
  page.losses = view.totals.losses;
  if (!has_trades_of(view, wanted)) return page;
  const std::uint64_t kept = view.trades.size();
  for (std::uint64_t i = wanted.offset; i < kept && i - wanted.offset < wanted.limit; ++i) {
    page.trades.push_back(view.trades[kept - 1 - i]);
  }
  return page;
}

result::Result<std::vector<LiveTrade>> stored_trades(ports::LedgerStore& ledger,
                                                     const paper::LivePlan& plan,
                                                     std::uint64_t events, std::uint64_t total,
                                                     const GetTrades& wanted) {
  std::vector<LiveTrade> trades;
  if (wanted.offset >= total) return trades;
  const std::uint64_t end = total - wanted.offset;  // by number from the oldest, from 0
  const std::uint64_t begin = end - std::min(end, wanted.limit);
  const auto cash = trading::Money::nearest(plan.account.cash);
  if (!cash) return paper::amount_too_large();
  paper::PaperBooks books(*cash);
  std::uint64_t number = 0;
  for (std::uint64_t done = 0; done < events && number < end;) {
    auto page = ledger.events(plan.session_id, done + 1, std::min(events - done, events_a_page));
    if (!page) return std::move(page).error();
    if (page->empty()) break;
    for (const paper::PaperEvent& event : *page) {
      if (auto booked = books.book(event); !booked) return std::move(booked).error();
    }
    done += page->size();
    for (const paper::BookPosition& closed : books.take_closed()) {
      if (number >= begin && number < end) trades.push_back(live_trade(plan, closed));
      ++number;
    }
  }
  std::ranges::reverse(trades);
  return trades;
}

}  // namespace hts::actors
