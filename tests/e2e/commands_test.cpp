// The command line as a newcomer meets it: help, one good run, and one sentence for every mistake.

#include <algorithm>
#include <fstream>
#include <iterator>

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "process.hpp"

namespace hts::e2e {
namespace {

const std::string small_csv =
    "timestamp,open,high,low,close,volume\n"
    "1704067200000,100,110,99,108,10\n"
    "1704153600000,108,112,104,105,20\n"
    "1704240000000,105,140,104,130,90\n"
    "1704326400000,130,131,120,125,15\n";

const std::vector<std::string> command_names = {"backtest",
                                                "serve",
                                                "import",
                                                "actors",
                                                "fetch upbit",
                                                "health",
                                                "strategies",
                                                "strategy new",
                                                "data inventory",
                                                "data synthetic",
                                                "indicators list",
                                                "indicators compute",
                                                "jobs list",
                                                "jobs show",
                                                "jobs watch",
                                                "jobs cancel",
                                                "jobs retry",
                                                "jobs dlq",
                                                "jobs pause",
                                                "jobs resume",
                                                "jobs submit",
                                                "jobs",
                                                "import-results",
                                                "db migrate",
                                                "db status",
                                                "db rollback",
                                                "db copy",
                                                "simulation start",
                                                "simulation stop",
                                                "simulation status",
                                                "simulation parity",
                                                "positions"};

std::vector<std::string> words_of(const std::string& command) {
  std::vector<std::string> words;
  std::istringstream stream(command);
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

TEST(Commands, every_command_has_help_with_an_example) {
  const TemporaryDirectory place;
  for (const auto& name : command_names) {
    auto words = words_of(name);
    words.emplace_back("--help");
    const auto outcome = run_hts(words, place.path());
    EXPECT_EQ(outcome.status, 0) << name << outcome.err;
    EXPECT_NE(outcome.out.find("Usage: hts"), std::string::npos) << name;
    EXPECT_NE(outcome.out.find("Example:"), std::string::npos) << name;
  }
}

TEST(Commands, a_backtest_of_a_csv_prints_a_table_without_any_setup) {
  const TemporaryDirectory place;
  const auto file = place.write("KRW-BTC_1d.csv", small_csv);
  const auto outcome = run_hts({"backtest", "--candles", file, "--strategy", "volume_long_candle",
                                "--param", "vol_ma_window=2"},
                               place.path());
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("BTC_KRW"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("win rate"), std::string::npos) << outcome.out;
}

TEST(Commands, a_backtest_as_json_is_the_answer_of_the_api) {
  const TemporaryDirectory place;
  const auto file = place.write("KRW-BTC_1d.csv", small_csv);
  const auto outcome = run_hts({"backtest", "--candles", file, "--strategy", "volume_long_candle",
                                "--param", "vol_ma_window=2", "--param", "body_pct=0.1", "--json"},
                               place.path());
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  const auto answer = boost::json::parse(outcome.out);
  const auto& symbol = answer.at("symbols").at(0);
  // Bar 2: volume 90 against a mean of 55, body 25 of 105; entered at 130, left at 125.
  ASSERT_EQ(symbol.at("signals").as_array().size(), 1U);
  const auto& signal = symbol.at("signals").at(0);
  EXPECT_EQ(signal.at("type").as_string(), "buy");
  EXPECT_EQ(signal.at("timestamp").as_string(), "2024-01-03T00:00:00Z");
  EXPECT_EQ(signal.at("entry_price").to_number<double>(), 130);
  EXPECT_EQ(signal.at("exit_price").to_number<double>(), 125);
  EXPECT_NEAR(signal.at("return_pct").to_number<double>(), 125.0 / 130 - 1, 1e-12);
  EXPECT_NEAR(symbol.at("avg_return").to_number<double>(), (125.0 / 130 - 1) * 100, 1e-10);
  EXPECT_EQ(answer.at("start_date").as_string(), "2024-01-01");
  EXPECT_EQ(answer.at("end_date").as_string(), "2024-01-04");
}

TEST(Commands, statistics_alone_are_those_of_the_backtest_with_signals) {
  const TemporaryDirectory place;
  ASSERT_EQ(run_hts({"data", "synthetic", "--timeframe", "1h"}, place.path()).status, 0);
  std::vector<std::string> words = {
      "backtest",   "--symbol",   "SYNTHETIC_KRW",        "--timeframe",
      "1h",         "--from",     "2023-01-05",           "--to",
      "2024-12-01", "--strategy", "volume_zone_breakout", "--json"};
  const auto whole = run_hts(words, place.path());
  ASSERT_EQ(whole.status, 0) << whole.err;
  words.emplace_back("--stats-only");
  const auto alone = run_hts(words, place.path());
  ASSERT_EQ(alone.status, 0) << alone.err;
  const auto expected = boost::json::parse(whole.out);
  const auto given = boost::json::parse(alone.out);
  EXPECT_GT(given.at("total_signals").to_number<int>(), 10);
  EXPECT_EQ(given.at("total_signals"), expected.at("total_signals"));
  const auto& symbol = given.at("symbols").at(0);
  EXPECT_TRUE(symbol.at("signals").as_array().empty());
  for (const char* figure :
       {"win_rate", "avg_return", "max_drawdown", "avg_hold_bars", "candles"}) {
    EXPECT_EQ(symbol.at(figure), expected.at("symbols").at(0).at(figure)) << figure;
  }
}

TEST(Commands, several_files_are_several_symbols) {
  const TemporaryDirectory place;
  const auto first = place.write("KRW-BTC_1d.csv", small_csv);
  const auto second = place.write("KRW-ETH_1d.csv", small_csv);
  const auto outcome = run_hts(
      {"backtest", "--candles", first, second, "--strategy", "volume_long_candle"}, place.path());
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("BTC_KRW"), std::string::npos);
  EXPECT_NE(outcome.out.find("ETH_KRW"), std::string::npos);
}

TEST(Commands, a_portfolio_backtest_writes_a_report_and_a_plot) {
  const TemporaryDirectory place;
  const auto file = place.write("KRW-BTC_1d.csv", small_csv);
  const std::vector<std::string> backtest = {"backtest", "--candles", file, "--strategy",
                                             "buy_and_hold"};
  const auto run = [&](std::vector<std::string> more) {
    more.insert(more.begin(), backtest.begin(), backtest.end());
    return run_hts(more, place.path());
  };
  const auto made = run({"--mode", "portfolio", "--report", "run.html", "--plot", "run.svg"});
  ASSERT_EQ(made.status, 0) << made.err;
  const auto text_of = [&](const char* name) {
    std::ifstream stream{place.path() / name, std::ios::binary};
    return std::string{std::istreambuf_iterator<char>{stream}, {}};
  };
  EXPECT_TRUE(text_of("run.html").starts_with("<!DOCTYPE html>"));
  EXPECT_NE(text_of("run.html").find("Fingerprint"), std::string::npos);
  EXPECT_TRUE(text_of("run.svg").starts_with("<svg"));

  EXPECT_EQ(run({"--report", "signals.html"}).status, 2);
  EXPECT_EQ(run({"--mode", "portfolio", "--report", "run.pdf"}).status, 2);
  for (const std::string option : {"--report", "--plot"}) {
    const auto name = option == "--plot" ? "missing/run.png" : "missing/run.html";
    const auto unplaced = run({"--mode", "portfolio", option, name});
    EXPECT_EQ(unplaced.status, 1);
    EXPECT_EQ(unplaced.out, "");
    EXPECT_NE(unplaced.err.find("The folder missing for run."), std::string::npos) << unplaced.err;
    EXPECT_NE(unplaced.err.find("make it first"), std::string::npos) << unplaced.err;
  }
}

TEST(Commands, import_then_inventory_then_backtest_on_the_catalog) {
  const TemporaryDirectory place;
  const auto file = place.write("KRW-BTC_1d.csv", small_csv);
  const auto imported = run_hts({"import", file}, place.path());
  ASSERT_EQ(imported.status, 0) << imported.err;
  EXPECT_TRUE(std::filesystem::exists(place.path() / "data/BTC_KRW/1d/2024.parquet"));

  const auto inventory = run_hts({"data", "inventory"}, place.path());
  EXPECT_EQ(inventory.status, 0) << inventory.err;
  EXPECT_NE(inventory.out.find("BTC_KRW"), std::string::npos) << inventory.out;

  const auto tested = run_hts({"backtest", "--symbol", "KRW-BTC", "--strategy",
                               "volume_long_candle", "--from", "2024-01-01", "--to", "2024-01-04"},
                              place.path());
  EXPECT_EQ(tested.status, 0) << tested.err;
}

TEST(Commands, a_second_import_changes_nothing) {
  const TemporaryDirectory place;
  const auto file = place.write("KRW-BTC_1d.csv", small_csv);
  ASSERT_EQ(run_hts({"import", file}, place.path()).status, 0);
  const auto stored = place.path() / "data/BTC_KRW/1d/2024.parquet";
  const auto written_at = std::filesystem::last_write_time(stored);
  const auto again = run_hts({"import", file}, place.path());
  EXPECT_EQ(again.status, 0) << again.err;
  EXPECT_EQ(std::filesystem::last_write_time(stored), written_at);
}

TEST(Commands, mistakes_are_one_sentence_and_exit_2) {
  const TemporaryDirectory place;
  const auto file = place.write("KRW-BTC_1d.csv", small_csv);
  const std::vector<std::pair<std::vector<std::string>, std::string>> mistakes = {
      {{"backtest", "--candles", file, "--strategy", "moon_shot"}, "moon_shot"},
      {{"backtest", "--candles", file, "--strategy", "volume_long_candle", "--param", "speed=1"},
       "speed"},
      {{"backtest", "--candles", file, "--strategy", "volume_long_candle", "--param", "body_pct=7"},
       "body_pct"},
      {{"backtest", "--candles", file, "--strategy", "volume_long_candle", "--param", "body_pct"},
       "body_pct"},
      {{"backtest", "--candles", file, "--strategy", "volume_long_candle", "--timeframe", "2h"},
       "2h"},
      {{"backtest", "--strategy", "volume_long_candle"}, "--candles"},
      {{"backtest", "--symbol", "???", "--strategy", "volume_long_candle", "--from", "2024-01-01",
        "--to", "2024-01-02"},
       "???"},
      {{"backtest", "--symbol", "KRW-BTC", "--strategy", "volume_long_candle", "--from",
        "2024-01-09", "--to", "2024-01-02"},
       "end_date"},
      {{"import"}, "hts import --help"},
      {{"data", "synthetic", "--symbol", "BTC_KRW"}, "SYNTHETIC"},
      {{"serve", "--http.port", "99999"}, "http.port"},
      {{"serve", "--config", "/nowhere.ini"}, "/nowhere.ini"},
      {{"launch"}, "launch"},
  };
  for (const auto& [arguments, expected] : mistakes) {
    const auto outcome = run_hts(arguments, place.path());
    EXPECT_EQ(outcome.status, 2) << arguments.front() << ": " << outcome.err;
    EXPECT_NE(outcome.err.find(expected), std::string::npos) << outcome.err;
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
    EXPECT_EQ(outcome.out, "");
  }
}

TEST(Commands, a_mistake_about_the_account_is_one_sentence_and_exit_2) {
  const TemporaryDirectory place;
  const auto file = place.write("KRW-BTC_1d.csv", small_csv);
  const auto start = [&](const char* mode) {
    return std::vector<std::string>{"backtest",           "--candles", file, "--strategy",
                                    "volume_long_candle", "--mode",    mode};
  };
  for (const char* mistake : {"--profile=zipline",     "--cash=0",
                              "--commission=x",        "--maker-fee=2",
                              "--taker-fee=-1",        "--min-fee=-1",
                              "--fee-tier=5",          "--slippage=1",
                              "--size=half",           "--lot=-1",
                              "--lot=KRW-ETH=1",       "--lot-minimum=x",
                              "--minimum-value=-5000", "--fill-at=never",
                              "--direction=up",        "--stop-loss=-1",
                              "--take-profit=x",       "--trailing-stop=-1",
                              "--intrabar=magic",      "--volume-share=2",
                              "--leverage=0",          "--maintenance-margin=1",
                              "--max-positions=1.5",   "--daily-loss-limit=101",
                              "--max-slippage=-1",     "--risk-free-rate=9",
                              "--disable=KRW-ETH",     "--param=KRW-ETH:body_pct=0.1",
                              "--param=macd.fast=3"}) {
    auto arguments = start("portfolio");
    arguments.emplace_back(mistake);
    const auto outcome = run_hts(arguments, place.path());
    EXPECT_EQ(outcome.status, 2) << mistake << ": " << outcome.err;
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
    EXPECT_EQ(outcome.out, "") << mistake;
  }
  auto without_account = start("signals");
  without_account.insert(without_account.end(), {"--cash", "1000"});
  const auto outcome = run_hts(without_account, place.path());
  EXPECT_EQ(outcome.status, 2);
  EXPECT_NE(outcome.err.find("portfolio"), std::string::npos) << outcome.err;
}

TEST(Commands, several_strategies_and_files_trade_on_one_account) {
  const TemporaryDirectory place;
  const auto first = place.write("KRW-BTC_1d.csv", small_csv);
  const auto second = place.write("KRW-ETH_1d.csv", small_csv);
  const auto outcome =
      run_hts({"backtest", "--candles", first, second, "--strategy", "volume_long_candle",
               "--strategy", "buy_and_hold", "--param", "volume_long_candle.vol_ma_window=2",
               "--mode", "portfolio", "--size", "percent:20"},
              place.path());
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  for (const char* shown : {"volume_long_candle+buy_and_hold", "BTC_KRW", "ETH_KRW", "equity final",
                            "sharpe ratio", "trades in"}) {
    EXPECT_NE(outcome.out.find(shown), std::string::npos) << shown << "\n" << outcome.out;
  }
}

TEST(Commands, bad_candles_are_one_sentence_with_file_and_line_and_nothing_is_written) {
  const TemporaryDirectory place;
  const std::string header = "timestamp,open,high,low,close,volume\n";
  const std::vector<std::pair<std::string, std::string>> files = {
      {"", "empty"},
      {header + "1704067200000,100,110,99,nan,10\n", ":2"},
      {header + "1704067200000,100,110,99,108,10\n1704153600000,100,90,99,108,10\n", ":3"},
      {header + "1704067200000,0,110,99,108,10\n", ":2"},
      {header + "1704067200000,-5,110,99,108,10\n", ":2"},
      {header + "1704067200000,100,110,99\n", ":2"},
      {"time;price\n1;2\n", "header"},
      {header + "1704067200000,\xff\xfe,110,99,108,10\n", ":2"},
      {std::string("\x89PNG\r\n\x1a\n\0\0\0", 11), "KRW-BTC_1d.csv"},
  };
  for (const auto& [content, expected] : files) {
    const auto file = place.write("KRW-BTC_1d.csv", content);
    for (const std::vector<std::string>& arguments :
         {std::vector<std::string>{"import", file},
          {"backtest", "--candles", file, "--strategy", "volume_long_candle"}}) {
      const auto outcome = run_hts(arguments, place.path());
      EXPECT_EQ(outcome.status, 1) << arguments.front() << " of " << content << ": " << outcome.err;
      EXPECT_NE(outcome.err.find(expected), std::string::npos) << outcome.err;
      EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
    }
    EXPECT_FALSE(std::filesystem::exists(place.path() / "data/BTC_KRW")) << content;
  }
}

TEST(Commands, an_unwritable_data_root_is_said) {
  const TemporaryDirectory place;
  const auto file = place.write("KRW-BTC_1d.csv", small_csv);
  const auto blocked = place.write("blocked", "a file where a folder is needed");
  const auto outcome = run_hts({"import", file, "--data-root", blocked}, place.path());
  EXPECT_EQ(outcome.status, 1);
  EXPECT_NE(outcome.err.find(blocked), std::string::npos) << outcome.err;
}

TEST(Commands, the_health_of_nobody_is_exit_1) {
  const TemporaryDirectory place;
  const auto outcome = run_hts({"health", "--daemon", "http://127.0.0.1:1"}, place.path());
  EXPECT_EQ(outcome.status, 1);
  EXPECT_NE(outcome.err.find("hts serve"), std::string::npos) << outcome.err;
}

TEST(Commands, the_printed_configuration_is_a_configuration_file) {
  const TemporaryDirectory place;
  const auto printed = run_hts({"serve", "--print-config", "--jobs.workers", "3"}, place.path());
  ASSERT_EQ(printed.status, 0) << printed.err;
  const auto file = place.write("hts.ini", printed.out);
  const auto again = run_hts({"serve", "--print-config", "--config", file}, place.path());
  EXPECT_EQ(again.out, printed.out);
}

TEST(Commands, indicators_list_shows_each_with_its_parameters_and_outputs) {
  const TemporaryDirectory place;
  const auto outcome = run_hts({"indicators", "list", "--json"}, place.path());
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  const auto answer = boost::json::parse(outcome.out).as_object();
  const auto& list = answer.at("indicators").as_array();
  EXPECT_GE(list.size(), 45U);
  EXPECT_EQ(answer.at("count").to_number<std::size_t>(), list.size());
  const auto one = run_hts({"indicators", "list", "macd"}, place.path());
  EXPECT_EQ(one.status, 0) << one.err;
  EXPECT_NE(one.out.find("histogram"), std::string::npos) << one.out;
}

TEST(Commands, an_indicator_is_computed_over_a_file_with_null_while_it_warms_up) {
  const TemporaryDirectory place;
  const auto file = place.write("KRW-BTC_1d.csv", small_csv);
  const auto outcome =
      run_hts({"indicators", "compute", "sma", "--candles", file, "--param", "period=2", "--json"},
              place.path());
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  const auto answer = boost::json::parse(outcome.out).as_object();
  EXPECT_EQ(answer.at("indicator").as_string(), "sma");
  EXPECT_EQ(answer.at("params").as_object().at("period").as_int64(), 2);
  EXPECT_EQ(answer.at("outputs").as_object().at("value"),
            boost::json::parse("[null, 106.5, 117.5, 127.5]"));
  const auto table =
      run_hts({"indicators", "compute", "donchian", "--candles", file, "--param", "period=2"},
              place.path());
  EXPECT_EQ(table.status, 0) << table.err;
  EXPECT_NE(table.out.find("140.0000"), std::string::npos) << table.out;
}

TEST(Commands, a_wrong_indicator_or_parameter_is_one_sentence) {
  const TemporaryDirectory place;
  const auto file = place.write("KRW-BTC_1d.csv", small_csv);
  const auto unknown = run_hts({"indicators", "compute", "smaa", "--candles", file}, place.path());
  EXPECT_EQ(unknown.status, 2);
  EXPECT_NE(unknown.err.find("did you mean sma?"), std::string::npos) << unknown.err;
  const auto crossed = run_hts(
      {"indicators", "compute", "macd", "--candles", file, "--param", "fast=40"}, place.path());
  EXPECT_EQ(crossed.status, 2);
  EXPECT_NE(crossed.err.find("must be below slow"), std::string::npos) << crossed.err;
  const auto absent =
      run_hts({"indicators", "compute", "sma", "--candles", "nowhere.csv"}, place.path());
  EXPECT_EQ(absent.status, 1);
  EXPECT_EQ(std::count(absent.err.begin(), absent.err.end(), '\n'), 1) << absent.err;
}

TEST(Commands, rules_from_a_file_are_backtested_without_compiling) {
  const TemporaryDirectory place;
  const auto file = place.write("KRW-BTC_1d.csv", small_csv);
  const auto rules = place.write("dip.json", R"({"entry": {"left": "close", "operator": "<",
                                "right": {"price": "close", "shift": 1}}})");
  const auto outcome =
      run_hts({"backtest", "--candles", file, "--strategy", "rules", "--rules", rules, "--json"},
              place.path());
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_EQ(boost::json::parse(outcome.out).as_object().at("total_signals").as_int64(), 2);
}

