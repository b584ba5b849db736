#include "engine/paper/paper_session.hpp"

#include <chrono>
#include <cmath>
#include <utility>

#include "engine/paper/position_id.hpp"

namespace hts::paper {
namespace {

using result::ErrorCode;
using result::make_error;
using result::Status;
using result::success;
using trading::CoinAmount;
using trading::Money;
using trading::Price;

std::int64_t day_of(time::Timestamp moment) {
  return std::chrono::floor<std::chrono::days>(moment).time_since_epoch().count();
}

}  // namespace

result::Result<std::unique_ptr<PaperSession>> PaperSession::begin(LivePlan plan) {
  auto account = PaperAccount::make(plan);
  if (!account) return std::move(account).error();
  const auto cash = Money::nearest(plan.account.cash);
  if (!cash) return amount_too_large();
  return std::unique_ptr<PaperSession>{
      new PaperSession(std::move(plan), std::move(account).value(), *cash)};
}

PaperSession::PaperSession(LivePlan plan, std::unique_ptr<PaperAccount> account, Money cash)
    : plan_(std::move(plan)), account_(std::move(account)), books_(cash) {}

PaperEvent& PaperSession::note(PaperEventKind kind, time::Timestamp time) {
  PaperEvent& event = fresh_.emplace_back();
  event.number = books_.pass_over();
  event.kind = kind;
  event.time = time;
  return event;
}

PaperEvent& PaperSession::note_by_hand(PaperEventKind kind, time::Timestamp time) {
  PaperEvent& event = note(kind, time);
  event.slot = manual_book;
  return event;
}

PaperSession::Events PaperSession::finished(const Status& status) {
  auto events = std::exchange(fresh_, {});
  if (!status) return status.error();
  return events;
}

PaperSession::Events PaperSession::step(time::Timestamp open_time,
                                        std::span<const backtest::SteppedCandle> candles,
                                        std::span<const backtest::SteppedSignal> signals,
                                        std::span<const backtest::SlotCandle> closed) {
  lift_day_halt(open_time);
  if (auto left = close_what_waits(candles, open_time); !left) return finished(left);
  std::vector<backtest::SteppedSignal> allowed(signals.begin(), signals.end());
  for (auto& [slot, signal] : allowed) {
    if (!may_open(slot)) signal.exit_only = true;
  }
  std::vector<PaperAccount::Asked> asked;
  for (const auto& [slot, candle] : closed) asked.push_back({slot, candle, may_open(slot)});
  const auto outcome = account_->step(open_time, candles, allowed, asked);
  up_to_ = open_time;
  if (auto booked = book(outcome); !booked) return finished(booked);
  note_failures(open_time);
  halt_if_day_is_lost(open_time);
  return finished();
}

/// The same sentence each time: what exactly failed may depend on the machine.
void PaperSession::note_failures(time::Timestamp now) {
  for (const backtest::SteppedAsk& answer : account_->answers()) {
    if (!answer.failure) continue;
    PaperEvent& event = note(PaperEventKind::refusal, now);
    event.slot = answer.slot;
    event.instrument = plan_.slots[answer.slot].instrument;
    event.reason = "The strategy failed: it is not asked again, and its orders are cancelled.";
  }
}

/// The rule itself refuses entries until the next day, in the simulation too; here people are told.
void PaperSession::halt_if_day_is_lost(time::Timestamp now) {
  if (halt_ != Halt::none || !account_->is_day_lost()) return;
  halt_ = Halt::of_the_day;
  halted_day_ = day_of(now);
  halt_reason_ = "The day's loss limit is reached; entries wait for the next day.";
  note(PaperEventKind::halted, now).reason = halt_reason_;
}

void PaperSession::lift_day_halt(time::Timestamp now) {
  if (halt_ != Halt::of_the_day || day_of(now) == halted_day_) return;
  halt_ = Halt::none;
  halt_reason_.clear();
  note(PaperEventKind::resumed, now).reason = "A new day has begun.";
}

Status PaperSession::book(const PaperAccount::Outcome& outcome) {
  for (const auto& fill : outcome.fills) {
    if (auto booked = book(fill); !booked) return booked;
  }
  for (const auto& refusal : outcome.refusals) {
    PaperEvent& event = note(PaperEventKind::refusal, *up_to_);
    event.slot = refusal.slot;
    event.instrument = refusal.symbol;
    event.reason = refusal.reason;
  }
  return success();
}

Status PaperSession::book(const backtest::Fill& fill) {
  PaperEvent event;
  event.time = fill.time;
  event.slot = fill.slot;
  event.instrument = fill.symbol;
  event.side = fill.side;
  const auto quantity = CoinAmount::nearest(fill.quantity);
  const auto price = Price::nearest(fill.price);
  const auto fee = Money::nearest(fill.commission);
  const auto slippage = Money::nearest(fill.slippage_cost);
  if (!quantity || !price || !fee || !slippage) return amount_too_large();
  event.quantity = *quantity;
  event.price = *price;
  event.fee = *fee;
  event.slippage = *slippage;
  // What is below the last digit is nothing.
  const BookPosition* open = books_.of_slot(fill.slot);
  if (open != nullptr) {
    event.position_id = open->position_id;
    const bool closes = open->side != fill.side;
    if (closes && (fill.position_after == 0 || open->quantity < event.quantity)) {
      event.quantity = open->quantity;
    }
    if (closes) event.reason = backtest::name_of(fill.reason);
  }
  if (event.quantity.units() == 0) return success();
  return book(std::move(event));
}

/// Numbers, books and notes the fill and what it does to its position.
Status PaperSession::book(PaperEvent fill) {
  const bool opens = books_.find(fill.position_id) == nullptr;
  fill.number = books_.events() + 1;
  fill.kind = PaperEventKind::fill;
  if (opens) fill.position_id = position_id(plan_.session_id, fill.number);
  auto realized = books_.realized_by(fill);
  if (!realized) return std::move(realized).error();
  fill.realized_profit = *realized;
  if (auto booked = books_.book(fill); !booked) return booked;
  fresh_.push_back(fill);
  const BookPosition* open = books_.find(fill.position_id);
  const bool closes = open == nullptr;
  if (!opens && !closes) return success();
  PaperEvent& event =
      note(opens ? PaperEventKind::position_opened : PaperEventKind::position_closed, fill.time);
  event.slot = fill.slot;
  event.instrument = fill.instrument;
  event.position_id = fill.position_id;
  event.side = fill.side;
  event.quantity = fill.quantity;
  event.price = fill.price;
  event.fee = fill.fee;
  event.slippage = fill.slippage;
  event.reason = fill.reason;
  if (!closes) return success();
  const BookPosition& closed = books_.newest_closed();
  event.side = closed.side;
  event.quantity = closed.left;
  event.price = closed.exit_price();
  event.fee = closed.fee;
  event.slippage = closed.slippage;
  event.realized_profit = closed.realized_profit;
  return success();
}

PaperSession::Events PaperSession::halt(time::Timestamp moment, const std::string& reason,
                                        bool close_all) {
  halt_ = Halt::by_hand;
  halt_reason_ = reason;
  note_by_hand(PaperEventKind::halted, moment).reason = reason;
  for (SlotId slot = 0; slot < account_->slots(); ++slot) {
    account_->stop_entry(slot);
    if (close_all) account_->close_at_next_open(slot);
  }
  if (close_all) {
    note_by_hand(PaperEventKind::asked, moment).reason = asked_close_all;
    for (const auto& [id, position] : books_.positions()) {
      if (position.slot == manual_book) closing_.insert(id);
    }
  }
  return finished();
}

PaperSession::Events PaperSession::resume_trading(time::Timestamp moment) {
  halt_ = Halt::none;
  halt_reason_.clear();
  note_by_hand(PaperEventKind::resumed, moment).reason = "by hand";
  return finished();
}

PaperSession::Events PaperSession::change_slot(time::Timestamp moment, const SlotChange& change) {
  if (change.slot >= plan_.slots.size()) {
    return make_error(ErrorCode::not_found,
                      "The session has no slot " + std::to_string(change.slot) +
                          ": ask for the session's runners to see which there are.",
                      "slot");
  }
  LiveSlot& slot = plan_.slots[change.slot];
  slot.earlier.push_back({slot.parameters, slot.is_enabled, slot.warmed_from, moment});
  if (change.parameters) {
    slot.parameters = *change.parameters;
    slot.warmed_from = change.warmed_from;
  }
  slot.is_enabled = change.is_enabled.value_or(slot.is_enabled);
  if (!slot.is_enabled) account_->stop_entry(change.slot);
  PaperEvent& event = note(PaperEventKind::slot_changed, moment);
  event.slot = change.slot;
  event.instrument = slot.instrument;
  event.reason = change.parameters ? "parameters" : slot.is_enabled ? "enabled" : "disabled";
  return finished();
}

std::optional<Price> PaperSession::price_of(InstrumentId instrument) const {
  const double mark = account_->marked(instrument);
  const auto price = Price::nearest(mark);
  if (!(mark > 0) || !price) return std::nullopt;
  return *price;
}

double PaperSession::equity() const {
  double equity = account_->equity() + books_.of_book(manual_book).realized_profit.approximate();
  for (const auto& [id, position] : books_.positions()) {
    if (position.slot != manual_book) continue;
    const auto price = price_of(position.instrument).value_or(position.entry_price());
    equity += (position.unrealized_profit(price)).approximate() - position.entry_fee.approximate();
  }
  return equity;
}

}  // namespace hts::paper
