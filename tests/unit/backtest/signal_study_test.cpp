#include "engine/backtest/signal_study.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <gtest/gtest.h>

#include "engine/market/synthetic_candles.hpp"

namespace hts::backtest {
namespace {

using strategies::NamedValue;

/// Candles of one minute with these closes; volume 1.
market::CandleSeries closing_at(const std::vector<double>& closes) {
  market::CandleSeries candles;
  for (const double close : closes) {
    const auto minute = static_cast<std::int64_t>(candles.size());
    candles.push_back({time::from_milliseconds(minute * 60'000), close, close, close, close, 1});
  }
  return candles;
}

/// Says on every candle what its close asks for: a multiple of three buys, of five sells.
class CloseReader {
 public:
  static constexpr std::string_view name = "close_reader";
  static constexpr std::string_view title = "Close reader";
  static constexpr std::string_view help = "For tests.";
  static constexpr int state_version = 1;
  static std::vector<strategies::ParameterSchema> schema() {
    return {{"hold_period_bars", std::int64_t{2}, 1, 100, false, "bars", "How long."}};
  }
  explicit CloseReader(const strategies::Parameters&) {}
  void on_candle(const market::Candle& candle, strategies::Context& context) {
    const auto close = static_cast<std::int64_t>(candle.close);
    if (close % 3 == 0) context.buy(0.75);
    if (close % 5 == 0) context.sell(1);
    if (close == leave_short) context.exit_short();
  }
  static constexpr std::int64_t leave_short = 999'999;
  [[nodiscard]] std::vector<double> snapshot() const { return {}; }
  result::Status restore(std::span<const double>) { return result::success(); }
};

class HoldlessReader : public CloseReader {
 public:
  using CloseReader::CloseReader;
  static std::vector<strategies::ParameterSchema> schema() { return {}; }
};

result::Result<SignalReport> study(market::CandleView candles, const StudyControl& control = {},
                                   const std::vector<NamedValue>& given = {}) {
  static const auto definition = strategies::define_strategy<CloseReader>();
  return run_signal_study(definition, strategies::resolve(definition.schema, given).value(),
                          candles, control);
}

TEST(SignalStudy, enters_at_the_close_of_the_signal_and_leaves_at_the_close_a_hold_later) {
  const auto candles = closing_at({1, 3, 4, 8, 2});
  const auto report = study(candles.view());
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->candles, 5U);
  ASSERT_EQ(report->trades.size(), 1U);
  const SignalTrade expected{1, 3, candles.open_time[1], candles.open_time[3],
                             3, 8, (8.0 / 3 - 1) * 100,  0.75};
  EXPECT_EQ(report->trades[0], expected);
  EXPECT_EQ(report->statistics, summarize(report->trades));
}

TEST(SignalStudy, exits_are_clamped_to_the_last_bar) {
  const auto report = study(closing_at({1, 1, 3, 6}).view());
  ASSERT_EQ(report->trades.size(), 2U);
  EXPECT_EQ(report->trades[0].exit_index, 3U);
  EXPECT_EQ(report->trades[1].exit_index, 3U);
  EXPECT_EQ(report->trades[1].return_pct, 0);
  EXPECT_EQ(report->statistics.avg_hold_bars, 0.5);
  EXPECT_EQ(report->statistics.win_rate, 0.5);
}

TEST(SignalStudy, only_buys_are_trades_and_the_last_word_on_a_candle_counts) {
  const auto report = study(closing_at({5, 15, 9}).view());
  ASSERT_EQ(report->trades.size(), 1U);
  EXPECT_EQ(report->trades[0].index, 2U);
}

TEST(SignalStudy, leaving_a_short_position_is_no_buy) {
  const auto report = study(closing_at({1, CloseReader::leave_short, 9}).view());
  ASSERT_EQ(report->trades.size(), 1U);
  EXPECT_EQ(report->trades[0].index, 2U);
}

TEST(SignalStudy, without_a_hold_parameter_the_horizon_is_one_bar) {
  const auto definition = strategies::define_strategy<HoldlessReader>();
  const auto report = run_signal_study(definition, {}, closing_at({3, 1, 1}).view());
  ASSERT_EQ(report->trades.size(), 1U);
  EXPECT_EQ(report->trades[0].exit_index, 1U);
}

TEST(SignalStudy, of_no_candles_is_an_empty_report) {
  std::vector<double> shares;
  StudyControl control;
  control.progress = [&](double share) { shares.push_back(share); };
  const auto report = study({}, control);
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(*report, SignalReport{});
  EXPECT_EQ(shares, std::vector<double>{1});
}

TEST(SignalStudy, a_long_series_gives_the_trades_of_every_candle) {
  std::vector<double> closes(20'000, 4);
  for (std::size_t i = 0; i < closes.size(); i += 7) closes[i] = 3;
  const auto report = study(closing_at(closes).view());
  ASSERT_EQ(report->trades.size(), 2858U);
  for (std::size_t i = 0; i < report->trades.size(); ++i) {
    ASSERT_EQ(report->trades[i].index, 7 * i);
  }
  EXPECT_EQ(report->statistics, summarize(report->trades));
}

TEST(SignalStudy, progress_rises_from_none_to_all_in_about_a_hundred_steps) {
  std::vector<double> shares;
  StudyControl control;
  control.progress = [&](double share) { shares.push_back(share); };
  ASSERT_TRUE(study(closing_at(std::vector<double>(100'000, 1)).view(), control).ok());
  ASSERT_GT(shares.size(), 50U);
  EXPECT_LT(shares.size(), 120U);
  EXPECT_EQ(shares.front(), 0);
  EXPECT_EQ(shares.back(), 1);
  for (std::size_t i = 1; i < shares.size(); ++i) EXPECT_LT(shares[i - 1], shares[i]);
}

TEST(SignalStudy, a_cancel_flag_set_before_the_start_stops_it_at_once) {
  const std::atomic<bool> cancel{true};
  StudyControl control;
  control.cancel = &cancel;
  control.progress = [](double) { FAIL() << "it went on"; };
  const auto report = study(closing_at({3, 3, 3}).view(), control);
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.error().code, result::ErrorCode::cancelled);
  EXPECT_FALSE(report.error().message.empty());
}

TEST(SignalStudy, a_cancel_flag_set_on_the_way_stops_it_before_the_next_report) {
  std::atomic<bool> cancel{false};
  std::vector<double> shares;
  StudyControl control;
  control.cancel = &cancel;
  control.progress = [&](double share) {
    shares.push_back(share);
    if (share > 0.3) cancel = true;
  };
  const auto report = study(closing_at(std::vector<double>(100'000, 1)).view(), control);
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.error().code, result::ErrorCode::cancelled);
  EXPECT_LT(shares.back(), 0.32);
}

TEST(SignalStudy, a_slice_is_studied_as_if_it_were_the_whole) {
  const auto candles =
      market::make_synthetic_candles({}, time::Timestamp{}, market::Timeframe::day(), 3000, 4);
  const auto* definition = *strategies::find_strategy("volume_zone_breakout");
  const auto parameters = strategies::resolve(definition->schema, {}).value();
  market::CandleSeries part;
  part.append(candles.view().slice(500, 1000));
  const auto sliced = run_signal_study(*definition, parameters, candles.view().slice(500, 1000));
  const auto copied = run_signal_study(*definition, parameters, part.view());
  ASSERT_GT(sliced->trades.size(), 50U);
  EXPECT_EQ(*sliced, *copied);
}

}  // namespace
}  // namespace hts::backtest
