#include "engine/backtest/streaming_study.hpp"

#include <algorithm>
#include <atomic>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "engine/backtest/signal_study.hpp"
#include "engine/market/synthetic_candles.hpp"

namespace hts::backtest {
namespace {

const strategies::StrategyDefinition& definition_of(const char* name) {
  return *strategies::find_strategy(name).value();
}

market::CandleSeries minutes(std::size_t count) {
  return market::make_synthetic_candles({}, time::from_milliseconds(0), market::Timeframe::minute(),
                                        count, 7);
}

time::TimeRange span_of(const market::CandleSeries& candles) {
  return {candles.open_time.front(), candles.open_time.back() + std::chrono::minutes{1}};
}

/// The candles in blocks of 1 to `largest`.
StreamCandles in_blocks(market::CandleView candles, std::size_t largest, std::uint64_t seed) {
  return [=](const market::TakeCandles& take) -> result::Status {
    std::mt19937_64 draw{seed};
    for (std::size_t done = 0; done < candles.size();) {
      const std::size_t count = std::min<std::size_t>(1 + draw() % largest, candles.size() - done);
      if (auto taken = take(candles.slice(done, count)); !taken) return taken;
      done += count;
    }
    return result::success();
  };
}

TEST(StreamingStudy, statistics_are_those_of_the_whole_series_however_it_is_cut) {
  const auto candles = minutes(5'000);
  for (const char* name : {"volume_long_candle", "volume_zone_breakout"}) {
    const auto& definition = definition_of(name);
    for (const std::int64_t hold : {1, 7, 100}) {
      const auto parameters =
          strategies::resolve(definition.schema, {{"hold_period_bars", hold}}).value();
      const auto whole = run_signal_study(definition, parameters, candles.view()).value();
      ASSERT_GT(whole.statistics.signals, 10U) << name;
      for (const std::size_t largest : {1U, 3U, 64U, 65U, 1'000U, 5'000U}) {
        const auto streamed = run_streaming_study(definition, parameters, span_of(candles),
                                                  in_blocks(candles.view(), largest, largest))
                                  .value();
        EXPECT_EQ(streamed.candles, candles.size());
        EXPECT_EQ(streamed.statistics, whole.statistics)
            << name << ", hold " << hold << ", blocks up to " << largest;
      }
    }
  }
}

TEST(StreamingStudy, nothing_streamed_is_a_report_of_zeros) {
  const auto& definition = definition_of("volume_long_candle");
  const auto parameters = strategies::resolve(definition.schema, {}).value();
  const auto streamed = run_streaming_study(
      definition, parameters, {}, [](const market::TakeCandles&) { return result::success(); });
  ASSERT_TRUE(streamed);
  EXPECT_EQ(*streamed, StreamedReport{});
}

TEST(StreamingStudy, an_error_of_the_stream_is_the_studys) {
  const auto& definition = definition_of("volume_long_candle");
  const auto parameters = strategies::resolve(definition.schema, {}).value();
  const auto streamed = run_streaming_study(
      definition, parameters, {}, [](const market::TakeCandles&) -> result::Status {
        return result::make_error(result::ErrorCode::storage, "The disk is gone.");
      });
  ASSERT_FALSE(streamed);
  EXPECT_EQ(streamed.error().message, "The disk is gone.");
}

TEST(StreamingStudy, a_flag_set_between_two_blocks_ends_it) {
  const auto candles = minutes(1'000);
  const auto& definition = definition_of("volume_long_candle");
  const auto parameters = strategies::resolve(definition.schema, {}).value();
  std::atomic<bool> cancel{false};
  StudyControl control;
  control.cancel = &cancel;
  std::size_t given = 0;
  const auto streamed = run_streaming_study(
      definition, parameters, span_of(candles),
      [&](const market::TakeCandles& take) -> result::Status {
        for (; given < 10; ++given) {
          if (given == 3) cancel = true;
          if (auto taken = take(candles.view().slice(given * 100, 100)); !taken) return taken;
        }
        return result::success();
      },
      control);
  ASSERT_FALSE(streamed);
  EXPECT_EQ(streamed.error().code, result::ErrorCode::cancelled);
  EXPECT_EQ(given, 3U);
}

TEST(StreamingStudy, progress_rises_from_nothing_to_everything) {
  const auto candles = minutes(100'000);
  const auto& definition = definition_of("volume_long_candle");
  const auto parameters = strategies::resolve(definition.schema, {}).value();
  std::vector<double> shares;
  StudyControl control;
  control.progress = [&](double share) { shares.push_back(share); };
  ASSERT_TRUE(run_streaming_study(definition, parameters, span_of(candles),
                                  in_blocks(candles.view(), 200, 1), control));
  ASSERT_GT(shares.size(), 50U);
  EXPECT_LE(shares.size(), 102U);
  EXPECT_EQ(shares.front(), 0);
  EXPECT_EQ(shares.back(), 1);
  EXPECT_TRUE(std::is_sorted(shares.begin(), shares.end()));
}

TEST(StreamingStudy, a_run_has_the_statistics_of_a_run_with_signals) {
  const auto candles = minutes(3'000);
  BacktestRequest request;
  request.strategy = "volume_long_candle";
  request.parameters = strategies::resolve(definition_of("volume_long_candle").schema, {}).value();
  request.symbols = {market::Symbol::parse("BTC_KRW").value(),
                     market::Symbol::parse("ETH_KRW").value()};
  request.range = span_of(candles);
  const auto run = execute_streaming(
      request, [&](const market::Symbol&, market::Timeframe, time::TimeRange,
                   const market::TakeCandles& take) { return take(candles.view()); });
  ASSERT_TRUE(run) << run.error().message;
  const auto whole =
      run_signal_study(definition_of("volume_long_candle"), request.parameters, candles.view())
          .value();
  ASSERT_EQ(run->symbols.size(), 2U);
  EXPECT_EQ(run->symbols[1].report.statistics, whole.statistics);
  EXPECT_EQ(run->symbols[1].report.candles, 3'000U);
  EXPECT_TRUE(run->symbols[1].report.trades.empty());
  EXPECT_EQ(run->total_signals, 2 * whole.trades.size());
}

}  // namespace
}  // namespace hts::backtest
