// A strategy of one's own, from `hts strategy new` to the daemon, and what a broken one costs.

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include <boost/json.hpp>
#include <gtest/gtest.h>
#include <signal.h>

#include "adapters/daemon_client/daemon_client.hpp"
#include "process.hpp"

namespace hts::e2e {
namespace {

namespace fs = std::filesystem;

std::string content_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// The command of the README that begins with `c++`, as it stands there.
std::string compile_command(const fs::path& folder) {
  const auto readme = content_of(folder / "README.md");
  const auto begin = readme.find("\nc++ ") + 1;
  return readme.substr(begin, readme.find('\n', begin) - begin);
}

bool run_in(const fs::path& folder, const std::string& command) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): no thread runs in this test.
  return std::system(("cd '" + folder.string() + "' && " + command).c_str()) == 0;
}

/// A rise and a fall, long enough for an average of 20.
std::string wave_csv() {
  std::string csv = "timestamp,open,high,low,close,volume\n";
  for (int i = 0; i < 200; ++i) {
    const int phase = i % 50;
    const int price = 1'000 + (phase < 25 ? phase : 50 - phase) * 10;
    csv += std::to_string(1704067200000LL + i * 86'400'000LL) + "," + std::to_string(price) + "," +
           std::to_string(price + 15) + "," + std::to_string(price - 15) + "," +
           std::to_string(price + 5) + ",10\n";
  }
  return csv;
}

class NewStrategy : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    place_ = new TemporaryDirectory;
    const auto made = run_hts({"strategy", "new", "dip_buyer"}, place_->path());
    ASSERT_EQ(made.status, 0) << made.err;
    folder_ = place_->path() / "dip_buyer";
    ASSERT_TRUE(run_in(folder_, compile_command(folder_))) << compile_command(folder_);
  }
  static void TearDownTestSuite() {
    delete place_;
    place_ = nullptr;
  }
  static std::string library() { return (folder_ / "dip_buyer.so").string(); }

  static TemporaryDirectory* place_;
  static fs::path folder_;
};

TemporaryDirectory* NewStrategy::place_ = nullptr;
fs::path NewStrategy::folder_;

TEST_F(NewStrategy, is_at_most_forty_lines_and_the_one_that_the_docs_show) {
  const auto source = content_of(folder_ / "dip_buyer.cpp");
  EXPECT_LE(std::count(source.begin(), source.end(), '\n'), 40);
  const auto docs = content_of(fs::path{HTS_SOURCE_DIR} / "docs/strategies.md");
  EXPECT_NE(docs.find("```cpp\n" + source + "```"), std::string::npos);
}

TEST_F(NewStrategy, backtests_in_both_modes_and_is_listed_with_its_file) {
  const auto candles = place_->write("KRW-BTC_1d.csv", wave_csv());
  const auto study = run_hts({"backtest", "--plugin", library(), "--strategy", "dip_buyer",
                              "--candles", candles, "--param", "period=10", "--json"},
                             place_->path());
  ASSERT_EQ(study.status, 0) << study.err;
  const auto answer = boost::json::parse(study.out);
  EXPECT_GE(answer.at("symbols").at(0).at("signals").as_array().size(), 3U);

  const auto portfolio = run_hts({"backtest", "--plugin=" + library(), "--strategy", "dip_buyer",
                                  "--candles", candles, "--mode", "portfolio", "--json"},
                                 place_->path());
  ASSERT_EQ(portfolio.status, 0) << portfolio.err;
  EXPECT_FALSE(boost::json::parse(portfolio.out).at("trades").as_array().empty());

  const auto listed = run_hts({"strategies", "--plugin", library(), "dip_buyer"}, place_->path());
  EXPECT_NE(listed.out.find("Plugin: " + library() + " (sha256:"), std::string::npos) << listed.out;
  const auto unknown =
      run_hts({"backtest", "--strategy", "dip_buyer", "--candles", candles}, place_->path());
  EXPECT_EQ(unknown.status, 2) << unknown.out;
}

TEST_F(NewStrategy, gives_the_same_inside_the_program_and_from_a_folder) {
  const auto candles = place_->write("KRW-BTC_1d.csv", wave_csv());
  const std::vector<std::string> words = {"backtest",  "--strategy", "dip_buyer",
                                          "--candles", candles,      "--json"};
  const auto signals = [&](const Environment& environment) {
    const auto outcome = run_hts(words, place_->path(), environment);
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    return boost::json::serialize(boost::json::parse(outcome.out).at("symbols"));
  };
  EXPECT_EQ(signals({{"HTS_PLUGIN_DIR", folder_.string()}}),
            signals({{"HTS_PLUGIN_DIR", folder_.string()}, {"HTS_PLUGIN_ISOLATION", "none"}}));
}

