#include "engine/backtest/backtest_request.hpp"

#include <gtest/gtest.h>

namespace hts::backtest {
namespace {

using result::ErrorCode;

RawBacktestRequest valid_request() {
  RawBacktestRequest raw;
  raw.strategy = "volume_zone_breakout";
  raw.params = {{"volume_window", std::int64_t{30}}};
  raw.symbols = {"KRW-BTC", "ETH_KRW"};
  raw.start_date = "2024-01-01";
  raw.end_date = "2024-01-31";
  return raw;
}

result::Error error_of(const RawBacktestRequest& raw) {
  auto request = make_backtest_request(raw);
  EXPECT_FALSE(request.ok());
  return request ? result::Error{} : request.error();
}

TEST(BacktestRequest, a_valid_one_is_filled_with_defaults_and_meaning) {
  const auto request = make_backtest_request(valid_request());
  ASSERT_TRUE(request.ok()) << request.error().message;
  EXPECT_EQ(request->parameters.integer("volume_window"), 30);
  EXPECT_EQ(request->parameters.integer("num_bins"), 20);
  ASSERT_EQ(request->symbols.size(), 2U);
  EXPECT_EQ(request->symbols[0].text(), "BTC_KRW");
  EXPECT_EQ(request->timeframe, market::Timeframe::day());
  // 1 January in Korea begins at 15:00 UTC of the day before; the last day is included.
  EXPECT_EQ(time::format_iso8601(request->range.begin), "2023-12-31T15:00:00Z");
  EXPECT_EQ(time::format_iso8601(request->range.end), "2024-01-31T15:00:00Z");
  EXPECT_EQ(request->start_date, "2024-01-01");
}

TEST(BacktestRequest, each_wrong_field_is_named) {
  auto raw = valid_request();
  raw.strategy = "moon_shot";
  EXPECT_EQ(error_of(raw).field, "strategy");
  EXPECT_EQ(error_of(raw).code, ErrorCode::invalid);

  raw = valid_request();
  raw.params = {{"volume_window", std::int64_t{1}}};
  EXPECT_EQ(error_of(raw).field, "params.volume_window");

  raw = valid_request();
  raw.params = {{"windows", std::int64_t{1}}};
  EXPECT_EQ(error_of(raw).field, "params.windows");

  raw = valid_request();
  raw.timeframe = "2h";
  EXPECT_EQ(error_of(raw).field, "timeframe");

  raw = valid_request();
  raw.mode = "magic";
  EXPECT_EQ(error_of(raw).field, "mode");

  raw = valid_request();
  raw.start_date = "2024-02-30";
  EXPECT_EQ(error_of(raw).field, "start_date");

  raw = valid_request();
  std::swap(raw.start_date, raw.end_date);
  EXPECT_EQ(error_of(raw).field, "end_date");
  EXPECT_EQ(error_of(raw).code, ErrorCode::invalid);

  raw = valid_request();
  raw.description = std::string(max_description_bytes + 1, 'x');
  EXPECT_EQ(error_of(raw).field, "description");
}

TEST(BacktestRequest, symbols_are_named_by_their_place) {
  auto raw = valid_request();
  raw.symbols = {"KRW-BTC", "???"};
  EXPECT_EQ(error_of(raw).code, ErrorCode::unknown_symbol);
  EXPECT_EQ(error_of(raw).field, "symbols[1]");

  raw.symbols = {"KRW-BTC", "btc_krw"};
  EXPECT_EQ(error_of(raw).code, ErrorCode::invalid);
  EXPECT_EQ(error_of(raw).field, "symbols[1]");

  raw.symbols.clear();
  EXPECT_EQ(error_of(raw).field, "symbols");

  raw.symbols.assign(max_symbols + 1, "KRW-BTC");
  EXPECT_EQ(error_of(raw).field, "symbols");
}

}  // namespace
}  // namespace hts::backtest
