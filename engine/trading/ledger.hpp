#pragma once

#include <cstdint>
#include <map>

#include "engine/result/result.hpp"
#include "engine/trading/money.hpp"
#include "engine/trading/side.hpp"

namespace hts::trading {

/// One execution as the ledger books it. Quantity, price and fee are 0 or above.
struct LedgerEntry {
  std::uint32_t instrument = 0;  ///< whatever has a position of its own
  Side side = Side::buy;
  CoinAmount quantity;
  Price price;
  Money fee;
};

/// Cash, positions, realized profit and fees, counted in fixed point from executions alone: what a
/// simulation or a paper account says must agree with it.
///
/// 1. cash + the cost of all positions = starting cash + realized profit - fees, to the last digit.
/// 2. An entry is booked wholly or, when a number does not fit, not at all.
/// 3. Positions are kept at average cost; a short one has a negative quantity and cost.
class Ledger {
 public:
  struct Position {
    CoinAmount quantity;
    Money cost;  ///< what the open quantity was bought for; below 0: sold for
  };

  explicit Ledger(Money cash) : cash_(cash), started_with_(cash) {}

  /// Error: invalid, field `amount`, when a number does not fit. O(log instruments).
  [[nodiscard]] result::Status book(const LedgerEntry& entry);

  [[nodiscard]] Money cash() const noexcept { return cash_; }
  [[nodiscard]] Money started_with() const noexcept { return started_with_; }
  [[nodiscard]] Money fees() const noexcept { return fees_; }
  /// Of closed quantities, before fees.
  [[nodiscard]] Money realized_profit() const noexcept { return realized_; }
  /// Flat when nothing was booked for it.
  [[nodiscard]] Position position(std::uint32_t instrument) const;
  [[nodiscard]] const std::map<std::uint32_t, Position>& positions() const noexcept {
    return positions_;
  }

 private:
  Money cash_;
  Money started_with_;
  Money fees_;
  Money realized_;
  std::map<std::uint32_t, Position> positions_;
};

}  // namespace hts::trading
