#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/paper/live_plan.hpp"
#include "engine/paper/paper_account.hpp"
#include "engine/paper/paper_books.hpp"
#include "engine/paper/paper_event.hpp"
#include "engine/result/result.hpp"

namespace hts::paper {

/// Why of an event `asked`.
inline constexpr std::string_view asked_enter = "enter";
inline constexpr std::string_view asked_close = "close";
inline constexpr std::string_view asked_close_all = "close_all";

/// A paper session without its surroundings: bars and requests in, events out. Equal plans, bars
/// and requests give equal events, so a session can be run again from what was stored of it.
///
/// What goes wrong inside (an amount that does not fit, books that contradict the account) comes
/// back as an error after which the session must not go on. Used by one thread at a time.
class PaperSession {
 public:
  /// Errors: those of PaperAccount::make.
  [[nodiscard]] static result::Result<std::unique_ptr<PaperSession>> begin(LivePlan plan);
  /// From what was stored: `events` are all since the start. The books are made anew from them and
  /// must agree with the state. Errors: conflict, field `state` or `events`.
  [[nodiscard]] static result::Result<std::unique_ptr<PaperSession>> resume(
      LivePlan plan, std::string_view state, std::span<const PaperEvent> events);

  using Events = result::Result<std::vector<PaperEvent>>;

  /// The strategy of a slot that gives orders of its own, before the session's first bar or right
  /// after its parameters changed. Until then, and after a `resume` with another code, it gives
  /// none. See `check_snapshot`.
  void take_strategy(SlotId slot, WarmStrategy warm) {
    account_->take_strategy(slot, std::move(warm));
  }

  /// One minute of the market, ascending; see PaperAccount::step. `closed`, ascending by slot, are
  /// the candles of slots whose strategies give orders of their own.
  [[nodiscard]] Events step(time::Timestamp open_time,
                            std::span<const backtest::SteppedCandle> candles,
                            std::span<const backtest::SteppedSignal> signals,
                            std::span<const backtest::SlotCandle> closed = {});

  // By hand, at `moment`, which is not before the close of the newest bar.

  /// Nothing opens any more; with `close_all` every position is closed at its symbol's next open.
  [[nodiscard]] Events halt(time::Timestamp moment, const std::string& reason, bool close_all);
  [[nodiscard]] Events resume_trading(time::Timestamp moment);
  /// Error: not_found, field `slot`. A slot that is disabled opens nothing; the plan has what it
  /// was before. `warmed_from` is the first candle that its new strategy has seen; one that gives
  /// orders of its own is given with `take_strategy`, at once.
  struct SlotChange {
    SlotId slot = 0;
    std::optional<parameters::Parameters> parameters;
    std::optional<bool> is_enabled;
    time::Timestamp warmed_from{};
  };
  [[nodiscard]] Events change_slot(time::Timestamp moment, const SlotChange& change);
  struct Entry {
    InstrumentId instrument = 0;
    trading::Side side = trading::Side::buy;
    trading::CoinAmount quantity;
    trading::Price price;
  };
  /// Errors: invalid with the field; conflict when the session is halted or a rule refuses it, and
  /// then nothing has happened.
  [[nodiscard]] Events enter(time::Timestamp moment, const Entry& entry);
  /// Errors: not_found, field `position_id`; invalid, field `price`.
  [[nodiscard]] Events close(time::Timestamp moment, const std::string& position_id,
                             trading::Price price);

  [[nodiscard]] const LivePlan& plan() const noexcept { return plan_; }
  [[nodiscard]] const PaperBooks& books() const noexcept { return books_; }
  [[nodiscard]] PaperBooks& books() noexcept { return books_; }
  [[nodiscard]] const PaperAccount& account() const noexcept { return *account_; }
  /// The open time of the newest bar; nothing before the first.
  [[nodiscard]] std::optional<time::Timestamp> up_to() const noexcept { return up_to_; }
  [[nodiscard]] bool is_halted() const noexcept { return halt_ != Halt::none; }
  [[nodiscard]] const std::string& halt_reason() const noexcept { return halt_reason_; }
  /// The newest price of the instrument; nothing before its first candle.
  [[nodiscard]] std::optional<trading::Price> price_of(InstrumentId instrument) const;
  /// Of strategies and positions by hand, at the newest closes.
  [[nodiscard]] double equity() const;

  /// Exact bytes of what `resume` needs beside plan and events.
  [[nodiscard]] std::string state() const;

 private:
  enum class Halt : std::uint8_t { none, by_hand, of_the_day };

  PaperSession(LivePlan plan, std::unique_ptr<PaperAccount> account, trading::Money cash);
  [[nodiscard]] result::Status read_state(std::string_view state);
  [[nodiscard]] result::Status check_books() const;

  PaperEvent& note(PaperEventKind kind, time::Timestamp time);
  PaperEvent& note_by_hand(PaperEventKind kind, time::Timestamp time);
  [[nodiscard]] result::Status book(const PaperAccount::Outcome& outcome);
  [[nodiscard]] result::Status book(const backtest::Fill& fill);
  [[nodiscard]] result::Status book(PaperEvent fill);
  [[nodiscard]] result::Status close_manual(const BookPosition& position, trading::Price price,
                                            time::Timestamp moment);
  [[nodiscard]] result::Status close_what_waits(std::span<const backtest::SteppedCandle> candles,
                                                time::Timestamp moment);
  [[nodiscard]] result::Status check_entry(const Entry& entry) const;
  void lift_day_halt(time::Timestamp now);
  void halt_if_day_is_lost(time::Timestamp now);
  [[nodiscard]] bool may_open(SlotId slot) const noexcept {
    return halt_ != Halt::by_hand && plan_.slots[slot].is_enabled;
  }
  void note_failures(time::Timestamp now);
  [[nodiscard]] Events finished(const result::Status& status = result::success());

  LivePlan plan_;
  std::unique_ptr<PaperAccount> account_;
  PaperBooks books_;
  std::vector<PaperEvent> fresh_;  ///< since the call began
  std::optional<time::Timestamp> up_to_;
  Halt halt_ = Halt::none;
  std::string halt_reason_;
  std::int64_t halted_day_ = 0;
  std::set<std::string> closing_;  ///< positions by hand that wait for the next open
};

}  // namespace hts::paper