TEST(Commands, wrong_rules_are_refused_with_their_place_before_anything_runs) {
  const TemporaryDirectory place;
  const auto file = place.write("KRW-BTC_1d.csv", small_csv);
  const auto rules = place.write(
      "wrong.json",
      R"({"entry": {"left": {"indicator": "smaa"}, "operator": ">", "right": "close"}})");
  const auto wrong = run_hts(
      {"backtest", "--candles", file, "--strategy", "rules", "--rules", rules}, place.path());
  EXPECT_EQ(wrong.status, 2);
  EXPECT_NE(wrong.err.find("rules.entry.left.indicator"), std::string::npos) << wrong.err;
  EXPECT_NE(wrong.err.find("did you mean sma?"), std::string::npos) << wrong.err;
  const auto absent =
      run_hts({"backtest", "--candles", file, "--strategy", "rules", "--rules", "nowhere.json"},
              place.path());
  EXPECT_EQ(absent.status, 2);
  EXPECT_NE(absent.err.find("nowhere.json"), std::string::npos) << absent.err;
  const auto none = run_hts({"backtest", "--candles", file, "--strategy", "rules"}, place.path());
  EXPECT_EQ(none.status, 2);
  EXPECT_NE(none.err.find("\"entry\""), std::string::npos) << none.err;
}

}  // namespace
}  // namespace hts::e2e
