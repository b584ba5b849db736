#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/paper/paper_session.hpp"
#include "engine/paper/state_bytes.hpp"

namespace hts::paper {
namespace {

using result::ErrorCode;
using result::make_error;
using result::Status;
using result::success;

/// Changes with the meaning of the bytes.
constexpr std::uint64_t session_version = 0x48'54'53'53'45'00'00'01;
/// How far the account, which counts in double, may be from the books.
constexpr double tolerance = 1e-9;

bool agree(double account, double books, double scale) {
  return std::fabs(account - books) <= tolerance * std::max({1.0, scale, std::fabs(account)});
}

result::Error disagree(const std::string& what) {
  return make_error(ErrorCode::conflict,
                    "The books made from the stored events do not agree with the stored state (" +
                        what +
                        "): the session must not go on; restore a backup or start a new one.",
                    "state");
}

}  // namespace

std::string PaperSession::state() const {
  StateWriter out;
  out.whole(session_version);
  out.text(plan_.session_id);
  out.whole(books_.events());
  out.flag(up_to_.has_value());
  out.time(up_to_.value_or(time::Timestamp{}));
  out.whole(static_cast<std::uint64_t>(halt_));
  out.text(halt_reason_);
  out.whole(static_cast<std::uint64_t>(halted_day_));
  out.whole(closing_.size());
  for (const std::string& id : closing_) out.text(id);
  out.units(books_.strategies().cash().units());
  out.units(books_.manual().cash().units());
  out.units(books_.totals().realized_profit.units());
  out.text(account_->snapshot());
  return out.bytes();
}

Status PaperSession::read_state(std::string_view state) {
  const auto damaged = [] {
    return make_error(ErrorCode::conflict,
                      "The stored state of the session is damaged or another session's: restore a "
                      "backup or start a new one.",
                      "state");
  };
  StateReader in{state};
  if (in.whole() != session_version || in.text() != plan_.session_id) return damaged();
  const std::uint64_t events = in.whole();
  const bool has_bars = in.flag();
  const time::Timestamp up_to = in.time();
  if (has_bars) up_to_ = up_to;
  halt_ = static_cast<Halt>(in.whole(static_cast<std::uint64_t>(Halt::of_the_day)));
  halt_reason_ = in.text();
  halted_day_ = static_cast<std::int64_t>(in.whole());
  for (std::uint64_t left = in.whole(state.size()); left > 0 && in.is_sound(); --left) {
    closing_.emplace(in.text());
  }
  const auto cash = in.units();
  const auto manual_cash = in.units();
  const auto realized = in.units();
  const std::string_view account = in.text();
  if (!in.is_over()) return damaged();
  if (events != books_.events()) return disagree("the number of events");
  if (cash != books_.strategies().cash().units() || manual_cash != books_.manual().cash().units() ||
      realized != books_.totals().realized_profit.units()) {
    return disagree("cash");
  }
  return account_->restore(account);
}

/// Each position and the cash of the account against those of the books.
Status PaperSession::check_books() const {
  double cost = 0;
  for (SlotId slot = 0; slot < account_->slots(); ++slot) {
    const auto& held = account_->position(slot);
    const BookPosition* booked = books_.of_slot(slot);
    double quantity = 0;
    if (booked != nullptr) {
      const double sign = trading::sign_of(booked->side);
      quantity = sign * booked->quantity.approximate();
      cost += sign * booked->cost.approximate();
    }
    if (!agree(held.quantity, quantity, 0)) {
      return disagree("the position of slot " + std::to_string(slot));
    }
  }
  const double cash = books_.strategies().cash().approximate() + cost;
  const double moved = books_.strategies().started_with().approximate();
  if (!agree(account_->cash(), cash, moved)) return disagree("the account's cash");
  return success();
}

result::Result<std::unique_ptr<PaperSession>> PaperSession::resume(
    LivePlan plan, std::string_view state, std::span<const PaperEvent> events) {
  auto made = begin(std::move(plan));
  if (!made) return std::move(made).error();
  auto session = std::move(made).value();
  for (const PaperEvent& event : events) {
    if (auto booked = session->books_.book(event); !booked) return std::move(booked).error();
  }
  if (state.empty() && events.empty()) return session;
  if (auto read = session->read_state(state); !read) return std::move(read).error();
  if (auto sound = session->check_books(); !sound) return std::move(sound).error();
  return session;
}

}  // namespace hts::paper
