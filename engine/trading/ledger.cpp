#include "engine/trading/ledger.hpp"

#include <algorithm>
#include <optional>

namespace hts::trading {
namespace {

/// A sum of which one step may not fit; then the whole does not.
template <class Number>
class Sum {
 public:
  explicit Sum(Number start) : sum_(start) {}
  Sum& add(std::optional<Number> number) noexcept {
    sum_ = sum_ && number ? sum_->plus(*number) : std::nullopt;
    return *this;
  }
  Sum& subtract(std::optional<Number> number) noexcept {
    sum_ = sum_ && number ? sum_->minus(*number) : std::nullopt;
    return *this;
  }
  /// `number` with the sign of a side: bought or sold.
  Sum& add_signed(std::optional<Number> number, Side side) noexcept {
    return side == Side::buy ? add(number) : subtract(number);
  }
  [[nodiscard]] const std::optional<Number>& value() const noexcept { return sum_; }

 private:
  std::optional<Number> sum_;
};

CoinAmount size_of(CoinAmount quantity) noexcept {
  return CoinAmount::of_units(quantity.units() < 0 ? -quantity.units() : quantity.units());
}

}  // namespace

Ledger::Position Ledger::position(std::uint32_t instrument) const {
  const auto found = positions_.find(instrument);
  return found == positions_.end() ? Position{} : found->second;
}

result::Status Ledger::book(const LedgerEntry& entry) {
  const Position before = position(entry.instrument);
  const bool against = (before.quantity.units() > 0 && entry.side == Side::sell) ||
                       (before.quantity.units() < 0 && entry.side == Side::buy);
  const CoinAmount held = size_of(before.quantity);
  const CoinAmount closing = against ? std::min(held, entry.quantity) : CoinAmount{};

  const auto value = value_of(entry.price, entry.quantity);
  const auto closing_value = closing == entry.quantity ? value : value_of(entry.price, closing);
  // What was paid for the closed quantity, signed as the position's cost.
  std::optional<Money> closed_cost = Money{};
  if (closing.units() != 0) {
    closed_cost = closing == held ? before.cost : before.cost.share(closing, held);
  }

  const auto quantity = Sum(before.quantity).add_signed(entry.quantity, entry.side).value();
  const auto opening_value = value && closing_value ? value->minus(*closing_value) : std::nullopt;
  const auto cost =
      Sum(before.cost).subtract(closed_cost).add_signed(opening_value, entry.side).value();
  // A sale brings its value in and takes the cost out; a purchase that covers does the contrary,
  // with a cost below 0.
  const auto realized =
      Sum(realized_).add_signed(closing_value, opposite(entry.side)).subtract(closed_cost).value();
  const auto cash = Sum(cash_).add_signed(value, opposite(entry.side)).subtract(entry.fee).value();
  const auto fees = Sum(fees_).add(entry.fee).value();
  if (!quantity || !cost || !realized || !cash || !fees) {
    return result::make_error(result::ErrorCode::invalid,
                              "The execution does not fit into the ledger: its amounts are too "
                              "large.",
                              "amount");
  }
  positions_[entry.instrument] = {*quantity, *cost};
  realized_ = *realized;
  cash_ = *cash;
  fees_ = *fees;
  return result::success();
}

}  // namespace hts::trading
