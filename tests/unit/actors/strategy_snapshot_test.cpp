#include "engine/paper/strategy_snapshot.hpp"

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "actors/slot_warm_up.hpp"
#include "engine/strategies/contained.hpp"
#include "live_desk.hpp"

namespace hts::actors::testing {
namespace {

using paper::from_snapshot;

constexpr std::int64_t session_begins = 1'000;  // minutes
constexpr std::int64_t session_ends = 1'500;

class SnapshotDesk : public LiveDesk {
 protected:
  /// The events of a session over the same minutes, without what depends on its id. It dies every
  /// 37 minutes, and between two lives something is done; empty: it never dies.
  std::vector<paper::PaperEvent> session_events(const std::function<void()>& between) {
    die();
    ledger_ = std::make_unique<simulation::TableLedgerStore>();
    candles_.stored.clear();
    stored_until_ = {};
    store_until(minute(session_begins));
    live();
    answer(some_session());
    for (auto now = session_begins; now < session_ends; now += 37) {
      play(minute(now));
      if (!between) continue;
      die();
      between();
      candles_.earliest_asked = time::Timestamp::max();
      live();
      earliest_asked_.push_back(candles_.earliest_asked);
    }
    play(minute(session_ends));
    auto events = stored_events();
    for (auto& event : events) event.position_id.clear();
    return events;
  }

  /// Takes the place of what is stored.
  void store(const std::vector<ports::SlotSnapshot>& snapshots) {
    const auto session = *ledger_->newest_session();
    ports::LedgerCommit commit;
    commit.session_id = session->session_id;
    commit.up_to = session->up_to;
    commit.snapshots = snapshots;
    ASSERT_TRUE(ledger_->commit({commit}));
  }
  std::vector<ports::SlotSnapshot> stored() {
    return *ledger_->snapshots((*ledger_->newest_session())->session_id);
  }

