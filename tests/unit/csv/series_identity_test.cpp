#include "adapters/csv/series_identity.hpp"

#include <chrono>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace hts::csv {
namespace {

std::string identity(const char* path) {
  const SeriesIdentity found = identity_in_name(path);
  return (found.symbol ? found.symbol->text() : "-") + " " +
         (found.timeframe ? std::string{found.timeframe->name()} : "-");
}

TEST(series_identity, names_of_common_sources_are_understood) {
  EXPECT_EQ(identity("data/KRW-BTC_1m_2020-02-20.csv"), "BTC_KRW 1m");
  EXPECT_EQ(identity("UNITTEST-BTC_1m_2017-11.csv"), "UNITTEST_BTC 1m");
  EXPECT_EQ(identity("BTC-PERP_1m_2022-01.csv"), "PERP_BTC 1m");
  EXPECT_EQ(identity("BTC_USDT-5m.csv"), "BTC_USDT 5m");
  EXPECT_EQ(identity("BTCUSDT-1h-2024-01.csv"), "BTC_USDT 1h");
  EXPECT_EQ(identity("btc_krw.1D.csv"), "BTC_KRW 1d");
  EXPECT_EQ(identity("BTC_KRW_binance_4h.csv"), "BTC_KRW 4h");
  EXPECT_EQ(identity("EURUSD.csv"), "EUR_USD -");
}

TEST(series_identity, names_without_a_known_quote_say_nothing) {
  EXPECT_EQ(identity("GOOG.csv"), "- -");
  EXPECT_EQ(identity("GOOG_1d.csv"), "- 1d");
  EXPECT_EQ(identity("my-candles.csv"), "- -");
  EXPECT_EQ(identity("candles_2020.csv"), "- -");
  EXPECT_EQ(identity("1m.csv"), "- 1m");
  EXPECT_EQ(identity(".csv"), "- -");
  EXPECT_EQ(identity(""), "- -");
}

std::vector<CandleRow> rows_at(std::initializer_list<int> minutes) {
  std::vector<CandleRow> rows;
  for (const int minute : minutes) {
    rows.push_back({{time::Timestamp{std::chrono::minutes{minute}}, 1, 1, 1, 1, 1}, 0});
  }
  return rows;
}

TEST(series_identity, the_usual_spacing_ignores_gaps_and_repetitions) {
  EXPECT_EQ(usual_spacing(rows_at({0, 5, 10, 40, 45, 45, 50}))->name(), "5m");
  EXPECT_EQ(usual_spacing(rows_at({50, 45, 40, 35}))->name(), "5m") << "newest first";
}

TEST(series_identity, rows_without_a_timeframe_have_no_usual_spacing) {
  EXPECT_FALSE(usual_spacing(rows_at({0, 7, 14, 21})));
  EXPECT_FALSE(usual_spacing(rows_at({3})));
  EXPECT_FALSE(usual_spacing(rows_at({3, 3, 3})));
  EXPECT_FALSE(usual_spacing({}));
}

}  // namespace
}  // namespace hts::csv
