#pragma once

#include <cstdint>

#include "engine/time/timestamp.hpp"

namespace hts::market {

/// One execution on an exchange, as its feed told it.
struct Trade {
  time::Timestamp time{};  ///< the exchange's, of the execution
  double price = 0;        ///< quote currency
  double quantity = 0;     ///< base currency
  /// Grows with each trade of a symbol on its exchange; 0: the exchange gives none.
  std::uint64_t sequence = 0;
  bool buyer_is_maker = false;  ///< the taker sold

  friend bool operator==(const Trade&, const Trade&) = default;
};

}  // namespace hts::market
