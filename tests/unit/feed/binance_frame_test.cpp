#include "adapters/binance/binance_frame.hpp"

#include <charconv>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "engine/json/json_text.hpp"
#include "unit/feed/recorded_frames.hpp"

namespace hts::binance {
namespace {

using feed::Frame;
using Kind = feed::Frame::Kind;

const std::string trade_text =
    R"({"stream":"btcusdt@trade","data":{"e":"trade","E":1723161255343,"s":"BTCUSDT",)"
    R"("t":3735683259,"p":"61837.63000000","q":"0.02000000","T":1723161255342,"m":true,"M":true}})";

TEST(binance_frame, a_trade_is_read_to_the_last_digit) {
  Frame frame;
  ASSERT_TRUE(parse_frame(trade_text, frame));
  EXPECT_EQ(frame.kind, Kind::trade);
  EXPECT_EQ(frame.code, "BTCUSDT");
  EXPECT_EQ(frame.time, time::from_milliseconds(1723161255343));
  const market::Trade expected{time::from_milliseconds(1723161255342), 61837.63, 0.02, 3735683259,
                               true};
  EXPECT_EQ(frame.trade, expected);
}

TEST(binance_frame, a_raw_trade_and_one_with_order_numbers_and_spaces_are_the_same) {
  Frame frame;
  ASSERT_TRUE(parse_frame(
      R"({"e":"trade","E":5,"s":"ETHUSDT","t":7,"p":"4149.74","q":"1","b":1,"a":2,"T":4,"m":false,"M":true})",
      frame));
  EXPECT_EQ(frame.trade.price, 4149.74);
  EXPECT_FALSE(frame.trade.buyer_is_maker);
  ASSERT_TRUE(parse_frame(
      " { \"data\" : { \"m\":false, \"T\":4,\"x\":[1], \"q\":\"1\", \"p\":\"4.14974E3\","
      " \"t\":7, \"s\":\"ETHUSDT\",\"e\":\"trade\" }, \"stream\":\"ethusdt@trade\" } ",
      frame));
  EXPECT_EQ(frame.kind, Kind::trade);
  EXPECT_EQ(frame.trade.price, 4149.74);
}

TEST(binance_frame, a_candle_says_whether_it_is_closed) {
  Frame frame;
  ASSERT_TRUE(parse_frame(
      R"({"stream":"ftmusdt@kline_1m","data":{"e":"kline","E":1628952396573,"s":"FTMUSDT","k":{"t":1628952360000,"T":1628952419999,"s":"FTMUSDT","i":"1m","f":38248833,"L":38248910,"o":"0.34064000","c":"0.33993000","h":"0.34070000","l":"0.33934000","v":"208601.00000000","n":78,"x":false,"q":"70846.76968900","V":"156046.30000000","Q":"52984.16932200","B":"0"}}})",
      frame));
  EXPECT_EQ(frame.kind, Kind::candle);
  EXPECT_EQ(frame.code, "FTMUSDT");
  EXPECT_EQ(frame.is_closed, false);
  const market::Candle expected{
      time::from_milliseconds(1628952360000), 0.34064, 0.3407, 0.33934, 0.33993, 208601};
  EXPECT_EQ(frame.candle, expected);
}

TEST(binance_frame, a_candle_of_a_month_is_not_one_of_a_minute) {
  Frame frame;
  ASSERT_TRUE(parse_frame(
      R"({"e":"kline","E":1,"s":"A","k":{"t":1,"i":"1M","o":"1","c":"1","h":"1","l":"1","v":"1","x":true}})",
      frame));
  EXPECT_EQ(frame.kind, Kind::other);
}

TEST(binance_frame, a_ticker_gives_the_change_as_a_fraction) {
  Frame frame;
  ASSERT_TRUE(parse_frame(
      R"({"e":"24hrTicker","E":123456789,"s":"BNBBTC","p":"0.0015","P":"2.50","w":"0.0018","x":"0.0009","c":"0.0025","Q":"10","b":"0.0024","B":"10","a":"0.0026","A":"100","o":"0.0010","h":"0.0025","l":"0.0010","v":"10000","q":"18","O":0,"C":86400000,"F":0,"L":18150,"n":18151})",
      frame));
  EXPECT_EQ(frame.kind, Kind::ticker);
  EXPECT_EQ(frame.ticker.price, 0.0025);
  EXPECT_EQ(frame.ticker.change_rate, 0.025);
  EXPECT_EQ(frame.ticker.day_volume, 10000);
  EXPECT_EQ(frame.ticker.day_trade_amount, 18);
}

TEST(binance_frame, what_is_not_market_data_is_told_apart) {
  Frame frame;
  ASSERT_TRUE(parse_frame(R"({"result":null,"id":1})", frame));
  EXPECT_EQ(frame.kind, Kind::other);
  ASSERT_TRUE(parse_frame(R"({"e":"serverShutdown","E":1770123456789})", frame));
  EXPECT_EQ(frame.kind, Kind::shutdown);
  ASSERT_TRUE(parse_frame(R"({"error":{"code":2,"msg":"Invalid request"},"id":1})", frame));
  EXPECT_EQ(frame.kind, Kind::refusal);
  EXPECT_EQ(frame.reason, "Invalid request");
  ASSERT_TRUE(parse_frame(
      R"({"stream":"a@aggTrade","data":{"e":"aggTrade","s":"A","a":1,"p":"1","q":"2","T":3,"m":true}})",
      frame));
  EXPECT_EQ(frame.kind, Kind::other);
}

TEST(binance_frame, what_lacks_or_repeats_a_member_is_malformed) {
  Frame frame;
  for (const char* text :
       {"", "{", "[]", "7", "{}x", R"({"stream":"x"})", R"({"e":"trade"})",
        R"({"e":"trade","s":"A","t":1,"p":1,"q":"1","T":1,"m":true})",
        R"({"e":"trade","s":"","t":1,"p":"1","q":"1","T":1,"m":true})",
        R"({"e":"trade","s":"A","t":1,"p":"1","p":"2","q":"1","T":1,"m":true})",
        R"({"e":"trade","s":"A","t":1,"p":"inf","q":"1","T":1,"m":true})",
        R"({"e":"trade","s":"A","t":1,"p":"1","q":"1","T":-1,"m":true})",
        R"({"e":"trade","s":"A","t":-1,"p":"1","q":"1","T":1,"m":true})",
        R"({"e":"trade","s":"A","t":1,"p":"1","q":"1","T":9223372036854775807,"m":true})"}) {
    EXPECT_FALSE(parse_frame(text, frame)) << text;
  }
}

/// Every number of a trade once more, through a JSON document.
void expect_the_document_says_the_same(const std::string& text, const Frame& frame) {
  const auto document = json::parse_json(text);
  ASSERT_TRUE(document.ok()) << text;
  const auto* object = document->if_object();
  if (const auto* data = object->if_contains("data")) object = &data->as_object();
  const auto number_in = [&](const char* name) {
    const auto& shown = object->at(name).as_string();
    double value = 0;
    std::from_chars(shown.data(), shown.data() + shown.size(), value);
    return value;
  };
  if (frame.kind == Kind::trade) {
    EXPECT_EQ(frame.trade.price, number_in("p")) << text;
    EXPECT_EQ(frame.trade.quantity, number_in("q")) << text;
    EXPECT_EQ(time::to_milliseconds(frame.trade.time), object->at("T").as_int64()) << text;
    EXPECT_EQ(static_cast<std::int64_t>(frame.trade.sequence), object->at("t").as_int64()) << text;
    EXPECT_EQ(frame.trade.buyer_is_maker, object->at("m").as_bool()) << text;
  } else if (frame.kind == Kind::quote) {
    EXPECT_EQ(frame.quote.bid, number_in("b")) << text;
    EXPECT_EQ(frame.quote.ask_quantity, number_in("A")) << text;
  }
}

TEST(binance_frame, the_short_way_says_what_the_general_way_says_of_a_recording) {
  const auto lines = feed::lines_of(
      feed::unpacked(feed::recordings() / "binance" / "spot_btcusdt_20240808.stream.gz"));
  if (lines.empty()) GTEST_SKIP() << "no recording beside the checkout";
  std::size_t trades = 0;
  std::size_t books = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string text = lines[i].substr(lines[i].find(' ') + 1);
    Frame quick;
    Frame general;
    ASSERT_TRUE(parse_frame(text, quick)) << text;
    ASSERT_TRUE(parse_frame_generally(text, general)) << text;
    ASSERT_TRUE(feed::equal_frames(quick, general)) << text;
    trades += quick.kind == Kind::trade ? 1 : 0;
    books += quick.kind == Kind::quote ? 1 : 0;
    if (i % 7 == 0) expect_the_document_says_the_same(text, quick);
  }
  EXPECT_EQ(trades + books, lines.size());
  EXPECT_GT(trades, 1000U);
}

TEST(binance_frame, a_changed_message_is_refused_or_read_alike_by_both_ways) {
  for (std::uint32_t seed = 0; seed < 30'000; ++seed) {
    const std::string text = feed::mutated(trade_text, seed);
    Frame quick;
    Frame general;
    const bool is_read = parse_frame(text, quick);
    ASSERT_EQ(is_read, parse_frame_generally(text, general)) << text;
    if (!is_read) continue;
    ASSERT_TRUE(feed::equal_frames(quick, general)) << text;
    const auto document = json::parse_json(text);
    if (document.ok() && quick.kind == Kind::trade) expect_the_document_says_the_same(text, quick);
  }
}

}  // namespace
}  // namespace hts::binance
