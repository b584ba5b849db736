#include "engine/trading/ledger.hpp"

#include <random>

#include <gtest/gtest.h>

namespace hts::trading {
namespace {

LedgerEntry entry(Side side, const char* quantity, const char* price, const char* fee = "0",
                  std::uint32_t instrument = 0) {
  return {instrument, side, *CoinAmount::parse(quantity), *Price::parse(price), *Money::parse(fee)};
}

class LedgerTest : public ::testing::Test {
 protected:
  void book(const LedgerEntry& one) {
    const auto booked = ledger.book(one);
    EXPECT_TRUE(booked.ok()) << booked.error().message;
  }
  /// cash + cost of positions = start + realized profit - fees, to the last digit.
  [[nodiscard]] bool balances() const {
    Money left = ledger.cash();
    for (const auto& [instrument, position] : ledger.positions()) left = *left.plus(position.cost);
    return left == ledger.started_with().plus(ledger.realized_profit())->minus(ledger.fees());
  }

  Ledger ledger{*Money::parse("1000")};
};

TEST_F(LedgerTest, a_purchase_and_its_sale_leave_profit_less_fees) {
  book(entry(Side::buy, "2", "100", "0.2"));
  EXPECT_EQ(ledger.cash().text(), "799.8");
  EXPECT_EQ(ledger.position(0).cost.text(), "200");
  book(entry(Side::sell, "2", "110", "0.22"));
  EXPECT_EQ(ledger.cash().text(), "1019.58");
  EXPECT_EQ(ledger.realized_profit().text(), "20");
  EXPECT_EQ(ledger.fees().text(), "0.42");
  EXPECT_EQ(ledger.position(0).quantity, CoinAmount{});
  EXPECT_EQ(ledger.position(0).cost, Money{});
}

TEST_F(LedgerTest, a_part_leaves_at_the_average_cost) {
  book(entry(Side::buy, "1", "100"));
  book(entry(Side::buy, "2", "130"));
  book(entry(Side::sell, "1", "150"));
  EXPECT_EQ(ledger.realized_profit().text(), "30");
  EXPECT_EQ(ledger.position(0).cost.text(), "240");
  EXPECT_TRUE(balances());
}

TEST_F(LedgerTest, a_short_position_earns_when_the_price_falls) {
  book(entry(Side::sell, "3", "100"));
  EXPECT_EQ(ledger.cash().text(), "1300");
  EXPECT_EQ(ledger.position(0).quantity.text(), "-3");
  EXPECT_EQ(ledger.position(0).cost.text(), "-300");
  book(entry(Side::buy, "1", "90"));
  EXPECT_EQ(ledger.realized_profit().text(), "10");
  EXPECT_TRUE(balances());
}

TEST_F(LedgerTest, an_execution_beyond_the_position_turns_it) {
  book(entry(Side::buy, "1", "100"));
  book(entry(Side::sell, "3", "120"));
  EXPECT_EQ(ledger.realized_profit().text(), "20");
  EXPECT_EQ(ledger.position(0).quantity.text(), "-2");
  EXPECT_EQ(ledger.position(0).cost.text(), "-240");
  EXPECT_TRUE(balances());
}

TEST_F(LedgerTest, instruments_have_positions_of_their_own) {
  book(entry(Side::buy, "1", "100", "0", 1));
  book(entry(Side::sell, "1", "100", "0", 2));
  EXPECT_EQ(ledger.position(1).quantity.text(), "1");
  EXPECT_EQ(ledger.position(2).quantity.text(), "-1");
  EXPECT_EQ(ledger.cash().text(), "1000");
}

TEST_F(LedgerTest, what_does_not_fit_is_not_booked_in_part) {
  book(entry(Side::buy, "1", "100", "1"));
  const auto refused = ledger.book(entry(Side::buy, "99999999999999", "99999999999999999999"));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().field, "amount");
  EXPECT_EQ(ledger.cash().text(), "899");
  EXPECT_EQ(ledger.position(0).quantity.text(), "1");
  EXPECT_EQ(ledger.fees().text(), "1");
}

TEST_F(LedgerTest, random_executions_balance_to_the_last_digit) {
  std::mt19937_64 random{3};
  for (int i = 0; i < 20'000; ++i) {
    LedgerEntry one;
    one.instrument = static_cast<std::uint32_t>(random() % 3);
    one.side = random() % 2 == 0 ? Side::buy : Side::sell;
    one.quantity = CoinAmount::of_units(static_cast<fixed::Int>(random() >> 20U));
    one.price = Price::of_units(static_cast<fixed::Int>(random() >> 8U));
    one.fee = Money::of_units(static_cast<fixed::Int>(random() >> 40U));
    book(one);
    ASSERT_TRUE(balances()) << i;
  }
}

}  // namespace
}  // namespace hts::trading