TEST_F(NewStrategy, builds_with_cmake_too) {
  ASSERT_TRUE(run_in(folder_, "cmake -S . -B build >/dev/null && cmake --build build >/dev/null"));
  EXPECT_TRUE(fs::exists(folder_ / "build/dip_buyer.so"));
}

TEST_F(NewStrategy, mistakes_are_one_sentence_and_nothing_is_written) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> mistakes = {
      {{"strategy", "new", "Dip-Buyer"}, "cannot be a strategy's name"},
      {{"strategy", "new", "../escape"}, "cannot be a strategy's name"},
      {{"strategy", "new", "9lives"}, "cannot be a strategy's name"},
      {{"strategy", "new", "sma_cross"}, "There is a strategy sma_cross already"},
      {{"strategy", "new", "dip_buyer"}, "is there already"},
      {{"strategy", "new", "other", "--headers", "/nowhere"}, "--headers"},
      {{"strategy", "new"}, "name"},
      {{"strategies", "--plugin", "/nowhere.so"}, "cannot be read"},
      {{"strategies", "--plugin"}, "--plugin needs a file"},
  };
  for (const auto& [words, said] : mistakes) {
    const auto outcome = run_hts(words, place_->path());
    EXPECT_EQ(outcome.status, 2) << outcome.out << outcome.err;
    EXPECT_NE(outcome.err.find(said), std::string::npos) << outcome.err;
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
  }
  EXPECT_FALSE(fs::exists(place_->path() / "other"));
}

TEST_F(NewStrategy, one_that_crashes_or_loops_costs_the_daemon_one_answer) {
  const TemporaryDirectory place;
  const auto plugins = place.path() / "plugins";
  fs::create_directory(plugins);
  fs::copy_file(library(), plugins / "dip_buyer.so");
  // The new strategy, changed as a beginner might.
  for (const auto& [name, deed] :
       {std::pair<std::string, std::string>{"crasher", "*static_cast<volatile int*>(nullptr) = 1;"},
        {"looper", "for (volatile int i = 0;;) i = 1;"}}) {
    ASSERT_EQ(run_hts({"strategy", "new", name}, place.path()).status, 0);
    auto source = content_of(place.path() / name / (name + ".cpp"));
    const std::string first = "    const double gap = ";
    source.insert(source.find(first), "    if (last_gap_ > 0) { " + deed + " }\n");
    std::ofstream(place.path() / name / (name + ".cpp"), std::ios::binary) << source;
    ASSERT_TRUE(run_in(place.path() / name, compile_command(place.path() / name) + " 2>/dev/null"));
    fs::rename(place.path() / name / (name + ".so"), plugins / (name + ".so"));
  }
  const auto file = place.write("KRW-BTC_1d.csv", wave_csv());
  ASSERT_EQ(run_hts({"import", file}, place.path()).status, 0);
  RunningDaemon daemon(
      place.path(), {"--plugin.dir", plugins.string(), "--plugin.bar_budget_milliseconds", "300"});
  const auto run = [&](const std::string& strategy) {
    const auto answer = daemon_client::post_json(
        daemon.url() + "/api/backtests/run",
        R"({"strategy":")" + strategy +
            R"(","symbols":["KRW-BTC"],"start_date":"2024-01-01","end_date":"2024-06-30","timeframe":"1d"})",
        std::chrono::seconds{60});
    EXPECT_TRUE(answer.ok());
    return answer ? *answer : daemon_client::Answer{};
  };
  const auto crashed = run("crasher");
  EXPECT_EQ(crashed.status, 422) << crashed.body;
  EXPECT_NE(crashed.body.find("The strategy crasher ("), std::string::npos) << crashed.body;
  EXPECT_NE(crashed.body.find("failed at candle"), std::string::npos) << crashed.body;
  const auto looped = run("looper");
  EXPECT_EQ(looped.status, 422) << looped.body;
  EXPECT_NE(looped.body.find("budget of 300 ms for one candle"), std::string::npos) << looped.body;
  const auto sound = run("dip_buyer");
  EXPECT_EQ(sound.status, 200) << sound.body;
  const auto health = daemon_client::get(daemon.url() + "/health", std::chrono::seconds{60});
  ASSERT_TRUE(health.ok());
  EXPECT_EQ(boost::json::parse(health->body).at("status").as_string(), "ok") << health->body;
  EXPECT_EQ(daemon.end_with(SIGTERM), 0);
}

}  // namespace
}  // namespace hts::e2e
