#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/paper/paper_event.hpp"
#include "engine/result/result.hpp"
#include "engine/trading/ledger.hpp"

namespace hts::paper {

/// A position as its fills make it; of a closed one all quantities have gone out again.
struct BookPosition {
  std::string position_id;
  SlotId slot = 0;  ///< or manual_book
  InstrumentId instrument = 0;
  trading::Side side = trading::Side::buy;
  time::Timestamp entry_time{};
  time::Timestamp exit_time{};   ///< of the newest fill that closed something
  trading::CoinAmount quantity;  ///< open, positive
  trading::Money cost;           ///< what the open quantity was bought or sold for, positive
  trading::Money entry_fee;      ///< of the open quantity
  trading::CoinAmount entered;   ///< all of it, as are the next ones
  trading::Money entered_value;
  trading::CoinAmount left;
  trading::Money left_value;
  trading::Money fee;
  trading::Money slippage;
  trading::Money realized_profit;  ///< net of the fees of what was closed
  std::string reason;              ///< of the newest exit

  /// Average; 0 of nothing.
  [[nodiscard]] trading::Price entry_price() const;
  [[nodiscard]] trading::Price exit_price() const;
  /// At this price, before the exit's costs, without the entry fee.
  [[nodiscard]] trading::Money unrealized_profit(trading::Price price) const;

  friend bool operator==(const BookPosition&, const BookPosition&) = default;
};

struct BookTotals {
  trading::Money realized_profit;  ///< of closed quantities, net of their fees
  trading::Money fees;             ///< also of what is open
  trading::Money slippage;
  std::uint64_t fills = 0;
  std::uint64_t closed = 0;  ///< positions
  std::uint64_t wins = 0;    ///< of them, with a profit above 0
  std::uint64_t losses = 0;  ///< below 0

  friend bool operator==(const BookTotals&, const BookTotals&) = default;
};

/// Invalid, field `amount`.
[[nodiscard]] result::Error amount_too_large();

/// The books of a session in fixed point, from its events alone: one for each slot and one for what
/// was entered by hand. They share no arithmetic with the account.
///
/// 1. Debits equal credits to the last digit: in each of the two ledgers, cash + the cost of all
///    positions = what it started with + realized profit - fees.
/// 2. A position's quantity is exactly what its fills bring in and out.
/// 3. An event is booked wholly or not at all.
class PaperBooks {
 public:
  /// `cash`: what the strategies' account starts with; entries by hand have a ledger of their own,
  /// which starts with nothing.
  explicit PaperBooks(trading::Money cash) : strategies_(cash), manual_(trading::Money{}) {}

  /// Events ascend without gaps. Errors: conflict for another number, an exit from a position that
  /// is not open, or more than is open; invalid when a number does not fit.
  [[nodiscard]] result::Status book(const PaperEvent& event);
  /// The number of the next event, which books nothing.
  std::uint64_t pass_over() noexcept { return ++events_; }

  /// What the fill would realize, net of the fees of what it closes; 0 of an entry.
  [[nodiscard]] result::Result<trading::Money> realized_by(const PaperEvent& fill) const;

  /// Open, by id of the position.
  [[nodiscard]] const std::map<std::string, BookPosition>& positions() const noexcept {
    return positions_;
  }
  /// Null: none is open.
  [[nodiscard]] const BookPosition* find(const std::string& position_id) const;
  [[nodiscard]] const BookPosition* of_slot(SlotId slot) const;
  /// Closed since the last take, in order of closing.
  [[nodiscard]] std::vector<BookPosition> take_closed() { return std::exchange(closed_, {}); }
  /// Requires that one was closed since the last take.
  [[nodiscard]] const BookPosition& newest_closed() const noexcept { return closed_.back(); }

  [[nodiscard]] const BookTotals& totals() const noexcept { return totals_; }
  /// Nothing was booked for it: all 0.
  [[nodiscard]] BookTotals of_book(SlotId slot) const;
  [[nodiscard]] const trading::Ledger& strategies() const noexcept { return strategies_; }
  [[nodiscard]] const trading::Ledger& manual() const noexcept { return manual_; }
  /// Number of the newest event.
  [[nodiscard]] std::uint64_t events() const noexcept { return events_; }

 private:
  struct Change;
  [[nodiscard]] result::Result<Change> change_of(const PaperEvent& fill) const;
  [[nodiscard]] result::Status book_fill(const PaperEvent& fill);
  [[nodiscard]] std::uint32_t account_of(const PaperEvent& fill) const;

  trading::Ledger strategies_;
  trading::Ledger manual_;
  std::map<std::string, BookPosition> positions_;
  std::map<SlotId, std::string> by_slot_;
  std::map<std::string, std::uint32_t> manual_accounts_;  ///< of open positions, in `manual_`
  std::uint32_t manual_count_ = 0;
  std::vector<BookPosition> closed_;
  BookTotals totals_;
  std::map<SlotId, BookTotals> books_;
  std::uint64_t events_ = 0;
};

}  // namespace hts::paper
