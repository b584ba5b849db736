#include "engine/paper/paper_books.hpp"

#include <algorithm>
#include <utility>

namespace hts::paper {
namespace {

using result::ErrorCode;
using result::make_error;
using trading::CoinAmount;
using trading::Money;
using trading::Price;

Price average(Money value, CoinAmount quantity) {
  constexpr int digits =
      Price::digits_behind_point + CoinAmount::digits_behind_point - Money::digits_behind_point;
  if (quantity.units() == 0) return {};
  const auto units = trading::fixed::multiply_divide(
      value.units(), trading::fixed::power_of_ten(digits), quantity.units());
  return Price::of_units(units.value_or(0));
}

result::Error contradicts(const PaperEvent& event, const std::string& why) {
  return make_error(ErrorCode::conflict,
                    "Event " + std::to_string(event.number) + " contradicts the books: " + why +
                        ". They are damaged; restore a backup or start a new session.",
                    "events");
}

/// Adds or subtracts; remembers when something did not fit.
class Sums {
 public:
  template <class Number>
  void add(Number& sum, std::optional<Number> more) {
    const auto result = more ? sum.plus(*more) : std::nullopt;
    fits_ = fits_ && result.has_value();
    if (result) sum = *result;
  }
  template <class Number>
  void subtract(Number& sum, std::optional<Number> less) {
    const auto result = less ? sum.minus(*less) : std::nullopt;
    fits_ = fits_ && result.has_value();
    if (result) sum = *result;
  }
  [[nodiscard]] bool fit() const noexcept { return fits_; }

