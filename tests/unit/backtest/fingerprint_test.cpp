#include "engine/backtest/fingerprint.hpp"

#include <functional>
#include <set>

#include <gtest/gtest.h>

#include "engine/backtest/backtest_request.hpp"
#include "engine/backtest/execute.hpp"
#include "engine/market/synthetic_candles.hpp"

namespace hts::backtest {
namespace {

constexpr time::Timestamp new_year = time::from_milliseconds(1'704'067'200'000);

RawBacktestRequest request_on_account() {
  RawBacktestRequest raw;
  raw.mode = "portfolio";
  raw.strategy = "sma_cross";
  raw.symbols = {"KRW-BTC", "KRW-ETH"};
  raw.start_date = "2024-01-01";
  raw.end_date = "2024-12-31";
  return raw;
}

market::CandleSeries year_of_days(std::uint64_t seed = 1) {
  return market::make_synthetic_candles({}, new_year, market::Timeframe::day(), 366, seed);
}

/// One change a candle series can have.
using Change = std::function<void(market::CandleSeries&)>;

std::string fingerprint_of(const RawBacktestRequest& raw, const Change& change = [](auto&) {}) {
  const auto request = make_backtest_request(raw).value();
  RunCandles candles(request,
                     [&](const market::Symbol&, market::Timeframe, time::TimeRange,
                         const std::atomic<bool>*) -> result::Result<market::CandleSeries> {
                       auto series = year_of_days();
                       change(series);
                       return series;
                     });
  return candles.fingerprint().value();
}

TEST(Fingerprint, equal_requests_on_equal_candles_have_one) {
  EXPECT_EQ(fingerprint_of(request_on_account()), fingerprint_of(request_on_account()));
  EXPECT_EQ(fingerprint_of(request_on_account()).size(), 32U);
}

TEST(Fingerprint, whatever_changes_the_result_changes_it) {
  std::set<std::string> seen = {fingerprint_of(request_on_account())};
  std::size_t expected = 1;
  const auto differs = [&](const auto& change) {
    auto raw = request_on_account();
    change(raw);
    seen.insert(fingerprint_of(raw));
    ++expected;
  };
  differs([](auto& raw) { raw.params = {{"fast", std::int64_t{9}}}; });
  differs([](auto& raw) { raw.strategy = "ema_cross"; });
  differs([](auto& raw) { raw.more_strategies = {"ema_cross"}; });
  differs([](auto& raw) { raw.symbols = {"KRW-BTC"}; });
  differs([](auto& raw) { raw.symbols = {"KRW-ETH", "KRW-BTC"}; });
  differs([](auto& raw) { raw.disabled_symbols = {"KRW-ETH"}; });
  differs([](auto& raw) { raw.symbol_params = {{"KRW-ETH", {{"fast", std::int64_t{9}}}}}; });
  differs([](auto& raw) { raw.portfolio = {{"cash", "10001"}}; });
  differs([](auto& raw) { raw.portfolio = {{"intrabar", "both"}}; });
  differs([](auto& raw) { raw.portfolio = {{"lot", "KRW-ETH=1"}}; });
  differs([](auto& raw) { raw.timeframe = "1h"; });
  differs([](auto& raw) { raw.mode = "signals"; });
  const std::vector<Change> changes = {
      [](auto& candles) { candles.open[7] += 1; },
      [](auto& candles) { candles.high[7] += 1; },
      [](auto& candles) { candles.low[7] += 1; },
      [](auto& candles) { candles.close[365] += 1e-9 * candles.close[365]; },
      [](auto& candles) { candles.volume[0] += 1; },
      [](auto& candles) { candles.open_time[3] += std::chrono::seconds{1}; },
      [](auto& candles) { std::swap(candles.open, candles.close); },
  };
  for (const Change& change : changes) {
    seen.insert(fingerprint_of(request_on_account(), change));
    ++expected;
  }
  EXPECT_EQ(seen.size(), expected);
}

TEST(Fingerprint, dates_and_descriptions_are_not_in_it) {
  auto raw = request_on_account();
  raw.description = "another";
  raw.end_date = "2025-06-30";
  raw.portfolio = {{"cash", "10000.0"}};
  EXPECT_EQ(fingerprint_of(raw), fingerprint_of(request_on_account()));
}

TEST(Fingerprint, a_run_has_that_of_its_candles_kept_or_not) {
  const auto request = make_backtest_request(request_on_account()).value();
  const LoadCandles load = [](const market::Symbol& symbol, market::Timeframe, time::TimeRange,
                              const std::atomic<bool>*) -> result::Result<market::CandleSeries> {
    return year_of_days(symbol.text().size() + static_cast<unsigned char>(symbol.text()[0]));
  };
  const auto run = execute(request, load);
  ASSERT_TRUE(run.ok()) << run.error().message;
  for (const std::size_t budget : {0U, 366U * 48U, 1'000'000U}) {
    RunCandles candles(request, load, budget);
    EXPECT_EQ(candles.fingerprint().value(), run->fingerprint);
    const auto again = execute(request, candles);
    ASSERT_TRUE(again.ok());
    EXPECT_EQ(again->fingerprint, run->fingerprint);
    EXPECT_EQ(again->total_signals, run->total_signals);
  }
}

TEST(Fingerprint, stops_when_it_is_cancelled) {
  const auto request = make_backtest_request(request_on_account()).value();
  const std::atomic<bool> cancelled{true};
  StudyControl control;
  control.cancel = &cancelled;
  RunCandles candles(request, [](const auto&, auto, auto, auto) {
    return result::Result<market::CandleSeries>(year_of_days());
  });
  const auto stopped = candles.fingerprint(control);
  ASSERT_FALSE(stopped.ok());
  EXPECT_EQ(stopped.error().code, result::ErrorCode::cancelled);
}

TEST(Fingerprint, a_cancel_says_the_same_inside_a_load_and_outside) {
  const auto request = make_backtest_request(request_on_account()).value();
  std::atomic<bool> cancelled{false};
  StudyControl control;
  control.cancel = &cancelled;
  RunCandles candles(request,
                     [&](const auto&, auto, auto,
                         const std::atomic<bool>* cancel) -> result::Result<market::CandleSeries> {
                       EXPECT_EQ(cancel, &cancelled);
                       cancelled = true;
                       return result::make_error(result::ErrorCode::cancelled,
                                                 "The source has its own words.");
                     });
  const auto inside = candles.fingerprint(control);
  const auto outside = candles.fingerprint(control);
  ASSERT_FALSE(inside.ok() || outside.ok());
  EXPECT_EQ(inside.error().code, result::ErrorCode::cancelled);
  EXPECT_EQ(inside.error().message, outside.error().message);
  EXPECT_EQ(inside.error().field, outside.error().field);
}

}  // namespace
}  // namespace hts::backtest
