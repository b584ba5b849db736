#pragma once

namespace hts::trading {

/// How much an order without a quantity buys.
struct Sizing {
  enum class Rule {
    fixed_quantity,     ///< amount in the base currency
    fixed_cash,         ///< amount in the quote currency, fees included
    percent_of_equity,  ///< amount is a percentage of the account's equity, 25 is a quarter
    all_in,             ///< all that the account can pay, fees included
  };
  Rule rule = Rule::all_in;
  double amount = 0;

  friend bool operator==(const Sizing&, const Sizing&) = default;
};

/// What quantities a market takes.
struct LotRule {
  double step = 0;              ///< quantities are whole multiples of it; 0 takes any
  double minimum_quantity = 0;  ///< in the base currency
  double minimum_value = 0;     ///< price * quantity, quote currency (Upbit: 5,000 KRW)

  /// The largest quantity that this market takes and that is not above `quantity`; 0 when it takes
  /// none. Requires quantity >= 0 (NaN gives 0).
  [[nodiscard]] double round_down(double quantity, double price) const noexcept;

  friend bool operator==(const LotRule&, const LotRule&) = default;
};

}  // namespace hts::trading
