#include <algorithm>
#include <atomic>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "adapters/cli/backtest_command.hpp"
#include "adapters/cli/sweep_command.hpp"
#include "adapters/cli/walk_forward_command.hpp"
#include "engine/market/synthetic_candles.hpp"
#include "unit/csv/temporary_folder.hpp"

namespace hts::cli {
namespace {

std::ptrdiff_t lines_in(const std::string& text) {
  return std::count(text.begin(), text.end(), '\n');
}

class SweepCommands : public testing::Test {
 protected:
  SweepCommands() {
    market::SyntheticMarket market;
    market.volatility = 0.01;
    const auto series =
        market::make_synthetic_candles(market, time::from_milliseconds(1'577'836'800'000),
                                       *market::Timeframe::parse("1h"), 2'000, 5);
    std::string csv = "timestamp,open,high,low,close,volume\n";
    for (std::size_t i = 0; i < series.size(); ++i) {
      std::ostringstream row;
      row.precision(17);
      row << time::to_milliseconds(series.open_time[i]) << ',' << series.open[i] << ','
          << series.high[i] << ',' << series.low[i] << ',' << series.close[i] << ','
          << series.volume[i] << '\n';
      csv += row.str();
    }
    candles_ = folder_.write("KRW-BTC_1h.csv", csv).string();
  }

  using Command = int (*)(const std::vector<std::string>&, CommandEnvironment&);
  int run(Command command, std::vector<std::string> arguments) {
    out_.str("");
    err_.str("");
    CommandEnvironment environment{
        out_,
        err_,
        false,
        folder_.path().string(),
        [](const std::string&) -> result::Result<std::unique_ptr<ports::CandleStore>> {
          return result::make_error(result::ErrorCode::storage, "There is no catalog here.");
        },
        [] { return *time::parse_iso8601("2024-06-01T00:00:00Z"); },
        [this] { return ++asked_ > interrupted_after_; }};
    return command(arguments, environment);
  }
  int sweep(std::vector<std::string> more) {
    more.insert(more.begin(), {"--candles", candles_, "--strategy", "sma_cross"});
    return run(&run_sweep_command, std::move(more));
  }
  int walk(std::vector<std::string> more) {
    more.insert(more.begin(), {"--candles", candles_, "--strategy", "sma_cross"});
    return run(&run_walk_forward_command, std::move(more));
  }
  [[nodiscard]] std::string path(const char* name) const {
    return (folder_.path() / name).string();
  }
  [[nodiscard]] std::string content(const char* name) const {
    std::ifstream file(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>{file}, {}};
  }

  csv::TemporaryFolder folder_;
  std::string candles_;
  std::ostringstream out_;
  std::ostringstream err_;
  std::atomic<int> asked_{0};
  int interrupted_after_ = 1'000'000'000;
};

TEST_F(SweepCommands, a_sweep_shows_the_best_a_heat_map_and_what_luck_has_to_do_with_it) {
  ASSERT_EQ(sweep({"--param", "fast=5:20:5", "--param", "slow=15,30,60", "--top", "3"}), 0)
      << err_.str();
  const std::string text = out_.str();
  for (const char* part :
       {"sma_cross on BTC_KRW (2,000 candles), sharpe_ratio first", "Deflated Sharpe",
        "Probability of overfitting", "No look into the future", "* is the best",
        "10 of 12 combinations in", "2 refused (fast must be below slow"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  }
}

TEST_F(SweepCommands, a_sweep_in_json_is_the_same_whatever_the_threads) {
  const std::vector<std::string> options = {"--param", "fast=5:20:5",  "--param", "slow=25:60:5",
                                            "--json",  "--commission", "0.001",   "--threads"};
  const auto with_threads = [&](const char* threads) {
    auto all = options;
    all.emplace_back(threads);
    EXPECT_EQ(sweep(all), 0) << err_.str();
    return out_.str();
  };
  const auto one = with_threads("1");
  EXPECT_EQ(with_threads("3"), one);
  const auto answer = boost::json::parse(one).as_object();
  EXPECT_EQ(answer.at("best").as_array().size(), 10U);
  EXPECT_EQ(answer.at("evaluated").to_number<int>(), 32);
  EXPECT_TRUE(answer.at("bias").as_object().at("clean").as_bool());
  EXPECT_EQ(answer.at("winner").as_object().at("params").as_object().at("fast"),
            answer.at("best").as_array()[0].as_object().at("params").as_object().at("fast"));
}

TEST_F(SweepCommands, all_rows_go_to_a_csv_file) {
  ASSERT_EQ(sweep({"--param", "fast=5,20", "--param", "slow=15,30,60", "--out", path("rows.csv")}),
            0)
      << err_.str();
  const auto rows = content("rows.csv");
  EXPECT_EQ(lines_in(rows), 6);
  EXPECT_EQ(rows.substr(0, rows.find('\n')),
            "combination,fast,slow,equity_final,return_pct,sharpe_ratio,max_drawdown_pct,trades,"
            "win_rate_pct");
  EXPECT_NE(rows.find("\n5,20,60,"), std::string::npos);
}

TEST_F(SweepCommands, all_rows_go_to_a_parquet_file) {
  ASSERT_EQ(sweep({"--param", "fast=5:10", "--param", "slow=15:40", "--out", path("r.parquet")}), 0)
      << err_.str();
  const auto file = content("r.parquet");
  EXPECT_EQ(file.substr(0, 4), "PAR1");
  EXPECT_EQ(file.substr(file.size() - 4), "PAR1");
}

TEST_F(SweepCommands, the_heat_map_is_a_picture) {
  const std::vector<std::string> searched = {"--param", "fast=5:10", "--param", "slow=15:40",
                                             "--heatmap"};
  for (const auto& [name, start] : {std::pair{"h.png", "\x89PNG"}, std::pair{"h.svg", "<svg"}}) {
    auto all = searched;
    all.push_back(path(name));
    ASSERT_EQ(sweep(all), 0) << err_.str();
    EXPECT_EQ(content(name).substr(0, 4), start);
  }
}

TEST_F(SweepCommands, a_random_sample_is_that_of_its_seed) {
  const auto drawn = [&](const char* seed) {
    EXPECT_EQ(sweep({"--param", "fast=2:100", "--param", "slow=101:300", "--random", "20", "--seed",
                     seed, "--json"}),
              0)
        << err_.str();
    return out_.str();
  };
  const auto first = drawn("1");
  EXPECT_EQ(drawn("1"), first);
  EXPECT_NE(drawn("2"), first);
  EXPECT_EQ(boost::json::parse(first).as_object().at("evaluated").to_number<int>(), 20);
}

TEST_F(SweepCommands, what_cannot_be_is_one_sentence_and_wrong_usage) {
  struct Case {
    std::vector<std::string> arguments;
    const char* sentence;
  };
  for (const auto& [arguments, sentence] : std::vector<Case>{
           {{"--param", "fast=1:5000", "--param", "slow=2:5000"}, "24,995,000 combinations"},
           {{"--param", "fast=x:y"}, "is not a range for fast"},
           {{"--param", "fats=1:5"}, "There is no parameter fats"},
           {{"--param", "fast=1:9000"}, "must be in [1 .. 5000]"},
           {{"--by", "luck"}, "There is no statistic \"luck\""},
           {{"--random", "0"}, "at least 1"},
           {{"--cash", "-1"}, "cash must be"},
           {{"--intrabar", "both"}, "one answer for each combination"},
           {{"--out", "rows.xlsx"}, ".parquet or .csv"},
           {{"--heatmap", "map.gif"}, "png"},
           {{"--param", "fast=5", "--heatmap", "map.png"}, "two parameters"},
           {{"--param", "fast=30", "--param", "slow=20"}, "fast must be below slow"},
       }) {
    EXPECT_EQ(sweep(arguments), 2) << sentence << out_.str();
    EXPECT_NE(err_.str().find(sentence), std::string::npos) << err_.str();
    EXPECT_EQ(lines_in(err_.str()), 1) << err_.str();
  }
}

TEST_F(SweepCommands, files_that_cannot_be_written_are_failures) {
  EXPECT_EQ(sweep({"--out", path("no/rows.csv")}), 1);
  EXPECT_EQ(sweep({"--out", path("no/rows.parquet")}), 1);
  EXPECT_EQ(sweep({"--param", "fast=5,6", "--param", "slow=15,20", "--heatmap", path("no/h.png")}),
            1);
}

TEST_F(SweepCommands, an_interrupted_sweep_leaves_no_file) {
  interrupted_after_ = 100;  // the candles are read by then
  EXPECT_EQ(sweep({"--param", "fast=2:200", "--param", "slow=201:1000", "--out", path("r.csv")}),
            1);
  EXPECT_NE(err_.str().find("cancelled"), std::string::npos) << err_.str();
  EXPECT_FALSE(std::filesystem::exists(path("r.csv")));
  EXPECT_FALSE(std::filesystem::exists(path("r.csv.part")));
}

TEST_F(SweepCommands, a_walk_shows_each_window_and_what_is_left_of_the_promise) {
  ASSERT_EQ(
      walk({"--param", "fast=5,10", "--param", "slow=20,40", "--train", "40%", "--test", "300"}), 0)
      << err_.str();
  const std::string text = out_.str();
  for (const char* part : {"sma_cross, rolling, training on 800 bars, trading the next 300",
                           "Out of sample: return", "Efficiency"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  }
}

TEST_F(SweepCommands, a_walk_in_json_holds_the_stitched_equity) {
  ASSERT_EQ(
      walk({"--param", "fast=5,10", "--train", "0.5", "--test", "0.1", "--anchored", "--json"}), 0)
      << err_.str();
  const auto answer = boost::json::parse(out_.str()).as_object();
  EXPECT_EQ(answer.at("windows").as_array().size(), 5U);
  EXPECT_EQ(answer.at("equity").as_array().size(), 1'000U);
  EXPECT_EQ(answer.at("time").as_array().size(), 1'000U);
  EXPECT_TRUE(answer.at("anchored").as_bool());
}

TEST_F(SweepCommands, a_walk_that_cannot_be_is_one_sentence_and_wrong_usage) {
  for (const auto& [train, test] :
       {std::pair{"x", "10"}, std::pair{"0", "10"}, std::pair{"100%", "10"}, std::pair{"-5", "10"},
        std::pair{"500", "1"}, std::pair{"500", "2.5"}, std::pair{"5000", "10"},
        std::pair{"nan", "10"}, std::pair{"1e99", "10"}, std::pair{"", "10"}}) {
    EXPECT_EQ(walk({"--train", train, "--test", test}), 2) << train << " " << test << out_.str();
    EXPECT_EQ(lines_in(err_.str()), 1) << err_.str();
  }
}

TEST_F(SweepCommands, rules_from_files_are_compared) {
  const std::string quick = folder_
                                .write("quick.json", R"({"entry":
      {"left": "close", "operator": "cross_above", "right": {"indicator": "sma", "params": {"period": 5}}},
      "exit": {"left": "close", "operator": "cross_below", "right": {"indicator": "sma"}}})")
                                .string();
  const std::string calm = folder_
                               .write("calm.json", R"({"entry":
      {"left": {"indicator": "rsi"}, "operator": "<", "right": 30}, "stop_loss_pct": 5})")
                               .string();
  ASSERT_EQ(run(&run_sweep_command, {"--candles", candles_, "--strategy", "rules", "--rules", quick,
                                     "--rules", calm, "--json"}),
            0)
      << err_.str();
  const auto swept = boost::json::parse(out_.str());
  EXPECT_EQ(swept.at("evaluated").as_int64(), 2);
  ASSERT_EQ(
      run(&run_walk_forward_command, {"--candles", candles_, "--strategy", "rules", "--rules",
                                      quick, "--rules", calm, "--train", "50%", "--test", "25%"}),
      0)
      << err_.str();
  EXPECT_NE(out_.str().find("rules, rolling"), std::string::npos) << out_.str();
}

TEST_F(SweepCommands, rules_that_make_no_sense_are_a_sentence) {
  const std::string wrong =
      folder_.write("wrong.json", R"({"entry": {"left": "clothes"}})").string();
  const auto rules = [&](const std::string& file, const std::string& strategy) {
    return run(&run_sweep_command,
               {"--candles", candles_, "--strategy", strategy, "--rules", file});
  };
  EXPECT_EQ(rules(wrong, "rules"), exit_usage);
  EXPECT_NE(err_.str().find("rules.entry"), std::string::npos) << err_.str();
  EXPECT_EQ(rules(path("nowhere.json"), "rules"), exit_usage);
  EXPECT_NE(err_.str().find("nowhere.json cannot be read"), std::string::npos) << err_.str();
  EXPECT_EQ(rules(wrong, "sma_cross"), exit_usage);
  EXPECT_EQ(lines_in(err_.str()), 1) << err_.str();
}

TEST_F(SweepCommands, a_backtest_says_whether_it_looks_into_the_future) {
  const std::string clean = "No look into the future";
  for (const std::string mode : {"signals", "portfolio"}) {
    ASSERT_EQ(run(&run_backtest_command, {"--candles", candles_, "--strategy", "sma_cross",
                                          "--mode", mode, "--check-bias"}),
              0)
        << err_.str();
    EXPECT_NE(out_.str().find(clean), std::string::npos) << out_.str();
    ASSERT_EQ(run(&run_backtest_command, {"--candles", candles_, "--strategy", "sma_cross",
                                          "--mode", mode, "--check-bias", "--json"}),
              0)
        << err_.str();
    EXPECT_EQ(out_.str().find(clean), std::string::npos);
    EXPECT_NE(err_.str().find(clean), std::string::npos) << err_.str();
  }
}

}  // namespace
}  // namespace hts::cli
