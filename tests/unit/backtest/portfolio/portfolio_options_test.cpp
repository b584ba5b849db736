#include "engine/backtest/portfolio/portfolio_options.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "engine/backtest/portfolio/simulate.hpp"

namespace hts::backtest {
namespace {

PortfolioOptions options_of(const std::vector<NamedText>& given) {
  auto options = read_portfolio_options(given);
  EXPECT_TRUE(options.ok()) << (options.ok() ? "" : options.error().message);
  return options.ok() ? *options : PortfolioOptions{};
}

result::Error error_of(const std::vector<NamedText>& given) {
  auto options = read_portfolio_options(given);
  EXPECT_FALSE(options.ok());
  return options.ok() ? result::Error{} : options.error();
}

TEST(PortfolioOptions, nothing_given_is_the_default_account) {
  EXPECT_EQ(options_of({}), PortfolioOptions{});
  EXPECT_TRUE(check_settings(options_of({}).settings).ok());
}

TEST(PortfolioOptions, every_option_reaches_its_setting) {
  const auto options = options_of({{"cash", "5000"},
                                   {"maker_fee", "0.0001"},
                                   {"taker_fee", "0.0002"},
                                   {"min_fee", "3"},
                                   {"fee_tier", "1000:0.00005:0.0001"},
                                   {"fee_tier", "2000:0:0.00005"},
                                   {"slippage", "volume-share:0.1"},
                                   {"size", "percent:25"},
                                   {"lot", "0.5"},
                                   {"lot_minimum", "2"},
                                   {"minimum_value", "100"},
                                   {"fill_at", "close"},
                                   {"direction", "both"},
                                   {"stop_loss", "0.02"},
                                   {"take_profit", "0.05"},
                                   {"trailing_stop", "0.03"},
                                   {"intrabar", "optimistic"},
                                   {"volume_share", "0.25"},
                                   {"leverage", "3"},
                                   {"maintenance_margin", "0.05"},
                                   {"max_positions", "4"},
                                   {"daily_loss_limit", "6"},
                                   {"max_slippage", "1.5"},
                                   {"max_exposure", "40"},
                                   {"risk_free_rate", "-0.01"}});
  PortfolioSettings expected;
  expected.cash = 5000;
  expected.fees = {0.0001, 0.0002, 3, {{1000, 0.00005, 0.0001}, {2000, 0, 0.00005}}};
  expected.slippage = {trading::Slippage::Model::volume_share, 0.1};
  expected.sizing = {trading::Sizing::Rule::percent_of_equity, 25};
  expected.lot = {0.5, 2, 100};
  expected.fill_at = FillAt::close;
  expected.direction = Direction::both;
  expected.protection = {0.02, 0.05, 0.03};
  expected.intrabar = Intrabar::optimistic;
  expected.volume_share = 0.25;
  expected.leverage = 3;
  expected.maintenance_margin = 0.05;
  expected.risk = {4, 6, 1.5, 40};
  expected.risk_free_rate = -0.01;
  EXPECT_EQ(options.settings, expected);
}

TEST(PortfolioOptions, a_profile_stands_below_whatever_the_order) {
  const auto options =
      options_of({{"direction", "long"}, {"profile", "backtesting.py"}, {"commission", "0.002"}});
  auto expected = backtesting_py_profile(10'000, 0.002);
  expected.direction = Direction::long_only;
  EXPECT_EQ(options.settings, expected);
  EXPECT_EQ(options.profile, "backtesting.py");
}

TEST(PortfolioOptions, a_commission_is_that_of_makers_and_takers_unless_they_have_their_own) {
  const auto fees = options_of({{"maker_fee", "0.0001"}, {"commission", "0.001"}}).settings.fees;
  EXPECT_EQ(fees.maker_rate, 0.0001);
  EXPECT_EQ(fees.taker_rate, 0.001);
}

TEST(PortfolioOptions, a_symbols_own_lot_keeps_what_it_does_not_name) {
  const auto options =
      options_of({{"lot", "KRW-BTC=0.001"}, {"lot", "1"}, {"minimum_value", "5000"}});
  const auto symbol = market::Symbol::parse("BTC_KRW").value();
  EXPECT_EQ(options.settings.lot, (trading::LotRule{1, 0, 5000}));
  EXPECT_EQ(options.lots.at(symbol), (trading::LotRule{0.001, 0, 5000}));
}

TEST(PortfolioOptions, both_intrabar_answers_begin_with_the_pessimistic_one) {
  const auto options = options_of({{"intrabar", "both"}});
  EXPECT_TRUE(options.both_intrabar);
  EXPECT_EQ(options.settings.intrabar, Intrabar::pessimistic);
}

TEST(PortfolioOptions, its_texts_read_back_as_the_same_options) {
  for (const auto& given : std::vector<std::vector<NamedText>>{
           {},
           {{"profile", "backtesting.py"}, {"cash", "0.1"}, {"commission", "0.002"}},
           {{"slippage", "fixed:12.5"}, {"size", "cash:1000.25"}, {"intrabar", "both"}},
           {{"lot", "KRW-BTC=0.001"}, {"lot_minimum", "KRW-ETH=3"}, {"fee_tier", "5:0.001:0.002"}},
           {{"max_positions", "7"},
            {"max_exposure", "30"},
            {"risk_free_rate", "0.035"},
            {"fill_at", "close"}},
       }) {
    const auto options = options_of(given);
    EXPECT_EQ(options_of(portfolio_texts(options)), options);
  }
}

TEST(PortfolioOptions, texts_name_every_option_but_the_commission) {
  const auto texts =
      portfolio_texts(options_of({{"fee_tier", "5:0.001:0.002"}, {"max_exposure", "40"}}));
  for (const auto& option : portfolio_options()) {
    if (option.name == "commission") continue;
    EXPECT_TRUE(std::any_of(texts.begin(), texts.end(), [&](const NamedText& text) {
      return text.name == option.name;
    })) << option.name;
  }
}

TEST(PortfolioOptions, what_is_not_allowed_is_refused_with_its_field) {
  for (const NamedText& wrong : std::vector<NamedText>{
           {"profile", "zipline"},
           {"cash", "0"},
           {"cash", "-5"},
           {"cash", "nan"},
           {"cash", "1e400"},
           {"cash", "10 000"},
           {"cash", ""},
           {"commission", "2"},
           {"maker_fee", "x"},
           {"taker_fee", "-0.1"},
           {"min_fee", "-1"},
           {"fee_tier", "1000"},
           {"fee_tier", "1000:0.1"},
           {"fee_tier", "1000:0.1:9"},
           {"fee_tier", "0:0.1:0.1"},
           {"slippage", "0.1"},
           {"slippage", "percent"},
           {"slippage", "percent:2"},
           {"slippage", "none:1"},
           {"slippage", "bad:1"},
           {"size", "percent:0"},
           {"size", "half"},
           {"size", "all-in:1"},
           {"size", "quantity:inf"},
           {"lot", "-1"},
           {"lot", "!!=1"},
           {"lot", "KRW-BTC=x"},
           {"lot_minimum", "x"},
           {"minimum_value", "-3"},
           {"fill_at", "open"},
           {"direction", "up"},
           {"stop_loss", "-0.1"},
           {"take_profit", "abc"},
           {"trailing_stop", "101"},
           {"intrabar", "magic"},
           {"volume_share", "1.5"},
           {"leverage", "0.5"},
           {"maintenance_margin", "1"},
           {"max_positions", "1.5"},
           {"max_positions", "-1"},
           {"daily_loss_limit", "101"},
           {"max_slippage", "-1"},
           {"risk_free_rate", "5"},
       }) {
    SCOPED_TRACE(wrong.name + "=" + wrong.text);
    const auto error = error_of({wrong});
    EXPECT_EQ(error.code, result::ErrorCode::invalid);
    EXPECT_EQ(error.field, "portfolio." + wrong.name);
    EXPECT_TRUE(error.message.ends_with("."));
  }
}

TEST(PortfolioOptions, tiers_that_do_not_rise_are_refused) {
  EXPECT_EQ(error_of({{"fee_tier", "10:0:0"}, {"fee_tier", "10:0:0"}}).field, "portfolio.fee_tier");
}

TEST(PortfolioOptions, an_unknown_option_names_the_known_ones) {
  const auto error = error_of({{"cahs", "1"}});
  EXPECT_EQ(error.field, "portfolio.cahs");
  EXPECT_NE(error.message.find("cash"), std::string::npos);
}

TEST(PortfolioOptions, an_option_given_twice_is_refused) {
  EXPECT_EQ(error_of({{"cash", "1"}, {"cash", "2"}}).field, "portfolio.cash");
}

}  // namespace
}  // namespace hts::backtest
