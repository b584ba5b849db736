#include "adapters/upbit/upbit_frame.hpp"

#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "engine/json/json_text.hpp"
#include "unit/feed/recorded_frames.hpp"

namespace hts::upbit {
namespace {

using feed::Frame;
using Kind = feed::Frame::Kind;

const std::string trade_text =
    R"({"type":"trade","code":"KRW-BTC","timestamp":1621697844865,"trade_date":"2021-05-22",)"
    R"("trade_time":"15:37:24","trade_timestamp":1621697844000,"trade_price":46769000.0,)"
    R"("trade_volume":0.00185096,"ask_bid":"BID","prev_closing_price":49112000.00000000,)"
    R"("change":"FALL","change_price":2343000.00000000,"sequential_id":1621697844000001,)"
    R"("stream_type":"REALTIME"})";

const std::string simple_text =
    R"({"ty":"trade","cd":"KRW-BTC","tms":1730336862082,"td":"2024-10-31","ttm":"01:07:42",)"
    R"("ttms":1730336862047,"tp":100473000,"tv":0.00014208,"ab":"ASK","pcp":100571000,"c":"FALL",)"
    R"("cp":98000,"sid":17303368620470000,"bap":100473000,"bas":0.43139478,"bbp":100465000,)"
    R"("bbs":0.01990656,"st":"REALTIME"})";

TEST(upbit_frame, a_trade_is_read_in_both_formats) {
  Frame frame;
  ASSERT_TRUE(parse_frame(trade_text, frame));
  EXPECT_EQ(frame.kind, Kind::trade);
  EXPECT_EQ(frame.code, "KRW-BTC");
  EXPECT_EQ(frame.time, time::from_milliseconds(1621697844865));
  const market::Trade expected{time::from_milliseconds(1621697844000), 46769000, 0.00185096,
                               1621697844000001, false};
  EXPECT_EQ(frame.trade, expected);

  ASSERT_TRUE(parse_frame(simple_text, frame));
  EXPECT_EQ(frame.trade.price, 100473000);
  EXPECT_EQ(frame.trade.sequence, 17303368620470000U);
  EXPECT_TRUE(frame.trade.buyer_is_maker);
}

TEST(upbit_frame, more_zeros_than_a_double_has_digits_change_nothing) {
  std::string text = trade_text;
  for (const auto& [shown, value] :
       {std::pair{"100571000.00000000", 100571000.0},
        std::pair{"123456789.12345678", 123456789.12345678},
        std::pair{"10000000000000000000", 1e19}, std::pair{"0.000000000000000000012", 1.2e-20}}) {
    const auto begin = text.find("\"trade_price\":") + 14;
    text.replace(begin, text.find(',', begin) - begin, shown);
    Frame quick;
    Frame general;
    ASSERT_TRUE(parse_frame(text, quick)) << text;
    ASSERT_TRUE(parse_frame_generally(text, general)) << text;
    EXPECT_EQ(quick.trade.price, value);
    EXPECT_EQ(general.trade.price, value);
  }
}

TEST(upbit_frame, exponents_are_numbers) {
  Frame frame;
  ASSERT_TRUE(parse_frame(
      R"({"type":"trade","code":"KRW-BTC","trade_timestamp":1,"trade_price":1.16539E8,"trade_volume":7.9276E-4,"ask_bid":"BID","sequential_id":5})",
      frame));
  EXPECT_EQ(frame.trade.price, 116539000);
  EXPECT_EQ(frame.trade.quantity, 0.00079276);
}

TEST(upbit_frame, a_ticker_gives_the_day) {
  Frame frame;
  ASSERT_TRUE(parse_frame(
      R"({"type":"ticker","code":"KRW-BTC","opening_price":49080000.00000000,"trade_price":46810000.0,"acc_trade_price":660440684062.676560000,"signed_change_rate":-0.0468724548,"trade_volume":0.0047861,"trade_timestamp":1621697466000,"trade_status":null,"is_trading_suspended":false,"timestamp":1621697466678,"acc_trade_price_24h":1016673124418.02839000,"acc_trade_volume_24h":21625.36474921,"stream_type":"REALTIME"})",
      frame));
  EXPECT_EQ(frame.kind, Kind::ticker);
  EXPECT_EQ(frame.ticker.price, 46810000);
  EXPECT_EQ(frame.ticker.change_rate, -0.0468724548);
  EXPECT_EQ(frame.ticker.day_volume, 21625.36474921);
  EXPECT_EQ(frame.ticker.day_trade_amount, 1016673124418.02839);
  EXPECT_EQ(frame.ticker.time, time::from_milliseconds(1621697466678));
}

TEST(upbit_frame, a_candle_is_stamped_with_its_open_time_and_never_says_that_it_is_closed) {
  for (
      const char* text :
      {R"({"type":"candle.1m","code":"KRW-BTC","candle_date_time_utc":"2020-02-25T06:41:00","candle_date_time_kst":"2020-02-25T15:41:00","opening_price":11436000.0,"high_price":11443000.0,"low_price":11428000.0,"trade_price":1.1443E7,"candle_acc_trade_volume":1.48642105,"candle_acc_trade_price":17001839.06758,"timestamp":1582612901489,"stream_type":"REALTIME"})",
       R"({"ty":"candle.1m","cd":"KRW-BTC","cdttmu":"2020-02-25T06:41:00","cdttmk":"2020-02-25T15:41:00","op":11436000,"hp":11443000,"lp":11428000,"tp":11443000,"catv":1.48642105,"catp":17001839.06758,"tms":1582612901489,"st":"SNAPSHOT"})"}) {
    Frame frame;
    ASSERT_TRUE(parse_frame(text, frame)) << text;
    EXPECT_EQ(frame.kind, Kind::candle);
    EXPECT_FALSE(frame.is_closed.has_value());
    const market::Candle expected{*time::parse_iso8601("2020-02-25T06:41:00Z"),
                                  11436000,
                                  11443000,
                                  11428000,
                                  11443000,
                                  1.48642105};
    EXPECT_EQ(frame.candle, expected);
  }
}

TEST(upbit_frame, other_messages_are_told_apart) {
  Frame frame;
  ASSERT_TRUE(parse_frame(R"({"status":"UP"})", frame));
  EXPECT_EQ(frame.kind, Kind::other);
  ASSERT_TRUE(parse_frame(R"({"ty":"orderbook","cd":"KRW-BTC","tms":1,"op":"x"})", frame));
  EXPECT_EQ(frame.kind, Kind::other);
  ASSERT_TRUE(parse_frame(R"({"error":{"message":"\"x\"","name":"WRONG_FORMAT"}})", frame));
  EXPECT_EQ(frame.kind, Kind::refusal);
  EXPECT_EQ(frame.reason, "WRONG_FORMAT");
}

TEST(upbit_frame, what_lacks_or_repeats_a_member_is_malformed) {
  Frame frame;
  for (
      const char* text :
      {"", "[]", "{", "PING", R"({"type":"trade"})",
       R"({"type":"trade","code":"A","trade_timestamp":1,"trade_price":"1","trade_volume":1,"ask_bid":"BID","sequential_id":5})",
       R"({"type":"trade","code":"A","trade_timestamp":1,"trade_price":1,"tp":1,"trade_volume":1,"ask_bid":"BID","sequential_id":5})",
       R"({"type":"trade","code":"A","trade_timestamp":1,"trade_price":1,"trade_volume":1,"ask_bid":"X","sequential_id":5})",
       R"({"type":"trade","code":"","trade_timestamp":1,"trade_price":1,"trade_volume":1,"ask_bid":"BID","sequential_id":5})",
       R"({"type":"candle.1m","code":"A","candle_date_time_utc":"2020-02-30T06:41:00","opening_price":1,"high_price":1,"low_price":1,"trade_price":1,"candle_acc_trade_volume":1})"}) {
    EXPECT_FALSE(parse_frame(text, frame)) << text;
  }
}

TEST(upbit_frame, recorded_messages_are_read) {
  const auto lines = feed::lines_of(feed::unpacked(feed::recordings() / "exchange_messages.jsonl"));
  if (lines.empty()) GTEST_SKIP() << "no recording beside the checkout";
  std::size_t trades = 0;
  std::size_t tickers = 0;
  for (const std::string& line : lines) {
    Frame frame;
    ASSERT_TRUE(parse_frame(line, frame)) << line;
    trades += frame.kind == Kind::trade ? 1 : 0;
    tickers += frame.kind == Kind::ticker ? 1 : 0;
  }
  EXPECT_EQ(trades, 1U);
  EXPECT_EQ(tickers, 1U);
}

TEST(upbit_frame, a_changed_message_is_refused_or_read_alike_by_both_ways) {
  for (std::uint32_t seed = 0; seed < 30'000; ++seed) {
    const std::string text = feed::mutated(seed % 2 == 0 ? trade_text : simple_text, seed);
    Frame quick;
    Frame general;
    const bool is_read = parse_frame(text, quick);
    ASSERT_EQ(is_read, parse_frame_generally(text, general)) << text;
    if (!is_read) continue;
    ASSERT_TRUE(feed::equal_frames(quick, general)) << text;
    const auto document = json::parse_json(text);
    if (!document.ok() || quick.kind != Kind::trade) continue;
    const auto& object = document->as_object();
    const auto* price = object.if_contains("trade_price");
    if (price == nullptr) price = object.if_contains("tp");
    ASSERT_NE(price, nullptr) << text;
    EXPECT_EQ(quick.trade.price, price->to_number<double>()) << text;
  }
}

}  // namespace
}  // namespace hts::upbit
