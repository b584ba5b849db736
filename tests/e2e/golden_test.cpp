// The expected answers, from the program itself: what a newcomer with a CSV file gets.

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "process.hpp"

namespace hts::e2e {
namespace {

boost::json::value read_json(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return boost::json::parse(text.str());
}

double number(const boost::json::value& object, const char* name) {
  return object.at(name).to_number<double>();
}

void expect_same_signals(const boost::json::value& expected, const boost::json::value& symbol) {
  const auto& wanted = expected.at("signals").as_array();
  const auto& got = symbol.at("signals").as_array();
  ASSERT_EQ(got.size(), wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    ASSERT_EQ(number(got[i], "index"), number(wanted[i], "index")) << "signal " << i;
    ASSERT_EQ(number(got[i], "exit_index"), number(wanted[i], "exit_index")) << "signal " << i;
    ASSERT_EQ(number(got[i], "entry_price"), number(wanted[i], "entry_price")) << "signal " << i;
    ASSERT_EQ(number(got[i], "exit_price"), number(wanted[i], "exit_price")) << "signal " << i;
    // The API's return_pct is a fraction, the expected one percent.
    ASSERT_NEAR(number(got[i], "return_pct") * 100, number(wanted[i], "return_pct"), 1e-9);
    ASSERT_NEAR(number(got[i], "confidence"), number(wanted[i], "confidence"), 1e-9);
  }
}

TEST(Golden, the_program_gives_the_expected_answers_on_real_candles) {
  const auto folder = shared_file("golden/signals");
  if (folder.empty()) GTEST_SKIP() << "no ../shared/golden here: nothing to compare with";
  const TemporaryDirectory place;
  std::size_t compared = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    SCOPED_TRACE(file.path().filename().string());
    const auto expected = read_json(file.path());
    const std::string dataset{expected.at("dataset").as_string()};
    std::vector<std::string> arguments = {"backtest",
                                          "--candles",
                                          shared_file("data/candles/" + dataset + ".csv").string(),
                                          "--strategy",
                                          std::string{expected.at("strategy").as_string()},
                                          "--json"};
    for (const auto& parameter : expected.at("params").as_object()) {
      arguments.emplace_back("--param");
      arguments.push_back(std::string{parameter.key()} + "=" +
                          boost::json::serialize(parameter.value()));
    }
    const auto outcome = run_hts(arguments, place.path());
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    const auto answer = boost::json::parse(outcome.out);
    const auto& symbol = answer.at("symbols").at(0);
    expect_same_signals(expected, symbol);
    EXPECT_EQ(number(answer, "total_signals"), number(expected, "samples"));
    for (const char* name : {"win_rate", "avg_return", "max_drawdown", "avg_hold_bars"}) {
      EXPECT_NEAR(number(symbol, name), number(expected, name), 1e-9) << name;
    }
    ++compared;
  }
  EXPECT_GT(compared, 0U);
}

/// Percent to a relative 1e-8, as the report of the conventions' origin has them.
void expect_close(double got, double wanted, const std::string& what) {
  EXPECT_LE(std::fabs(got - wanted), 1e-8 * std::max(1.0, std::fabs(wanted))) << what;
}

TEST(Golden, the_program_gives_the_expected_portfolio) {
  const auto folder = shared_file("golden/portfolio");
  if (folder.empty()) GTEST_SKIP() << "no ../shared/golden here: nothing to compare with";
  const TemporaryDirectory place;
  std::size_t compared = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    SCOPED_TRACE(file.path().filename().string());
    const auto expected = read_json(file.path());
    const auto& config = expected.at("config");
    const auto text = [&](const char* name) { return boost::json::serialize(config.at(name)); };
    const auto outcome = run_hts(
        {"backtest", "--candles",
         shared_file("data/candles/" + std::string{expected.at("input").as_string()}).string(),
         "--strategy", "sma_cross", "--param", "fast=" + text("n1"), "--param",
         "slow=" + text("n2"), "--mode", "portfolio", "--cash", text("cash"), "--commission",
         text("commission"), "--profile", "backtesting.py", "--json"},
        place.path());
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    const auto answer = boost::json::parse(outcome.out);
    const auto& trades = answer.at("trades").as_array();
    const auto& wanted = expected.at("trades").as_array();
    ASSERT_EQ(trades.size(), wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      expect_close(number(trades[i], "size"), number(wanted[i], "Size"), "size");
      expect_close(number(trades[i], "pnl"), number(wanted[i], "PnL"), "profit");
      expect_close(number(trades[i], "return_pct"), number(wanted[i], "ReturnPct"), "return");
    }
    const auto& equity = answer.at("equity").as_array();
    ASSERT_EQ(equity.size(), expected.at("equity").as_array().size());
    expect_close(equity.back().to_number<double>(),
                 expected.at("equity").as_array().back().to_number<double>(), "equity");
    EXPECT_EQ(answer.at("fingerprint").as_string().size(), 32U);
    EXPECT_EQ(number(answer.at("statistics"), "trades"), static_cast<double>(wanted.size()));
    ++compared;
  }
  EXPECT_GT(compared, 0U);
}

}  // namespace
}  // namespace hts::e2e