 private:
  bool fits_ = true;
};

void count(Sums& sums, BookTotals& totals, const PaperEvent& fill, Money realized,
           const BookPosition& position) {
  sums.add(totals.realized_profit, std::optional{realized});
  sums.add(totals.fees, std::optional{fill.fee});
  sums.add(totals.slippage, std::optional{fill.slippage});
  ++totals.fills;
  if (position.quantity.units() != 0) return;
  ++totals.closed;
  totals.wins += position.realized_profit.units() > 0 ? 1 : 0;
  totals.losses += position.realized_profit.units() < 0 ? 1 : 0;
}

}  // namespace

result::Error amount_too_large() {
  return make_error(ErrorCode::invalid,
                    "The event does not fit into the books: its amounts are too large.", "amount");
}

Price BookPosition::entry_price() const {
  return average(entered_value, entered);
}

Price BookPosition::exit_price() const {
  return average(left_value, left);
}

Money BookPosition::unrealized_profit(Price price) const {
  const auto value = trading::value_of(price, quantity);
  if (!value) return {};
  return (side == trading::Side::buy ? value->minus(cost) : cost.minus(*value)).value_or(Money{});
}

/// What a fill makes of its position.
struct PaperBooks::Change {
  BookPosition position;
  Money realized;
};

const BookPosition* PaperBooks::find(const std::string& position_id) const {
  const auto found = positions_.find(position_id);
  return found == positions_.end() ? nullptr : &found->second;
}

const BookPosition* PaperBooks::of_slot(SlotId slot) const {
  const auto found = by_slot_.find(slot);
  return found == by_slot_.end() ? nullptr : find(found->second);
}

BookTotals PaperBooks::of_book(SlotId slot) const {
  const auto found = books_.find(slot);
  return found == books_.end() ? BookTotals{} : found->second;
}

result::Result<PaperBooks::Change> PaperBooks::change_of(const PaperEvent& fill) const {
  const auto value = trading::value_of(fill.price, fill.quantity);
  if (!value) return amount_too_large();
  if (fill.quantity.units() <= 0) return contradicts(fill, "a fill has no quantity");
  Change change;
  Sums sums;
  BookPosition& position = change.position;
  const BookPosition* open = find(fill.position_id);
  if (open == nullptr) {
    if (fill.slot != manual_book && of_slot(fill.slot) != nullptr) {
      return contradicts(fill, "its slot has another position");
    }
    position.position_id = fill.position_id;
    position.slot = fill.slot;
    position.instrument = fill.instrument;
    position.side = fill.side;
    position.entry_time = fill.time;
  } else {
    position = *open;
    if (position.slot != fill.slot || position.instrument != fill.instrument) {
      return contradicts(fill, "its position is another book's");
    }
  }
  sums.add(position.fee, std::optional{fill.fee});
  sums.add(position.slippage, std::optional{fill.slippage});
  if (fill.side == position.side) {
    sums.add(position.quantity, std::optional{fill.quantity});
    sums.add(position.cost, value);
    sums.add(position.entry_fee, std::optional{fill.fee});
    sums.add(position.entered, std::optional{fill.quantity});
    sums.add(position.entered_value, value);
    if (!sums.fit()) return amount_too_large();
    return change;
  }
  if (fill.quantity > position.quantity) return contradicts(fill, "it closes more than is open");
  const bool whole = fill.quantity == position.quantity;
  const auto part = [&](Money of) -> std::optional<Money> {
    return whole ? std::optional{of} : of.share(fill.quantity, position.quantity);
  };
  const auto cost = part(position.cost);
  const auto entry_fee = part(position.entry_fee);
  const bool is_long = position.side == trading::Side::buy;
  sums.add(change.realized, is_long ? value : cost);
  sums.subtract(change.realized, is_long ? cost : value);
  sums.subtract(change.realized, entry_fee);
  sums.subtract(change.realized, std::optional{fill.fee});
  sums.subtract(position.cost, cost);
  sums.subtract(position.entry_fee, entry_fee);
  sums.subtract(position.quantity, std::optional{fill.quantity});
  sums.add(position.left, std::optional{fill.quantity});
  sums.add(position.left_value, value);
  sums.add(position.realized_profit, std::optional{change.realized});
  position.exit_time = fill.time;
  position.reason = fill.reason;
  if (!sums.fit()) return amount_too_large();
  return change;
}

result::Result<Money> PaperBooks::realized_by(const PaperEvent& fill) const {
  auto change = change_of(fill);
  if (!change) return std::move(change).error();
  return change->realized;
}

std::uint32_t PaperBooks::account_of(const PaperEvent& fill) const {
  if (fill.slot != manual_book) return fill.slot;
  const auto known = manual_accounts_.find(fill.position_id);
  return known == manual_accounts_.end() ? manual_count_ : known->second;
}

result::Status PaperBooks::book_fill(const PaperEvent& fill) {
  auto change = change_of(fill);
  if (!change) return std::move(change).error();
  if (change->realized != fill.realized_profit) {
    return contradicts(fill, "its realized profit is not what its position gives");
  }
  BookTotals totals = totals_;
  BookTotals book = of_book(fill.slot);
  Sums sums;
  count(sums, totals, fill, change->realized, change->position);
  count(sums, book, fill, change->realized, change->position);
  if (!sums.fit()) return amount_too_large();
  trading::Ledger& ledger = fill.slot == manual_book ? manual_ : strategies_;
  const std::uint32_t account = account_of(fill);
  auto booked = ledger.book({account, fill.side, fill.quantity, fill.price, fill.fee});
  if (!booked) return booked;

  totals_ = totals;
  books_[fill.slot] = book;
  if (fill.slot == manual_book && manual_accounts_.emplace(fill.position_id, account).second) {
    ++manual_count_;
  }
  if (change->position.quantity.units() != 0) {
    if (fill.slot != manual_book) by_slot_[fill.slot] = fill.position_id;
    positions_[fill.position_id] = std::move(change->position);
    return result::success();
  }
  by_slot_.erase(fill.slot);
  manual_accounts_.erase(fill.position_id);
  positions_.erase(fill.position_id);
  closed_.push_back(std::move(change->position));
  return result::success();
}

result::Status PaperBooks::book(const PaperEvent& event) {
  if (event.number != events_ + 1) {
    return contradicts(event, "the last one is " + std::to_string(events_));
  }
  if (event.kind == PaperEventKind::fill) {
    if (auto booked = book_fill(event); !booked) return booked;
  }
  ++events_;
  return result::success();
}

}  // namespace hts::paper