  std::vector<time::Timestamp> earliest_asked_;  ///< of candles, in each life but the first
};

TEST_F(SnapshotDesk, a_restart_goes_on_from_them_as_if_it_had_never_been_interrupted) {
  const auto undisturbed = session_events({});
  ASSERT_GT(undisturbed.size(), 50U);
  snapshot_candles_ = 3;
  EXPECT_EQ(session_events([] {}), undisturbed);
  EXPECT_EQ(parity_differences(), 0U);
  EXPECT_EQ(stored().size(), 4U);
  for (std::size_t life = 1; life < earliest_asked_.size(); ++life) {
    const auto stands = minute(session_begins + 37 * static_cast<std::int64_t>(life));
    EXPECT_GT(earliest_asked_[life], stands - std::chrono::minutes{30}) << life;
  }
}

TEST_F(SnapshotDesk, damaged_and_foreign_ones_are_passed_over_for_the_candles) {
  const auto undisturbed = session_events({});
  snapshot_candles_ = 3;
  int life = 0;
  const auto spoil = [&] {
    auto snapshots = stored();
    if (snapshots.empty()) return;
    ++life;
    switch (life % 4) {
      case 0:
        for (auto& each : snapshots) each.bytes[each.bytes.size() / 2] ^= 1;
        break;
      case 1:
        for (auto& each : snapshots) each.bytes.pop_back();
        break;
      case 2:
        for (auto& each : snapshots) each.bytes.clear();
        break;
      default:
        // Each slot gets another one's, of other parameters or of another strategy.
        for (auto& each : snapshots) each.slot = (each.slot + 1) % 4;
    }
    store(snapshots);
  };
  EXPECT_EQ(session_events(spoil), undisturbed);
  EXPECT_GT(life, 8);
  for (std::size_t i = 1; i < earliest_asked_.size(); ++i) {
    EXPECT_LT(earliest_asked_[i], minute(session_begins)) << i;
  }
}

TEST_F(SnapshotDesk, the_next_session_has_none_of_them) {
  snapshot_candles_ = 3;
  (void)session_events({});
  const auto first = (*ledger_->newest_session())->session_id;
  EXPECT_FALSE(ledger_->snapshots(first)->empty());
  answer(StopSession{});
  answer(some_session());
  EXPECT_TRUE(ledger_->snapshots(first)->empty());
  EXPECT_TRUE(stored().empty());
}

TEST_F(SnapshotDesk, one_of_a_later_candle_is_no_beginning) {
  SlotWarmUp wanted{symbols_[0], market::Timeframe::minute(), "ema_cross",
                    *strategies::resolve_for(**strategies::find_strategy("ema_cross"), {}),
                    minute(100)};
  const auto& definition = **strategies::find_strategy("ema_cross");
  const auto at = [&](std::int64_t number) {
    auto warm = warm_up(candles_, market::DayBoundary::utc, {wanted}, minute(number));
    EXPECT_TRUE(warm.ok());
    return snapshot_bytes(definition, warm->front()).value();
  };
  const std::string earlier = at(400);
  const std::string then = at(500);
  const std::string later = at(501);
  EXPECT_NE(then, later);
  for (const std::string& snapshot : {earlier, then, later}) {
    wanted.snapshot = snapshot;
    EXPECT_EQ(at(500), then);
  }
}

/// A strategy that has seen these candles.
WarmStrategy after(const strategies::StrategyDefinition& definition,
                   const parameters::Parameters& parameters, market::CandleView candles) {
  WarmStrategy warm;
  warm.warmed_from = candles.open_time.front();
  warm.candles = candles.size();
  warm.last_candle = candles.open_time.back();
  warm.strategy.emplace(strategies::make_contained(definition, parameters).value());
  for (std::size_t i = 0; i < candles.size(); ++i) (void)warm.strategy->on_candle(candles[i]);
  return warm;
}

market::CandleSeries some_candles(std::size_t count) {
  market::SyntheticMarket market;
  market.start_price = 100;
  market.tick = 0.01;
  market.volatility = 0.01;
  return market::make_synthetic_candles(market, time::Timestamp{std::chrono::days{18'000}},
                                        market::Timeframe::minute(), count, 7);
}

TEST(strategy_snapshot, every_strategy_decides_after_it_as_if_it_had_seen_the_candles) {
  const auto candles = some_candles(1'500);
  std::size_t signals = 0;
  for (const auto* definition : strategies::builtin_strategies()) {
    if (definition->uses_orders) continue;
    const auto parameters = strategies::resolve_for(*definition, {});
    if (!parameters) continue;  // rules have none by default
    for (const std::size_t seen : {1U, 30U, 333U, 900U}) {
      WarmStrategy warm = after(*definition, *parameters, candles.view().slice(0, seen));
      const auto bytes = snapshot_bytes(*definition, warm);
      ASSERT_TRUE(bytes) << definition->name;
      auto again = from_snapshot(*bytes, *definition, *parameters, warm.warmed_from);
      ASSERT_TRUE(again) << definition->name;
      EXPECT_EQ(again->candles, seen);
      EXPECT_EQ(again->last_candle, warm.last_candle);
      for (std::size_t i = seen; i < candles.size(); ++i) {
        const auto expected = warm.strategy->on_candle(candles[i]);
        ASSERT_EQ(again->strategy->on_candle(candles[i]), expected) << definition->name << ' ' << i;
        signals += expected ? 1 : 0;
      }
      EXPECT_EQ(again->strategy->snapshot(), warm.strategy->snapshot()) << definition->name;
    }
  }
  EXPECT_GT(signals, 100U);
}

TEST(strategy_snapshot, is_whole_and_of_one_strategy_only) {
  const auto candles = some_candles(300);
  strategies::StrategyDefinition definition = **strategies::find_strategy("sma_cross");
  const auto parameters = *strategies::resolve_for(definition, {});
  const WarmStrategy warm = after(definition, parameters, candles.view());
  const std::string bytes = snapshot_bytes(definition, warm).value();
  ASSERT_TRUE(from_snapshot(bytes, definition, parameters, warm.warmed_from));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x10);
    EXPECT_FALSE(from_snapshot(damaged, definition, parameters, warm.warmed_from)) << i;
    EXPECT_FALSE(from_snapshot(bytes.substr(0, i), definition, parameters, warm.warmed_from)) << i;
  }
  EXPECT_FALSE(
      from_snapshot(bytes, definition, parameters, warm.warmed_from + std::chrono::minutes{1}));
  const auto others = *strategies::resolve_for(definition, {{"fast", std::int64_t{4}}});
  EXPECT_FALSE(from_snapshot(bytes, definition, others, warm.warmed_from));
  const auto& other = **strategies::find_strategy("ema_cross");
  EXPECT_FALSE(from_snapshot(bytes, other, *strategies::resolve_for(other, {}), warm.warmed_from));
  definition.fingerprint = "sha256:another file";
  EXPECT_FALSE(from_snapshot(bytes, definition, parameters, warm.warmed_from));
}

}  // namespace
}  // namespace hts::actors::testing
