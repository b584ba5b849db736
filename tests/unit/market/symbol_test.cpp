#include "engine/market/symbol.hpp"

#include <string>

#include <gtest/gtest.h>

namespace hts::market {
namespace {

std::string parsed(std::string_view text) {
  const auto symbol = Symbol::parse(text);
  return symbol ? symbol->text() : "refused";
}

TEST(symbol, the_inner_form_is_taken_as_it_is) {
  EXPECT_EQ(parsed("BTC_KRW"), "BTC_KRW");
  EXPECT_EQ(parsed("btc_krw"), "BTC_KRW");
  EXPECT_EQ(parsed("1INCH_KRW"), "1INCH_KRW");
}

TEST(symbol, upbit_writes_the_quote_first) {
  EXPECT_EQ(parsed("KRW-BTC"), "BTC_KRW");
  EXPECT_EQ(parsed("usdt-xrp"), "XRP_USDT");
  EXPECT_EQ(parsed("BTC-ETH"), "ETH_BTC") << "both are quote currencies: read as Upbit does";
}

TEST(symbol, a_dash_pair_with_only_a_second_quote_is_base_first) {
  EXPECT_EQ(parsed("UNITTEST-BTC"), "UNITTEST_BTC");
  EXPECT_EQ(parsed("SOL-USD"), "SOL_USD");
}

TEST(symbol, an_exchange_pair_is_split_at_the_longest_known_quote) {
  EXPECT_EQ(parsed("BTCUSDT"), "BTC_USDT");
  EXPECT_EQ(parsed("ethfdusd"), "ETH_FDUSD");
  EXPECT_EQ(parsed("ETHBTC"), "ETH_BTC");
  EXPECT_EQ(parsed("EURUSD"), "EUR_USD");
}

TEST(symbol, halves_and_the_exchange_code_are_available) {
  const auto symbol = Symbol::parse("KRW-BTC");
  ASSERT_TRUE(symbol);
  EXPECT_EQ(symbol->base(), "BTC");
  EXPECT_EQ(symbol->quote(), "KRW");
  EXPECT_EQ(symbol->upbit_code(), "KRW-BTC");
}

TEST(symbol, symbols_order_by_their_text) {
  EXPECT_LT(*Symbol::parse("BTC_KRW"), *Symbol::parse("ETH_KRW"));
  EXPECT_EQ(*Symbol::parse("KRW-BTC"), *Symbol::parse("BTC_KRW"));
}

TEST(symbol, whatever_could_leave_the_catalog_folder_is_refused) {
  for (const std::string_view text :
       {"", "_", "-", "BTC", "USDT", "GOOG", "BTC_", "_KRW", "../etc_passwd", "BTC_KRW/..",
        "BTC_KRW_X", "BTC KRW", "BTC_KR\xC3\x9C", "BTC-KRW-X", "A/B_KRW", "BTC.KRW",
        "ABCDEFGHIJKLMNOPQRSTU_KRW"}) {
    const auto symbol = Symbol::parse(text);
    ASSERT_FALSE(symbol) << text;
    EXPECT_EQ(symbol.error().code, result::ErrorCode::unknown_symbol);
    EXPECT_EQ(symbol.error().field, "symbol");
    EXPECT_NE(symbol.error().message.find("BTC_KRW"), std::string::npos) << "says how to write it";
  }
  EXPECT_EQ(parsed(std::string_view{"BTC_KRW\0", 8}), "refused");
}

TEST(symbol, twenty_characters_a_half_are_the_longest) {
  const std::string longest(20, 'A');
  EXPECT_EQ(parsed(longest + "_" + longest), longest + "_" + longest);
  EXPECT_EQ(parsed(longest + "A_" + longest), "refused");
  EXPECT_EQ(parsed(std::string(1'000'000, 'A')), "refused");
}

}  // namespace
}  // namespace hts::market
