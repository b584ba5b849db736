#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "engine/backtest/portfolio/portfolio_result.hpp"
#include "engine/backtest/portfolio/portfolio_settings.hpp"
#include "engine/time/timestamp.hpp"
#include "engine/trading/order.hpp"

namespace hts::backtest {

/// A slot's position; quantity below 0 is short.
struct Position {
  double quantity = 0;
  double entry_price = 0;    ///< average of the fills, after slippage
  double commission = 0;     ///< of the entries that are still open
  double slippage_cost = 0;  ///< of the entries that are still open
  std::size_t entry_bar = 0;
  time::Timestamp entry_time{};
  double lowest = 0;  ///< price since the entry
  double highest = 0;
  trading::Protection protection;
  double best_price = 0;  ///< best price since the entry, which the trailing stop follows

  [[nodiscard]] bool flat() const noexcept { return quantity == 0; }
  [[nodiscard]] bool is_long() const noexcept { return quantity > 0; }
  /// Prices of the exits that guard it; 0 is none.
  [[nodiscard]] double stop_price() const noexcept {
    const double distance = protection.stop_loss;
    return distance > 0 ? entry_price * (is_long() ? 1 - distance : 1 + distance) : 0;
  }
  [[nodiscard]] double target_price() const noexcept {
    const double distance = protection.take_profit;
    return distance > 0 ? entry_price * (is_long() ? 1 + distance : 1 - distance) : 0;
  }
  [[nodiscard]] double trailing_price() const noexcept {
    const double distance = protection.trailing_stop;
    return distance > 0 ? best_price * (is_long() ? 1 - distance : 1 + distance) : 0;
  }
};

/// Where and when a fill happens.
struct Moment {
  std::size_t bar = 0;
  time::Timestamp time{};
  double volume = 0;  ///< of the candle
};

/// The cash account of a simulation: every position, fill and trade. Positions are kept as
/// contracts for difference, so cash changes by profits and commissions only and
/// equity = cash + sum of quantity * (mark - entry price); for a spot account that is the same
/// equity as paying the price and holding the coin.
///
/// 1. equity() adds the slots in their order, so every way to the same bar gives the same bits.
/// 2. A slot's trade closes at its average entry price; each reduction is a trade.
class Account {
 public:
  /// `slot_symbols[i]` is the symbol of slot i.
  Account(const PortfolioSettings& settings, std::vector<std::uint32_t> slot_symbols,
          std::size_t symbols, PortfolioResult& result, bool keep_fills);

  [[nodiscard]] const Position& position(std::size_t slot) const noexcept {
    return positions_[slot];
  }
  [[nodiscard]] Position& position(std::size_t slot) noexcept { return positions_[slot]; }
  [[nodiscard]] std::size_t open_positions() const noexcept { return open_; }
  [[nodiscard]] double cash() const noexcept { return cash_; }

  void mark(std::size_t symbol, double price) noexcept { marks_[symbol] = price; }
  [[nodiscard]] double marked(std::size_t symbol) const noexcept { return marks_[symbol]; }
  [[nodiscard]] double equity() const noexcept {
    double equity = cash_;
    if (open_ == 0) return equity;
    for (std::size_t slot = 0; slot < positions_.size(); ++slot) {
      const Position& position = positions_[slot];
      if (position.quantity != 0) {
        equity += position.quantity * (marks_[symbols_[slot]] - position.entry_price);
      }
    }
    return equity;
  }
  /// Value of all positions at their marks, both directions added.
  [[nodiscard]] double gross_value() const noexcept;
  /// What new positions may bind: equity less what the open ones bind.
  [[nodiscard]] double free_equity() const noexcept;
  [[nodiscard]] double fee(double value, bool maker) const noexcept {
    return settings_->fees.fee(value, maker, traded_value_);
  }

  [[nodiscard]] double fee_rate(bool maker) const noexcept {
    return settings_->fees.rate(maker, traded_value_);
  }

  /// Executes `quantity` (positive) at `price`, of which `slippage` a unit is slippage. What is
  /// against the position closes it first; the rest opens or enlarges.
  void fill(std::size_t slot, trading::Side side, double quantity, double price, double slippage,
            bool maker, ExitReason reason, const Moment& moment);

  void add_slot(std::uint32_t symbol) {
    symbols_.push_back(symbol);
    positions_.emplace_back();
  }
  [[nodiscard]] double traded_value() const noexcept { return traded_value_; }
  /// `positions` are those of all slots.
  void restore(double cash, double traded_value, std::vector<Position> positions);

 private:
  void execute(std::size_t slot, trading::Side side, double quantity, double price, double slippage,
               bool maker, ExitReason reason, const Moment& moment);
  void reduce(std::size_t slot, double quantity, double price, double slippage, double fee,
              ExitReason reason, const Moment& moment);
  void enlarge(std::size_t slot, double signed_quantity, double price, double slippage, double fee,
               const Moment& moment);

  const PortfolioSettings* settings_;
  std::vector<std::uint32_t> symbols_;
  std::vector<Position> positions_;
  std::vector<double> marks_;
  PortfolioResult* result_;
  bool keep_fills_;
  double cash_;
  double traded_value_ = 0;
  std::size_t open_ = 0;
};

}  // namespace hts::backtest
