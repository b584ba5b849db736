#include "adapters/feed/frame_reader.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "adapters/binance/binance_frame.hpp"
#include "adapters/upbit/upbit_frame.hpp"

namespace hts::feed {
namespace {

using Verdict = FrameReader::Verdict;

std::string trade(const std::string& code, const std::string& price,
                  const std::string& quantity = "1") {
  return R"({"e":"trade","E":2,"s":")" + code + R"(","t":1,"p":")" + price + R"(","q":")" +
         quantity + R"(","T":1,"m":true,"M":true})";
}

std::string candle(int minute, const std::string& close) {
  return R"({"ty":"candle.1m","cd":"KRW-BTC","cdttmu":"2020-02-25T06:4)" + std::to_string(minute) +
         R"(:00","op":5,"hp":9,"lp":1,"tp":)" + close + R"(,"catv":1,"tms":1})";
}

TEST(instrument_table, finds_thousands_of_codes_and_nothing_else) {
  std::vector<std::string> codes;
  for (int i = 0; i < 2000; ++i) codes.push_back("C" + std::to_string(i) + "USDT");
  const InstrumentTable table(codes);
  for (std::size_t i = 0; i < codes.size(); ++i) ASSERT_EQ(table.find(codes[i]), i);
  EXPECT_FALSE(table.find("C2000USDT"));
  EXPECT_FALSE(table.find(""));
  EXPECT_FALSE(InstrumentTable({}).find("BTCUSDT"));
}

TEST(frame_reader, unknown_symbols_and_impossible_prices_are_counted_and_left_out) {
  FrameReader reader(&binance::parse_frame, {"BTCUSDT", "ETHUSDT"});
  ports::FeedBatch batch;
  EXPECT_EQ(reader.read(trade("ETHUSDT", "5"), batch), Verdict::read);
  EXPECT_EQ(reader.read(trade("XRPUSDT", "5"), batch), Verdict::read);
  EXPECT_EQ(reader.read(trade("BTCUSDT", "0"), batch), Verdict::read);
  EXPECT_EQ(reader.read(trade("BTCUSDT", "-1"), batch), Verdict::read);
  EXPECT_EQ(reader.read(trade("BTCUSDT", "1000000000000000000"), batch), Verdict::read);
  EXPECT_EQ(reader.read(trade("BTCUSDT", "1", "0"), batch), Verdict::read);
  EXPECT_EQ(reader.read("{\"e\":\"tra", batch), Verdict::malformed);
  ASSERT_EQ(batch.trades.size(), 1U);
  EXPECT_EQ(batch.trades.front().instrument, 1U);
  EXPECT_EQ(reader.tally().frames, 7U);
  EXPECT_EQ(reader.tally().trades, 1U);
  EXPECT_EQ(reader.tally().unknown_symbols, 1U);
  EXPECT_EQ(reader.tally().refused, 4U);
  EXPECT_EQ(reader.tally().malformed, 1U);
}

TEST(frame_reader, a_book_may_have_no_offers_on_a_side_and_none_beyond_reason) {
  FrameReader reader(&binance::parse_frame, {"BTCUSDT"});
  ports::FeedBatch batch;
  const auto quote = [](const std::string& bid) {
    return R"({"u":1,"s":"BTCUSDT","b":")" + bid + R"(","B":"2","a":"3","A":"4"})";
  };
  for (const char* bid : {"2.5", "0.00000000", "-1", "1000000000000000000"}) {
    EXPECT_EQ(reader.read(quote(bid), batch), Verdict::read);
  }
  ASSERT_EQ(batch.quotes.size(), 2U);
  EXPECT_EQ(batch.quotes[0], (ports::FeedQuote{0, 2.5, 2, 3, 4}));
  EXPECT_EQ(batch.quotes[1].bid, 0);
  EXPECT_EQ(reader.tally().refused, 2U);
}

TEST(frame_reader, a_candle_that_does_not_say_so_is_closed_by_the_next_one) {
  FrameReader reader(&upbit::parse_frame, {"KRW-BTC"});
  ports::FeedBatch batch;
  for (const auto& text : {candle(1, "5"), candle(1, "6"), candle(2, "7"), candle(1, "8")}) {
    EXPECT_EQ(reader.read(text, batch), Verdict::read);
  }
  ASSERT_EQ(batch.candles.size(), 5U);
  EXPECT_FALSE(batch.candles[0].is_closed);
  EXPECT_FALSE(batch.candles[1].is_closed);
  EXPECT_TRUE(batch.candles[2].is_closed);
  EXPECT_EQ(batch.candles[2].candle.close, 6);
  EXPECT_EQ(batch.candles[3].candle.close, 7);
  EXPECT_FALSE(batch.candles[4].is_closed);
}

TEST(frame_reader, a_shutdown_and_a_refusal_are_told) {
  FrameReader reader(&binance::parse_frame, {"BTCUSDT"});
  ports::FeedBatch batch;
  EXPECT_EQ(reader.read(R"({"e":"serverShutdown","E":1})", batch), Verdict::shutdown);
  EXPECT_EQ(reader.read(R"({"error":{"code":1,"msg":"No such stream"}})", batch), Verdict::refusal);
  EXPECT_EQ(reader.reason(), "No such stream");
}

}  // namespace
}  // namespace hts::feed
