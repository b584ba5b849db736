#include <cmath>
#include <utility>

#include "engine/paper/paper_session.hpp"

namespace hts::paper {
namespace {

using result::ErrorCode;
using result::make_error;
using result::Status;
using result::success;
using trading::Money;
using trading::Price;

/// Larger amounts are a mistake of whoever entered them.
constexpr double largest_value = 1e15;

/// A fraction of an amount, rounded half to even.
std::optional<Money> part_of(Money amount, double fraction) {
  const auto part = trading::CoinAmount::nearest(fraction);
  constexpr int digits = trading::CoinAmount::digits_behind_point;
  const auto whole = trading::CoinAmount::of_units(trading::fixed::power_of_ten(digits));
  if (!part) return std::nullopt;
  return amount.share(*part, whole);
}

Status check_amounts(trading::CoinAmount quantity, Price price, const char* price_field) {
  if (quantity.units() <= 0) {
    return make_error(ErrorCode::invalid, "quantity must be an amount above 0.", "quantity");
  }
  if (price.units() <= 0) {
    return make_error(ErrorCode::invalid, std::string{price_field} + " must be a price above 0.",
                      price_field);
  }
  const auto value = trading::value_of(price, quantity);
  if (!value || value->approximate() > largest_value) {
    return make_error(ErrorCode::invalid,
                      "quantity times price is more than 10^15: give a smaller quantity.",
                      "quantity");
  }
  return success();
}

result::Error entry_refused(const std::string& why) {
  return make_error(ErrorCode::conflict, why);
}

}  // namespace

Status PaperSession::check_entry(const Entry& entry) const {
  if (entry.instrument >= plan_.symbols.size()) {
    return make_error(ErrorCode::invalid, "The session does not follow this symbol.", "symbol");
  }
  auto sound = check_amounts(entry.quantity, entry.price, "entry_price");
  if (!sound) return sound;
  if (is_halted()) {
    return entry_refused("The session is halted (" + halt_reason_ +
                         "): resume it before you enter.");
  }
  const auto& risk = plan_.account.risk;
  const auto market = price_of(entry.instrument);
  if (market && risk.check_price(market->approximate(), entry.price.approximate()) !=
                    trading::RiskRules::Refusal::none) {
    return entry_refused("The price is further from the market's " + market->text() +
                         " than the largest slippage: enter at about that price.");
  }
  std::size_t open = account_->open_positions();
  double exposure = entry.price.approximate() * entry.quantity.approximate();
  double bound = exposure * (1 + plan_.manual.fee);
  const auto price = market.value_or(entry.price).approximate();
  for (SlotId slot = 0; slot < account_->slots(); ++slot) {
    if (plan_.slots[slot].instrument != entry.instrument) continue;
    exposure += std::fabs(account_->position(slot).quantity) * price;
  }
  for (const auto& [id, position] : books_.positions()) {
    if (position.slot != manual_book) continue;
    ++open;
    bound += position.cost.approximate();
    if (position.instrument == entry.instrument) {
      exposure += position.quantity.approximate() * price;
    }
  }
  if (risk.max_positions > 0 && open >= risk.max_positions) {
    return entry_refused("The largest number of open positions is reached.");
  }
  if (risk.check_exposure(exposure, equity()) != trading::RiskRules::Refusal::none) {
    return entry_refused(
        "The positions in this symbol would be worth more than the largest exposure.");
  }
  const double free =
      account_->free_equity() + books_.of_book(manual_book).realized_profit.approximate();
  if (!(bound <= free)) {
    return entry_refused("The session's free equity does not cover the position and its fee.");
  }
  return success();
}

PaperSession::Events PaperSession::enter(time::Timestamp moment, const Entry& entry) {
  if (auto allowed = check_entry(entry); !allowed) return std::move(allowed).error();
  PaperEvent& asked = note_by_hand(PaperEventKind::asked, moment);
  asked.instrument = entry.instrument;
  asked.side = entry.side;
  asked.quantity = entry.quantity;
  asked.price = entry.price;
  asked.reason = asked_enter;
  PaperEvent fill = asked;
  const auto value = trading::value_of(entry.price, entry.quantity);
  fill.fee = part_of(value.value_or(Money{}), plan_.manual.fee).value_or(Money{});
  fill.reason.clear();
  return finished(book(std::move(fill)));
}

PaperSession::Events PaperSession::close(time::Timestamp moment, const std::string& position_id,
                                         Price price) {
  const BookPosition* open = books_.find(position_id);
  if (open == nullptr) {
    return make_error(ErrorCode::not_found,
                      "No open position has the id " + position_id.substr(0, 64) +
                          ": list the positions to see which are open.",
                      "position_id");
  }
  const BookPosition position = *open;
  if (auto sound = check_amounts(position.quantity, price, "price"); !sound) {
    return std::move(sound).error();
  }
  PaperEvent& asked = note_by_hand(PaperEventKind::asked, moment);
  asked.instrument = position.instrument;
  asked.position_id = position_id;
  asked.price = price;
  asked.reason = asked_close;
  if (position.slot == manual_book) return finished(close_manual(position, price, moment));
  return finished(book(account_->close_now(position.slot, price.approximate(), moment)));
}

Status PaperSession::close_manual(const BookPosition& position, Price price,
                                  time::Timestamp moment) {
  PaperEvent fill;
  fill.time = moment;
  fill.slot = manual_book;
  fill.instrument = position.instrument;
  fill.position_id = position.position_id;
  fill.side = trading::opposite(position.side);
  fill.quantity = position.quantity;
  const double slip = plan_.manual.exit_slippage * trading::sign_of(fill.side);
  const auto slipped = Price::nearest(price.approximate() * (1 + slip));
  if (!slipped) return std::move(slipped).error();
  fill.price = *slipped;
  const auto value = trading::value_of(price, position.quantity);
  const auto executed = trading::value_of(fill.price, position.quantity);
  const auto lost = value && executed ? value->minus(*executed) : std::nullopt;
  if (!lost) {
    return amount_too_large();
  }
  fill.slippage = Money::of_units(lost->units() < 0 ? -lost->units() : lost->units());
  if (plan_.manual.fee_on_exit) {
    fill.fee = part_of(*executed, plan_.manual.fee).value_or(Money{});
  }
  fill.reason = backtest::name_of(backtest::ExitReason::by_hand);
  closing_.erase(position.position_id);
  return book(std::move(fill));
}

Status PaperSession::close_what_waits(std::span<const backtest::SteppedCandle> candles,
                                      time::Timestamp moment) {
  if (closing_.empty()) return success();
  for (const auto& [symbol, candle] : candles) {
    const auto price = Price::nearest(candle.open);
    if (!price) return price.error();
    const std::set<std::string> waiting = closing_;
    for (const std::string& id : waiting) {
      const BookPosition* position = books_.find(id);
      if (position == nullptr) {
        closing_.erase(id);
      } else if (position->instrument == symbol) {
        auto closed = close_manual(BookPosition{*position}, *price, moment);
        if (!closed) return closed;
      }
    }
  }
  return success();
}

}  // namespace hts::paper
