#pragma once

#include <cstdint>
#include <optional>

#include "engine/time/timestamp.hpp"
#include "engine/trading/side.hpp"

/// Orders as strategies give them, in a simulation and on paper alike. Plain values.
namespace hts::trading {

enum class OrderType {
  market,         ///< at the next price there is
  limit,          ///< at limit_price or better
  stop,           ///< becomes a market order once the price reaches stop_price
  stop_limit,     ///< becomes a limit order once the price reaches stop_price
  trailing_stop,  ///< a stop that follows the best price at a distance, never back
};

enum class TimeInForce {
  good_till_cancelled,
  day,                  ///< until the end of the UTC day of the candle that gave it
  immediate_or_cancel,  ///< what the first candle cannot fill is cancelled
  fill_or_kill,         ///< wholly on the first candle, or not at all
};

/// Exits that guard a position from its entry on, as fractions of the entry price (0.02 is 2 %); 0
/// is none. A stop and a target cancel each other.
struct Protection {
  double stop_loss = 0;
  double take_profit = 0;
  double trailing_stop = 0;

  [[nodiscard]] bool any() const noexcept {
    return stop_loss > 0 || take_profit > 0 || trailing_stop > 0;
  }
  friend bool operator==(const Protection&, const Protection&) = default;
};

using OrderId = std::uint64_t;  ///< from 1, in order of submission

struct OrderRequest {
  Side side = Side::buy;
  OrderType type = OrderType::market;
  /// In the base currency, above 0; nothing lets the account's sizing decide.
  std::optional<double> quantity;
  double limit_price = 0;     ///< of limit and stop_limit
  double stop_price = 0;      ///< of stop and stop_limit
  double trail_fraction = 0;  ///< of trailing_stop: distance as a fraction of the best price
  TimeInForce time_in_force = TimeInForce::good_till_cancelled;
  bool reduce_only = false;  ///< never opens or turns a position
  /// Orders of one strategy and symbol with the same group above 0 cancel each other: as soon as
  /// one fills, in part or wholly, the others are cancelled (one cancels the other).
  std::uint32_t one_cancels_other = 0;
  Protection protection;  ///< of the position that this order opens

  friend bool operator==(const OrderRequest&, const OrderRequest&) = default;
};

/// A strategy's own position in its symbol. Quantities are signed: below 0 is short.
struct PositionView {
  double quantity = 0;
  double entry_price = 0;  ///< average, without fees; 0 when flat
  double unrealized = 0;   ///< at the last close, before the exit's costs; quote currency

  [[nodiscard]] bool flat() const noexcept { return quantity == 0; }
};

/// Where a strategy leaves orders and reads its position. A simulation and a paper account
/// implement it; used by the strategy's thread while it looks at a candle.
class OrderDesk {
 public:
  OrderDesk() = default;
  OrderDesk(const OrderDesk&) = delete;
  OrderDesk& operator=(const OrderDesk&) = delete;
  virtual ~OrderDesk() = default;

  /// The order's id, or 0 when it is refused at once: for a price or quantity that is not a number
  /// above 0 or because too many work, and the refusal stands in the result; or because the account
  /// opens nothing for the strategy at present (it warms up, its slot is disabled, trading is
  /// halted) and the order would not close what it holds.
  virtual OrderId submit(const OrderRequest& request) = 0;
  virtual void cancel(OrderId id) = 0;
  virtual void cancel_all() = 0;
  [[nodiscard]] virtual PositionView position() const = 0;
  [[nodiscard]] virtual double equity() const = 0;  ///< of the whole account, at the last closes
};

}  // namespace hts::trading
