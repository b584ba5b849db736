#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/market/symbol.hpp"
#include "engine/time/timestamp.hpp"
#include "engine/trading/side.hpp"

namespace hts::backtest {

enum class ExitReason {
  signal,
  order,  ///< an order of the strategy's own
  stop_loss,
  take_profit,
  trailing_stop,
  liquidation,
  end_of_data,
  by_hand,  ///< somebody closed it
};

/// As answers and reports write it: "stop_loss".
[[nodiscard]] std::string_view name_of(ExitReason reason) noexcept;

/// From an entry to the exit of it or of a part of it. Prices and amounts in the quote currency.
struct PortfolioTrade {
  std::uint32_t symbol = 0;   ///< place in PortfolioResult::symbols
  std::uint32_t slot = 0;     ///< place in PortfolioPlan::slots
  double quantity = 0;        ///< signed: below 0 was short; base currency
  std::size_t entry_bar = 0;  ///< place in PortfolioResult::time
  std::size_t exit_bar = 0;
  time::Timestamp entry_time{};
  time::Timestamp exit_time{};
  double entry_price = 0;  ///< after slippage, average of the fills
  double exit_price = 0;
  double profit = 0;           ///< net of both commissions
  double return_fraction = 0;  ///< side * (exit / entry - 1) - commission / (|quantity| * entry)
  double commission = 0;       ///< of entry and exit
  double slippage_cost = 0;    ///< what both fills paid for it, positive
  /// Worst and best price while it was open, as a fraction of the entry price in the trade's
  /// favour: <= 0 and >= 0. Entry and exit price count, and the candles between them that were held
  /// whole: that of an entry at its open, not that of an entry or exit inside.
  double adverse_excursion = 0;
  double favourable_excursion = 0;
  ExitReason reason = ExitReason::signal;

  friend bool operator==(const PortfolioTrade&, const PortfolioTrade&) = default;
};

/// One execution. The ledger replays these.
struct Fill {
  time::Timestamp time{};  ///< open time of the candle that filled it
  std::uint32_t symbol = 0;
  std::uint32_t slot = 0;
  trading::Side side = trading::Side::buy;
  double quantity = 0;  ///< positive
  double price = 0;     ///< after slippage
  double commission = 0;
  double slippage_cost = 0;                ///< what it paid for slippage, positive
  ExitReason reason = ExitReason::signal;  ///< of a fill that closes
  double position_after = 0;               ///< of its slot, signed

  friend bool operator==(const Fill&, const Fill&) = default;
};

/// An order or signal that did not become a fill. Only the first thousand are kept.
struct Refusal {
  std::size_t bar = 0;
  std::uint32_t symbol = 0;
  std::uint32_t slot = 0;
  std::string reason;  ///< one sentence

  friend bool operator==(const Refusal&, const Refusal&) = default;
};

/// What a simulation answers. `time` is the union of the symbols' candles, oldest first; `equity`
/// is the account's worth at the close of each.
struct PortfolioResult {
  std::vector<market::Symbol> symbols;
  std::vector<time::Timestamp> time;
  std::vector<double> equity;
  std::vector<PortfolioTrade> trades;  ///< in order of exit
  std::vector<Fill> fills;             ///< in order of execution; empty when not asked for
  std::vector<Refusal> refusals;
  std::size_t refused = 0;         ///< all of them
  std::size_t ambiguous_bars = 0;  ///< candles that held both a stop and a target
  std::size_t warm_up_bars = 0;    ///< first bar on which every strategy could give a signal
  double commission = 0;           ///< of all fills
  bool liquidated = false;

  friend bool operator==(const PortfolioResult&, const PortfolioResult&) = default;
};

}  // namespace hts::backtest
