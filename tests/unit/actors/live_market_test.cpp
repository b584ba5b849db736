#include <random>

#include "live_stage.hpp"

namespace hts::actors::testing {
namespace {

using ports::FeedState;

class LiveMarketTest : public IngestInVirtualTime {
 protected:
  /// The stream is observed from noon on.
  void follow_from_noon(std::vector<market::Symbol> symbols, std::vector<RunnerLine> runners) {
    follow(std::move(symbols), std::move(runners));
    feed_is(FeedState::live);
    trade(0, noon - Seconds{10}, 100);
    until(noon);
  }
};

TEST_F(LiveMarketTest, a_candle_goes_to_its_runner_with_the_next_trade_and_the_bar_with_the_clock) {
  start(noon - Seconds{10});
  follow_from_noon({btc, eth}, {line(0, 0, "1m", noon - Minutes{1})});
  trade(0, noon + Seconds{1}, 100, 0.1);
  trade(0, noon + Seconds{2}, 101, 0.2);
  trade(1, noon + Seconds{30}, 7, 3);
  until(noon + Minutes{1});
  EXPECT_TRUE(heard_.candles.empty());
  trade(0, noon + Minutes{1}, 102);
  ASSERT_EQ(heard_.candles.size(), 1U);
  EXPECT_EQ(heard_.candles[0].candle, (market::Candle{noon, 100, 101, 100, 101, 0.3}));
  EXPECT_EQ(heard_.candles[0].bar, 1U);
  EXPECT_TRUE(heard_.bars.empty()) << "the other symbol's minute is still open";
  until(noon + Seconds{62});
  ASSERT_EQ(heard_.bars.size(), 1U);
  EXPECT_EQ(heard_.bars[0].number, 1U);
  EXPECT_EQ(heard_.bars[0].decisions, 1U);
  ASSERT_EQ(heard_.bars[0].candles.size(), 2U);
  EXPECT_EQ(heard_.bars[0].candles[1].candle, flat(noon, 7, 3));
  EXPECT_FALSE(heard_.bars[0].is_replayed);
  EXPECT_EQ(store_.all(btc).size(), 1U) << "durable before it is told";
}

TEST_F(LiveMarketTest, minutes_without_a_trade_are_no_bar) {
  start(noon - Seconds{10});
  follow_from_noon({btc}, {line(0, 0, "1m", noon - Minutes{1})});
  trade(0, noon + Seconds{1}, 100);
  until(noon + Minutes{10});
  trade(0, noon + Minutes{10}, 101);
  until(noon + Minutes{12});
  ASSERT_EQ(bar_times(), (std::vector<time::Timestamp>{noon, noon + Minutes{10}}));
  EXPECT_EQ(heard_.bars[1].number, 2U);
  EXPECT_EQ(status()->instruments[0].missing_minutes, 9U);
}

TEST_F(LiveMarketTest, a_longer_candle_closes_with_its_last_minute_also_without_a_trade_in_it) {
  start(noon - Seconds{10});
  follow_from_noon({btc}, {line(3, 0, "3m", noon - Minutes{1})});
  trade(0, noon + Seconds{1}, 100, 0.5);
  trade(0, noon + Seconds{61}, 104, 0.25);
  until(noon + Minutes{3} + Seconds{2});
  ASSERT_EQ(heard_.candles.size(), 1U);
  EXPECT_EQ(heard_.candles[0].slot, 3U);
  EXPECT_EQ(heard_.candles[0].bar_time, noon + Minutes{2});
  EXPECT_EQ(heard_.candles[0].candle, (market::Candle{noon, 100, 104, 100, 104, 0.75}));
  ASSERT_EQ(heard_.bars.size(), 3U);
  EXPECT_TRUE(heard_.bars[2].candles.empty());
  EXPECT_EQ(heard_.bars[2].decisions, 1U);
}

TEST_F(LiveMarketTest, stored_bars_come_first_and_the_rest_without_overlap_or_hole) {
  for (int i = 0; i < 5; ++i) store_.put(btc, flat(noon + Minutes{i}, 100 + i));
  for (int i = 5; i < 20; ++i) history_.candles_of[btc].push_back(flat(noon + Minutes{i}, 100 + i));
  start(noon + Minutes{10} + Seconds{20});
  follow({btc}, {line(0, 0, "1m", noon + Minutes{1})}, noon + Minutes{1});
  EXPECT_EQ(heard_.bars.size(), 3U) << "those that are stored";
  EXPECT_TRUE(heard_.bars[2].is_replayed);
  feed_is(FeedState::live);
  trade(0, noon + Minutes{10} + Seconds{21}, 999);  // of a minute that was not seen in full
  until(noon + Minutes{11});
  trade(0, noon + Minutes{11}, 111, 1);
  until(noon + Minutes{12} + Seconds{2});
  ASSERT_EQ(heard_.bars.size(), 10U);
  for (int i = 0; i < 10; ++i) {
    const auto at = static_cast<std::size_t>(i);
    EXPECT_EQ(heard_.bars[at].open_time, noon + Minutes{2 + i});
    EXPECT_EQ(heard_.bars[at].candles.at(0).candle, flat(noon + Minutes{2 + i}, 102 + i));
    EXPECT_EQ(heard_.candles[at].candle, heard_.bars[at].candles[0].candle);
    EXPECT_EQ(heard_.candles[at].bar, at + 1);
  }
  EXPECT_FALSE(heard_.bars[5].is_replayed);
  ASSERT_EQ(history_.asked.size(), 1U);
  EXPECT_EQ(history_.asked[0], (time::TimeRange{noon + Minutes{5}, noon + Minutes{11}}));
  EXPECT_EQ(status()->instruments[0].backfilled_minutes, 6U);
  EXPECT_EQ(store_.all(btc).size(), 12U);
}

TEST_F(LiveMarketTest, what_a_lost_stream_missed_is_fetched_and_later_bars_wait_for_it) {
  start(noon - Seconds{10});
  follow_from_noon({btc}, {line(0, 0, "1m", noon - Minutes{1})});
  for (int i = 0; i < 10; ++i) history_.candles_of[btc].push_back(flat(noon + Minutes{i}, 100 + i));
  trade(0, noon + Seconds{5}, 100);
  until(noon + Seconds{65});
  trade(0, noon + Seconds{66}, 55);  // the rest of this minute is lost
  feed_is(FeedState::disconnected);
  until(noon + Minutes{3} + Seconds{30});
  EXPECT_EQ(heard_.bars.size(), 1U);
  feed_is(FeedState::live);
  trade(0, noon + Minutes{3} + Seconds{31}, 56);
  EXPECT_EQ(status()->open_gaps, 1U);
  until(noon + Minutes{4});
  trade(0, noon + Minutes{4}, 104);
  EXPECT_EQ(heard_.bars.size(), 1U);
  until(noon + Minutes{5} + Seconds{2});
  ASSERT_EQ(bar_times(), (std::vector<time::Timestamp>{noon, noon + Minutes{1}, noon + Minutes{2},
                                                       noon + Minutes{3}, noon + Minutes{4}}));
  EXPECT_EQ(heard_.bars[1].candles[0].candle, flat(noon + Minutes{1}, 101));
  EXPECT_EQ(heard_.bars[4].candles[0].candle, flat(noon + Minutes{4}, 104));
  EXPECT_EQ(status()->gaps, 1U);
  EXPECT_EQ(status()->open_gaps, 0U);
  EXPECT_EQ(status()->instruments[0].late_trades, 0U);
  EXPECT_TRUE(heard_.notices.empty());
}

TEST_F(LiveMarketTest, without_the_history_the_market_goes_on_after_a_while_and_says_so_once) {
  options_.backfill_patience = Seconds{120};
  history_.is_away = true;
  start(noon);
  follow({btc, eth}, {});
  feed_is(FeedState::live);
  trade(0, noon + Seconds{1}, 100);
  for (int i = 1; i < 8; ++i) {
    until(noon + Minutes{i});
    trade(0, noon + Minutes{i}, 100 + i);
    trade(1, noon + Minutes{i}, 50);
  }
  EXPECT_EQ(heard_.bars.at(0).open_time, noon + Minutes{1});
  EXPECT_EQ(heard_.bars.size(), 6U);
  ASSERT_EQ(store_.alerts.size(), 1U);
  EXPECT_EQ(store_.alerts[0].kind, "feed_gap");
  EXPECT_NE(store_.alerts[0].text.find("of 2 symbols"), std::string::npos) << store_.alerts[0].text;
  EXPECT_EQ(heard_.commits_of_alerts, 1U);
  EXPECT_TRUE(heard_.notices.empty());
  EXPECT_LT(history_.asked.size(), 30U) << "no storm";
}

TEST_F(LiveMarketTest, no_bar_behind_a_gap_is_told_before_the_notice_of_it_is_durable) {
  options_.backfill_patience = Seconds{120};
  history_.is_away = true;
  store_.on_append = [this] {
    EXPECT_TRUE(heard_.bars.empty() || !store_.alerts.empty());
    store_.is_full = store_.appends < 5;
  };
  start(noon);
  follow({btc}, {});
  feed_is(FeedState::live);
  for (int i = 0; i < 8; ++i) {
    until(noon + Minutes{i});
    trade(0, noon + Minutes{i} + Seconds{1}, 100 + i);
  }
  EXPECT_GE(store_.appends, 5U);
  EXPECT_EQ(heard_.bars.at(0).open_time, noon + Minutes{1});
  EXPECT_EQ(store_.alerts.size(), 1U);
}

TEST_F(LiveMarketTest, a_full_runner_loses_nothing_and_holds_the_feed_back) {
  runner_mailbox_ = 2;
  for (int i = 0; i < 3'000; ++i) store_.put(btc, flat(noon + Minutes{i}, 100 + i % 7));
  start(noon + Minutes{3'000});
  follow({btc}, {line(0, 0, "1m", noon - Minutes{1}), line(1, 0, "5m", noon - Minutes{1})});
  until(noon + Minutes{3'001});
  EXPECT_EQ(heard_.bars.size(), 3'000U);
  std::uint64_t minute_candles = 0;
  for (const CandleClosed& each : heard_.candles) {
    if (each.slot != 0) continue;
    EXPECT_EQ(each.bar, ++minute_candles);
  }
  EXPECT_EQ(minute_candles, 3'000U);
  EXPECT_EQ(heard_.candles.size(), 3'600U);
}

TEST_F(LiveMarketTest, a_bar_is_told_only_once_the_disk_has_its_candles) {
  start(noon - Seconds{10});
  follow_from_noon({btc}, {line(0, 0, "1m", noon - Minutes{1})});
  store_.is_full = true;
  trade(0, noon + Seconds{1}, 100);
  until(noon + Minutes{1});
  trade(0, noon + Minutes{1}, 101);
  until(noon + Minutes{5});
  EXPECT_EQ(heard_.candles.size(), 2U) << "decisions do not wait";
  EXPECT_TRUE(heard_.bars.empty());
  EXPECT_GT(status()->store_errors, 1U);
  EXPECT_EQ(status()->store_error, "The disk is full.");
  store_.is_full = false;
  until(noon + Minutes{6});
  EXPECT_EQ(heard_.bars.size(), 2U);
  EXPECT_TRUE(status()->store_error.empty());
}

TEST_F(LiveMarketTest, a_wall_clock_that_jumps_closes_nothing) {
  for (const time::Duration jump :
       {time::Duration{std::chrono::days{900}}, -time::Duration{std::chrono::days{900}}}) {
    heard_ = {};
    wall_jump_ = {};
    runtime_.reset();
    start(noon - Seconds{10});
    follow_from_noon({btc}, {line(0, 0, "1m", noon - Minutes{1})});
    trade(0, noon + Seconds{1}, 100);
    wall_jump_ = jump;
    until(noon + Seconds{50});
    trade(0, noon + Seconds{50}, 103);
    EXPECT_TRUE(heard_.candles.empty());
    until(noon + Minutes{1});
    trade(0, noon + Minutes{1}, 104);
    ASSERT_EQ(heard_.candles.size(), 1U);
    EXPECT_EQ(heard_.candles[0].candle, (market::Candle{noon, 100, 103, 100, 103, 2}));
    EXPECT_EQ(status()->rejected, 0U);
    store_ = {};
  }
}

TEST_F(LiveMarketTest, one_trade_from_the_future_is_refused_and_two_that_agree_are_believed) {
  start(noon - Seconds{10});
  follow_from_noon({btc}, {line(0, 0, "1m", noon - Minutes{1})});
  trade(0, noon + Seconds{1}, 100);
  trade(0, noon + std::chrono::hours{24 * 365}, 100);
  trade(0, noon + Seconds{2}, 101);
  EXPECT_TRUE(heard_.candles.empty());
  EXPECT_EQ(status()->rejected, 1U);
  for (int i = 0; i <= 30; ++i) history_.candles_of[btc].push_back(flat(noon + Minutes{i}, 100));
  trade(0, noon + Minutes{30}, 102);  // as after a sleep of the machine
  trade(0, noon + Minutes{30} + Seconds{1}, 103);
  EXPECT_EQ(status()->rejected, 2U);
  until(executor_->now() + Minutes{1} + Seconds{5});
  EXPECT_EQ(heard_.candles.size(), 31U) << "what was slept through comes from the history";
}

TEST_F(LiveMarketTest, an_exchange_that_jumps_by_a_year_moves_neither_the_clock_nor_the_price) {
  start(noon - Seconds{10});
  follow_from_noon({btc}, {line(0, 0, "1m", noon - Minutes{1})});
  const time::Timestamp next_year = noon + std::chrono::hours{24 * 365};
  trade(0, noon + Seconds{1}, 100);
  for (int i = 0; i < 5; ++i) trade(0, next_year + Seconds{i}, 500 + i);
  ticker(0, next_year, 500);
  EXPECT_EQ(status()->rejected, 6U);
  EXPECT_EQ(status()->instruments[0].price, 100);
  trade(0, noon + Seconds{61}, 101);
  ASSERT_EQ(heard_.candles.size(), 1U);
  EXPECT_EQ(heard_.candles[0].candle, flat(noon, 100));
  EXPECT_EQ(status()->instruments[0].price, 101);
  trade(0, noon - std::chrono::hours{1}, 7);
  EXPECT_EQ(status()->instruments[0].price, 101);
  EXPECT_EQ(status()->instruments[0].late_trades, 1U);
}

TEST_F(LiveMarketTest, an_old_trade_that_comes_first_says_nothing_of_when_the_stream_began) {
  history_.candles_of[btc].push_back(flat(noon, 77));
  start(noon + Seconds{20});
  follow({btc}, {line(0, 0, "1m", noon - Minutes{1})});
  feed_is(FeedState::live);
  trade(0, noon - Minutes{7}, 90);
  trade(0, noon + Seconds{25}, 100);
  trade(0, noon + Seconds{70}, 101);
  until(noon + Minutes{2} + Seconds{5});
  ASSERT_EQ(heard_.candles.size(), 2U);
  EXPECT_EQ(heard_.candles[0].candle, flat(noon, 77)) << "of which the stream saw a part only";
  EXPECT_EQ(heard_.candles[1].candle, flat(noon + Minutes{1}, 101));
}

TEST_F(LiveMarketTest, trades_from_before_a_loss_say_nothing_of_when_the_stream_came_back) {
  history_.candles_of[btc].push_back(flat(noon, 77));
  start(noon - Seconds{10});
  follow_from_noon({btc}, {line(0, 0, "1m", noon - Minutes{1})});
  feed_is(FeedState::disconnected);
  until(noon + Seconds{20});
  feed_is(FeedState::live);
  trade(0, noon - Seconds{11}, 100);
  until(noon + Seconds{63});
  EXPECT_TRUE(heard_.candles.empty());
  trade(0, noon + Seconds{64}, 101);
  until(noon + Minutes{2} + Seconds{5});
  ASSERT_FALSE(heard_.candles.empty());
  EXPECT_EQ(heard_.candles[0].candle, flat(noon, 77));
}

TEST_F(LiveMarketTest, an_old_trade_with_a_silence_behind_it_closes_no_minute_that_was_not_seen) {
  history_.candles_of[btc].push_back(flat(noon, 77));
  start(noon + Seconds{20});
  follow({btc}, {line(0, 0, "1m", noon - Minutes{1})});
  feed_is(FeedState::live);
  trade(0, noon - Seconds{30}, 90);
  until(noon + Minutes{2} + Seconds{10});
  trade(0, noon + Minutes{2} + Seconds{15}, 100);
  until(noon + Minutes{3} + Seconds{5});
  ASSERT_FALSE(heard_.candles.empty());
  EXPECT_EQ(heard_.candles[0].candle, flat(noon, 77)) << "of which the stream saw a part only";
}

TEST_F(LiveMarketTest, a_machine_whose_clock_is_ahead_builds_candles_after_two_minutes) {
  for (int i = 0; i < 6; ++i) history_.candles_of[btc].push_back(flat(noon + Minutes{i}, 77));
  wall_jump_ = Minutes{30};
  start(noon);
  follow({btc}, {line(0, 0, "1m", noon - Minutes{1})});
  feed_is(FeedState::live);
  for (int s = 1; s < 300; s += 10) trade(0, noon + Seconds{s}, 100);
  ASSERT_EQ(heard_.candles.size(), 4U);
  EXPECT_EQ(heard_.candles[1].candle, flat(noon + Minutes{1}, 77));
  EXPECT_EQ(heard_.candles[2].candle, flat(noon + Minutes{2}, 100, 6));
}

TEST_F(LiveMarketTest, impossible_trades_and_unknown_symbols_are_counted) {
  start(noon - Seconds{10});
  follow_from_noon({btc}, {});
  trade(0, noon + Seconds{1}, 0);
  trade(0, noon + Seconds{1}, 1e18);
  trade(9, noon + Seconds{1}, 100);
  trade(0, noon + Seconds{1}, 100);
  EXPECT_EQ(status()->rejected, 3U);
  EXPECT_EQ(status()->instruments[0].trades, 1U);
}

TEST_F(LiveMarketTest, the_newest_offers_are_told_and_decide_nothing) {
  start(noon - Seconds{10});
  follow_from_noon({btc}, {});
  const double price = status()->instruments[0].price;
  ports::FeedBatch batch;
  batch.quotes = {{0, 99, 1, 101, 2}, {7, 1, 1, 2, 2}, {0, 98, 3, 102, 4}};
  feed(batch);
  EXPECT_EQ(status()->instruments[0].quote, (ports::FeedQuote{0, 98, 3, 102, 4}));
  EXPECT_EQ(status()->instruments[0].price, price);
  EXPECT_EQ(status()->rejected, 0U);
}

TEST_F(LiveMarketTest, the_first_closed_candle_stays_and_another_one_is_counted_and_told_once) {
  start(noon - Seconds{10});
  follow_from_noon({btc}, {line(0, 0, "1m", noon - Minutes{1})});
  trade(0, noon + Seconds{1}, 100);
  until(noon + Minutes{1});
  trade(0, noon + Minutes{1}, 101);
  candle(0, flat(noon, 100));
  EXPECT_EQ(status()->instruments[0].conflicting_candles, 0U);
  candle(0, flat(noon, 100, 2));
  candle(0, flat(noon, 100, 3));
  EXPECT_EQ(status()->instruments[0].conflicting_candles, 2U);
  ASSERT_EQ(heard_.notices.size(), 1U);
  EXPECT_EQ(heard_.notices[0].kind, "candle_conflict");
  EXPECT_EQ(heard_.candles.at(0).candle, flat(noon, 100));
}

TEST_F(LiveMarketTest, a_feed_of_candles_alone_makes_bars) {
  has_history_ = false;
  start(noon);
  follow({btc, eth}, {line(0, 0, "1m", noon - Minutes{1}), line(1, 0, "3m", noon - Minutes{1})});
  feed_is(FeedState::live);
  for (int i = 0; i < 6; ++i) {
    until(noon + Minutes{i + 1});
    candle(0, flat(noon + Minutes{i}, 100 + i));
    candle(1, flat(noon + Minutes{i}, 50 + i));
  }
  EXPECT_EQ(heard_.bars.size(), 6U);
  EXPECT_EQ(heard_.candles.size(), 8U);
  EXPECT_TRUE(heard_.notices.empty());
}

TEST_F(LiveMarketTest, a_runner_more_gets_its_past_first_and_then_the_bars) {
  start(noon - Seconds{10});
  follow_from_noon({btc}, {});
  for (int i = 0; i < 5; ++i) {
    until(noon + Minutes{i});
    trade(0, noon + Minutes{i}, 100 + i);
  }
  const auto added = ask(AddRunner{line(4, 0, "3m", noon - Minutes{1})});
  ASSERT_TRUE(added && added->ok());
  ASSERT_EQ(heard_.candles.size(), 1U);
  EXPECT_EQ(heard_.candles[0].bar, 0U);
  EXPECT_EQ(heard_.candles[0].candle, (market::Candle{noon, 100, 102, 100, 102, 3}));
  until(noon + Minutes{6} + Seconds{3});
  ASSERT_EQ(heard_.candles.size(), 2U);
  EXPECT_EQ(heard_.candles[1].candle, (market::Candle{noon + Minutes{3}, 103, 104, 103, 104, 2}));
  EXPECT_EQ(heard_.candles[1].bar, heard_.bars.back().number);
}

TEST_F(LiveMarketTest, requests_that_make_no_sense_are_refused) {
  start();
  const auto twice = ask(FollowMarket{1, {btc, btc}, {}, noon});
  ASSERT_TRUE(twice);
  EXPECT_EQ(twice->error().field, "symbols");
  const auto nobody = ask(AddRunner{line(0, 3, "1m", noon)});
  ASSERT_TRUE(nobody);
  EXPECT_EQ(nobody->error().field, "instrument");
}

/// A made market, fed with losses, repeats, restarts; and what must have come of it.
TEST_F(LiveMarketTest, whatever_happens_on_the_way_runners_see_the_same_candles) {
  options_.backfill_patience = std::chrono::hours{10};
  std::mt19937_64 random(4);
  constexpr int minutes = 60;
  std::vector<ports::FeedTrade> trades;
  for (int s = 0; s < minutes * 60; s += 2) {
    for (paper::InstrumentId i = 0; i < 2; ++i) {
      if (random() % 3 == 0 || (s / 60) % 7 == static_cast<int>(3 + i)) continue;
      trades.push_back(
          {i,
           {noon + Seconds{s}, static_cast<double>(100 + random() % 50),
            static_cast<double>(1 + random() % 1'000) / 1e8, trades.size() + 1, false}});
    }
  }
  std::vector<market::CandleBuilder> builders(2);
  for (market::CandleBuilder& builder : builders) builder.begin(noon);
  const std::vector<market::Symbol> symbols{btc, eth};
  for (const auto& [instrument, trade] : trades) {
    if (const auto added = builders[instrument].add(trade); added.closed) {
      history_.candles_of[symbols[instrument]].push_back(*added.closed);
    }
  }
  for (paper::InstrumentId i = 0; i < 2; ++i) {
    history_.candles_of[symbols[i]].push_back(*builders[i].close_before(noon + Minutes{minutes}));
  }

  std::optional<Heard> undisturbed;
  for (int round = 0; round < 12; ++round) {
    runtime_.reset();
    store_ = {};
    heard_ = {};
    start(noon - Seconds{10});
    follow_from_noon(symbols,
                     {line(0, 0, "1m", noon - Minutes{1}), line(1, 1, "3m", noon - Minutes{1}),
                      line(2, 0, "15m", noon - Minutes{1})});
    bool is_connected = true;
    for (std::size_t next = 0; next < trades.size(); ++next) {
      const ports::FeedTrade& each = trades[next];
      until(std::max(each.trade.time, executor_->now()));
      if (round > 0 && random() % 300 == 0) {
        feed_is(is_connected ? FeedState::disconnected : FeedState::live);
        is_connected = !is_connected;
      }
      if (round > 0 && random() % 500 == 0) {
        history_.is_away = random() % 2 == 0;
      }
      if (!is_connected) continue;
      ports::FeedBatch batch;
      batch.trades.assign(1 + (round > 0 ? random() % 2 : 0), each);
      feed(std::move(batch));
    }
    history_.is_away = false;
    if (!is_connected) feed_is(FeedState::live);
    for (int i = 0; i < 6; ++i) {
      until(noon + Minutes{minutes + i});
      trade(0, noon + Minutes{minutes + i}, 1);
      trade(1, noon + Minutes{minutes + i}, 1);
    }
    Heard seen;
    for (const CandleClosed& closed : heard_.candles) {
      if (closed.bar_time < noon + Minutes{minutes}) seen.candles.push_back(closed);
    }
    for (const LiveBar& bar : heard_.bars) {
      if (bar.open_time < noon + Minutes{minutes}) seen.bars.push_back(bar);
    }
    std::ranges::stable_sort(seen.candles, {}, &CandleClosed::slot);
    if (!undisturbed) {
      undisturbed = std::move(seen);
      ASSERT_GT(undisturbed->candles.size(), 70U);
      continue;
    }
    ASSERT_EQ(seen.bars.size(), undisturbed->bars.size()) << "round " << round;
    ASSERT_EQ(seen.candles.size(), undisturbed->candles.size()) << "round " << round;
    for (std::size_t i = 0; i < seen.candles.size(); ++i) {
      ASSERT_EQ(seen.candles[i].candle, undisturbed->candles[i].candle) << "round " << round;
      ASSERT_EQ(seen.candles[i].bar, undisturbed->candles[i].bar);
    }
    for (std::size_t i = 0; i < seen.bars.size(); ++i) {
      ASSERT_EQ(seen.bars[i].open_time, undisturbed->bars[i].open_time);
      ASSERT_EQ(seen.bars[i].decisions, undisturbed->bars[i].decisions);
      ASSERT_EQ(seen.bars[i].candles.size(), undisturbed->bars[i].candles.size());
    }
  }
}

class RecordedMarketTest : public LiveMarketTest {
 protected:
  RecordedMarketTest() {
    options_.is_recording = true;
    has_history_ = false;
  }
};

TEST_F(RecordedMarketTest, a_recording_of_years_ago_closes_by_its_own_trades) {
  start(noon + std::chrono::days{800});
  wall_jump_ = {};
  follow({btc}, {line(0, 0, "1m", noon - Minutes{1})});
  feed_is(FeedState::live);
  for (int s = 14; s < 200; s += 3) trade(0, noon + Seconds{s}, 100);
  until(executor_->now() + std::chrono::hours{1});
  EXPECT_EQ(bar_times(), (std::vector<time::Timestamp>{noon + Minutes{1}, noon + Minutes{2}}))
      << "the first minute was not seen from its beginning, the last one not to its end";
}

TEST_F(RecordedMarketTest, a_recording_without_anything_stored_misses_nothing_before_it) {
  start(noon + std::chrono::days{800});
  follow({btc}, {line(0, 0, "1m", time::Timestamp{})}, time::Timestamp{});
  feed_is(FeedState::live);
  for (int s = 14; s < 200; s += 3) trade(0, noon + Seconds{s}, 100);
  EXPECT_EQ(bar_times(), (std::vector<time::Timestamp>{noon + Minutes{1}, noon + Minutes{2}}));
  EXPECT_TRUE(heard_.notices.empty());
}

TEST_F(RecordedMarketTest, a_recording_may_be_over_before_the_past_is_read) {
  start(noon + std::chrono::days{800});
  store_.is_unreadable = true;
  follow({btc}, {line(0, 0, "3m", time::Timestamp{})}, time::Timestamp{});
  feed_is(FeedState::live);
  for (int s = 14; s < 200; s += 3) trade(0, noon + Seconds{s}, 100);
  feed_is(FeedState::stopped);
  EXPECT_TRUE(heard_.bars.empty());
  store_.is_unreadable = false;
  until(executor_->now() + Seconds{5});
  EXPECT_EQ(bar_times(), (std::vector<time::Timestamp>{noon + Minutes{1}, noon + Minutes{2}}));
}

TEST_F(RecordedMarketTest, a_recording_played_again_goes_on_where_it_was) {
  start(noon + std::chrono::days{800});
  for (int life = 0; life < 2; ++life) {
    follow({btc}, {line(0, 0, "1m", noon - Minutes{1})},
           life == 0 ? noon - Minutes{1} : noon + Minutes{2});
    feed_is(FeedState::live);
    sequence_ = 0;
    for (int s = -20; s < (life == 0 ? 200 : 400); s += 5) trade(0, noon + Seconds{s}, 100 + s);
  }
  ASSERT_EQ(heard_.bars.size(), 6U);
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(heard_.bars[static_cast<std::size_t>(i)].open_time, noon + Minutes{i});
  }
}

}  // namespace
}  // namespace hts::actors::testing
