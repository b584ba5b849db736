#include "config/simulation/live_truth.hpp"

#include <map>
#include <optional>

#include "engine/paper/paper_books.hpp"
#include "engine/paper/paper_session.hpp"
#include "engine/paper/plan_document.hpp"
#include "engine/paper/rerun.hpp"

namespace hts::simulation {
namespace {

using paper::PaperEvent;
using paper::PaperEventKind;
using trading::CoinAmount;
using trading::Money;

constexpr std::uint64_t most_events = 1'000'000;

result::Result<market::CandleSeries> minutes_of(ports::CandleStore& candles,
                                                const market::Symbol& symbol,
                                                time::TimeRange range) {
  auto loaded = candles.load(symbol, market::Timeframe::minute(), range);
  if (loaded || (loaded.error().code != result::ErrorCode::not_found &&
                 loaded.error().code != result::ErrorCode::unknown_symbol)) {
    return loaded;
  }
  return market::CandleSeries{};
}

/// Sums of fixed-point numbers whose overflow shows.
template <class Amount>
void add(std::optional<Amount>& sum, std::optional<Amount> more) {
  sum = sum && more ? sum->plus(*more) : std::nullopt;
}
template <class Amount>
void subtract(std::optional<Amount>& sum, std::optional<Amount> less) {
  sum = sum && less ? sum->minus(*less) : std::nullopt;
}

}  // namespace

void LiveTruth::check(ports::LedgerStore& ledger, ports::CandleStore& candles) {
  check_candles(candles);
  const auto newest = ledger.newest_session();
  if (!newest) {
    referee_.violated("stores_readable",
                      "the paper ledger cannot be read: " + newest.error().message);
    return;
  }
  if (*newest) watch_.session_put((*newest)->session_id);
  // What is learnt changes the map.
  std::vector<std::string> ids;
  for (const auto& [id, session] : watch_.sessions()) {
    if (session.is_stored) ids.push_back(id);
  }
  for (const std::string& id : ids) {
    const auto record = ledger.find_session(id);
    if (!record) {
      referee_.violated("ledger_kept", "the session " + id + " is gone: " + record.error().message);
      return;
    }
    check_session(*record, ledger, candles, id == (*newest)->session_id);
    if (referee_.failed()) return;
  }
}

void LiveTruth::check_candles(ports::CandleStore& candles) {
  for (std::size_t symbol = 0; symbol < market_.symbols().size(); ++symbol) {
    const std::string& name = market_.symbols()[symbol].text();
    const auto stored = minutes_of(candles, market_.symbols()[symbol],
                                   {time::Timestamp::min(), time::Timestamp::max()});
    if (!stored) {
      referee_.violated("stores_readable",
                        "live candles cannot be read: " + stored.error().message);
      return;
    }
    std::map<time::Timestamp, market::Candle> by_time;
    for (std::size_t i = 0; i < stored->size(); ++i) {
      const market::Candle candle = (*stored)[i];
      by_time[candle.open_time] = candle;
      const std::int64_t minute = market_.minute_of(candle.open_time);
      if (!is_undisturbed_ || feed_.may_differ(symbol, minute)) continue;
      if (market_.candle(symbol, minute) != candle) {
        referee_.violated("candle_is_right", "the candle of " + name + " at " +
                                                 time::format_iso8601(candle.open_time) +
                                                 " is not what its trades make");
        return;
      }
    }
    for (const auto& [minute, candle] : watch_.candles()) {
      if (minute.first != name) continue;
      const auto found = by_time.find(minute.second);
      if (found != by_time.end() && found->second == candle) continue;
      referee_.violated(
          "live_candle_kept",
          "the candle of " + name + " at " + time::format_iso8601(minute.second) +
              (found == by_time.end() ? " was stored and is gone" : " is not what was stored"));
      return;
    }
  }
}

void LiveTruth::check_session(const ports::SessionRecord& record, ports::LedgerStore& ledger,
                              ports::CandleStore& candles, bool is_newest) {
  const auto events = ledger.events(record.session_id, 1, most_events);
  if (!events) {
    referee_.violated("stores_readable", "events cannot be read: " + events.error().message);
    return;
  }
  watch_.learn_anew(record.session_id, *events);
  const auto plan = paper::read_plan_document(record.plan);
  if (!plan) {
    referee_.violated("session_resumes", "the plan cannot be read: " + plan.error().message);
    return;
  }
  const auto resumed = paper::PaperSession::resume(*plan, record.state, *events);
  if (!resumed) {
    referee_.violated("session_resumes",
                      "the stored state and the events disagree: " + resumed.error().message);
    return;
  }
  check_books(*plan, *events);
  if (!is_undisturbed_ || referee_.failed()) return;
  check_minutes(*plan, record.up_to, candles);
  if (is_newest && !referee_.failed()) check_parity(*plan, *events, record.up_to, candles);
}

/// The books once more, by plain sums over all fills.
void LiveTruth::check_books(const paper::LivePlan& plan, const std::vector<PaperEvent>& events) {
  const auto cash = Money::nearest(plan.account.cash);
  const Money start = cash ? *cash : Money{};
  paper::PaperBooks books{start};
  struct Sums {
    std::optional<Money> cash;
    std::optional<Money> realized = Money{};  // net of fees
    std::optional<Money> fees = Money{};
  };
  Sums strategies{start};
  Sums manual{Money{}};
  std::map<std::string, std::optional<CoinAmount>> quantities;
  for (const PaperEvent& event : events) {
    if (const auto booked = books.book(event); !booked) {
      referee_.violated("ledger_balances", booked.error().message);
      return;
    }
    if (event.kind != PaperEventKind::fill) continue;
    Sums& sums = event.slot == paper::manual_book ? manual : strategies;
    const auto value = trading::value_of(event.price, event.quantity);
    auto& quantity = quantities.try_emplace(event.position_id, CoinAmount{}).first->second;
    if (event.side == trading::Side::buy) {
      subtract(sums.cash, value);
      add(quantity, std::optional{event.quantity});
    } else {
      add(sums.cash, value);
      subtract(quantity, std::optional{event.quantity});
    }
    subtract(sums.cash, std::optional{event.fee});
    add(sums.fees, std::optional{event.fee});
    add(sums.realized, std::optional{event.realized_profit});
  }
  if (books.strategies().cash() != strategies.cash || books.manual().cash() != manual.cash) {
    referee_.violated("ledger_balances", "the books' cash is not what the fills make");
  }
  for (const auto& [id, position] : books.positions()) {
    const bool is_long = position.side == trading::Side::buy;
    const auto signed_quantity =
        is_long ? position.quantity : CoinAmount::of_units(-position.quantity.units());
    if (quantities[id] != signed_quantity) {
      referee_.violated("positions_are_their_fills",
                        "the position " + id + " is not the sum of its fills");
    }
    quantities.erase(id);
    // What is open still has its entry fee, and was paid for.
    Sums& sums = position.slot == paper::manual_book ? manual : strategies;
    subtract(sums.realized, std::optional{position.entry_fee});
    if (is_long) {
      add(sums.cash, std::optional{position.cost});
    } else {
      subtract(sums.cash, std::optional{position.cost});
    }
  }
  for (const auto& [id, quantity] : quantities) {
    if (quantity && quantity->units() == 0) continue;
    referee_.violated("positions_are_their_fills",
                      "the closed position " + id + " is not the sum of its fills");
  }
  if (strategies.cash != start.plus(*strategies.realized) || manual.cash != manual.realized) {
    referee_.violated("ledger_balances",
                      "cash and the cost of what is open are not what there was at first and the "
                      "realized profit less fees");
  }
}

/// Whatever happened to the stream: every minute of the session with a trade has its candle, or
/// people were told that it has not.
void LiveTruth::check_minutes(const paper::LivePlan& plan, time::Timestamp up_to,
                              ports::CandleStore& candles) {
  for (const market::Symbol& symbol : plan.symbols) {
    const auto known = market_.find(symbol);
    if (!known) continue;
    const auto stored =
        minutes_of(candles, symbol, {plan.follows_after, up_to + std::chrono::minutes{1}});
    if (!stored) {
      referee_.violated("stores_readable",
                        "live candles cannot be read: " + stored.error().message);
      return;
    }
    std::size_t at = 0;
    const std::int64_t last = market_.minute_of(up_to);
    for (std::int64_t minute = market_.minute_of(plan.follows_after) + 1; minute <= last;
         ++minute) {
      const time::Timestamp opens = market_.opens(minute);
      while (at < stored->size() && stored->open_time[at] < opens) ++at;
      ++minutes_;
      if (at < stored->size() && stored->open_time[at] == opens) continue;
      if (feed_.may_differ(*known, minute) || watch_.told_missing(opens)) continue;
      if (!market_.candle(*known, minute)) continue;
      referee_.violated("no_minute_lost", "the session goes on without the minute " +
                                              time::format_iso8601(opens) + " of " + symbol.text() +
                                              ", which had trades");
      return;
    }
  }
}

void LiveTruth::check_parity(const paper::LivePlan& plan, const std::vector<PaperEvent>& events,
                             time::Timestamp up_to, ports::CandleStore& candles) {
  const auto again =
      paper::rerun(plan, events, up_to, market::DayBoundary::utc,
                   [&](const market::Symbol& symbol, time::TimeRange range) {
                     return range.begin < range.end
                                ? minutes_of(candles, symbol, range)
                                : result::Result<market::CandleSeries>{market::CandleSeries{}};
                   });
  if (!again) {
    referee_.violated("parity", "the session cannot run again: " + again.error().message);
    return;
  }
  ++reruns_;
  fills_ += again->fills;
  if (again->differences == 0) return;
  referee_.violated("parity",
                    std::to_string(again->differences) +
                        " differences when the session runs again: " + again->first.front());
}

}  // namespace hts::simulation
