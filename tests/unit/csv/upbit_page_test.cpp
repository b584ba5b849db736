#include "adapters/upbit/upbit_page.hpp"

#include <string>

#include <gtest/gtest.h>

namespace hts::upbit {
namespace {

/// One candle as Upbit writes it, with a part of it replaced.
std::string candle_json(std::string_view what = "", std::string_view by = "") {
  std::string text = R"({"market":"KRW-BTC","candle_date_time_utc":"2020-02-20T11:19:00",)"
                     R"("candle_date_time_kst":"2020-02-20T20:19:00","opening_price":11509000.0,)"
                     R"("high_price":11511000.0,"low_price":11489000.0,"trade_price":11498000.0,)"
                     R"("timestamp":1582197598691,"candle_acc_trade_price":30279009.54681,)"
                     R"("candle_acc_trade_volume":2.63267824,"unit":1})";
  if (!what.empty()) text.replace(text.find(what), what.size(), by);
  return text;
}

std::string problem(const std::string& json) {
  const auto page = parse_upbit_page(json);
  return page ? "accepted" : page.error().message;
}

TEST(upbit_page, a_candle_is_read_in_full) {
  const auto page = parse_upbit_page("[" + candle_json() + "]");
  ASSERT_TRUE(page) << page.error().message;
  ASSERT_EQ(page->candles.size(), 1U);
  EXPECT_EQ(page->candles[0], (market::Candle{*time::parse_iso8601("2020-02-20T11:19:00Z"),
                                              11509000, 11511000, 11489000, 11498000, 2.63267824}));
  EXPECT_EQ(page->symbol->text(), "BTC_KRW");
  EXPECT_EQ(page->timeframe->name(), "1m");
}

TEST(upbit_page, an_empty_page_is_no_error) {
  const auto page = parse_upbit_page(" [ ] \n");
  ASSERT_TRUE(page);
  EXPECT_TRUE(page->candles.empty());
  EXPECT_FALSE(page->symbol);
}

TEST(upbit_page, days_and_weeks_are_told_by_their_members) {
  const auto days = parse_upbit_page(
      "[" + candle_json("\"unit\":1", "\"prev_closing_price\":11500000.0,\"change_rate\":-1E-5") +
      "]");
  ASSERT_TRUE(days) << days.error().message;
  EXPECT_EQ(days->timeframe->name(), "1d");
  const auto weeks = parse_upbit_page(
      "[" + candle_json("\"unit\":1", "\"first_day_of_period\":\"2020-02-17\"") + "]");
  ASSERT_TRUE(weeks) << weeks.error().message;
  EXPECT_EQ(weeks->timeframe->name(), "1w");
}

TEST(upbit_page, numbers_are_rounded_as_the_nearest_double) {
  const auto page = parse_upbit_page("[" + candle_json("2.63267824", "12345678901.12345678") + "," +
                                     candle_json("2.63267824", "1.234567890123456789E-3") + "]");
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(page->candles[0].volume, 12345678901.12345678);
  EXPECT_EQ(page->candles[1].volume, 1.234567890123456789E-3);
}

TEST(upbit_page, members_that_nobody_needs_may_be_anything) {
  EXPECT_EQ(problem("[" +
                    candle_json("\"timestamp\":1582197598691",
                                R"("timestamp":null,"x":{"high_price":"?"},"y":[1,[true]])") +
                    "]"),
            "accepted");
}

TEST(upbit_page, what_is_not_an_array_of_candles_is_refused) {
  const std::string expected =
      "expected an array of Upbit candles, [{\"market\": \"KRW-BTC\", ...}, ...].";
  for (const char* json : {"{}", R"({"error":{"name":404,"message":"Code not found"}})", "7",
                           "\"text\"", "null", "[7]", "[[]]", "[null]", "[\"a\"]"}) {
    const std::string message = problem(json);
    EXPECT_TRUE(message.starts_with("line 1, column ")) << json << " " << message;
    EXPECT_TRUE(message.ends_with(expected)) << json << " " << message;
  }
}

TEST(upbit_page, text_that_is_not_json_is_refused_with_its_place) {
  EXPECT_TRUE(problem("").ends_with("the JSON ends in the middle: it was cut off."));
  EXPECT_TRUE(
      problem("[" + candle_json() + ",\n  oops]").starts_with("line 2, column 3: not JSON"));
  EXPECT_TRUE(problem("[] x").starts_with("line 1, column 4: not JSON"));
  const std::string whole = "[" + candle_json() + "]";
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_TRUE(problem(whole.substr(0, length)).ends_with("it was cut off.")) << length;
  }
}

TEST(upbit_page, deep_nesting_is_refused) {
  EXPECT_NE(problem("[{\"x\":" + std::string(10'000, '[')), "accepted");
  EXPECT_NE(problem(std::string(10'000, '[')), "accepted");
}

TEST(upbit_page, a_candle_without_a_member_names_the_candle_and_the_member) {
  EXPECT_EQ(problem("[" + candle_json() + ",\n" + candle_json("\"high_price\"", "\"x\"") + "]"),
            "line 2, column " + std::to_string(candle_json("\"high_price\"", "\"x\"").size()) +
                ": candle 2: high_price is missing.");
}

TEST(upbit_page, unsound_candles_and_wrong_types_are_refused) {
  const auto one = [](std::string_view what, std::string_view by) {
    const std::string message = problem("[" + candle_json(what, by) + "]");
    return message.substr(message.find("candle 1"));
  };
  EXPECT_EQ(one("11489000.0", "0"), "candle 1: low 0 is not above 0.");
  EXPECT_EQ(one("11489000.0", "99511000.0"), "candle 1: high 11511000 is below low 99511000.");
  EXPECT_EQ(one("11489000.0", "\"11489000.0\""), "candle 1: low_price is text, not a number.");
  EXPECT_EQ(one("11489000.0", "null"), "candle 1: low_price is null.");
  EXPECT_EQ(one("11489000.0", "[]"), "candle 1: low_price is an array.");
  EXPECT_EQ(one("\"KRW-BTC\"", "5"), "candle 1: market is a number, not text.");
  EXPECT_TRUE(one("\"KRW-BTC\"", "\"?\"").starts_with("candle 1: market '?' is not a symbol"));
  EXPECT_TRUE(one("2020-02-20T11", "2020-02-30T11")
                  .starts_with("candle 1: candle_date_time_utc '2020-02-30T11:19:00' is not a"));
  EXPECT_EQ(one("\"unit\":1", "\"unit\":7"), "candle 1: unit 7 is not a timeframe.");
  EXPECT_EQ(one("\"unit\":1", "\"unit\":1e300"), "candle 1: unit 1e300 is not a timeframe.");
}

TEST(upbit_page, markets_and_units_do_not_mix) {
  EXPECT_NE(problem("[" + candle_json() + "," + candle_json("KRW-BTC", "KRW-ETH") + "]")
                .find("candle 2: market KRW-ETH differs from KRW-BTC before it"),
            std::string::npos);
  EXPECT_NE(problem("[" + candle_json() + "," + candle_json("\"unit\":1", "\"unit\":3") + "]")
                .find("candle 2: unit 3 differs"),
            std::string::npos);
}

}  // namespace
}  // namespace hts::upbit
