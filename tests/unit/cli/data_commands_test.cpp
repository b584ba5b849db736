#include <functional>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "adapters/cli/data_command.hpp"
#include "adapters/cli/fetch_command.hpp"
#include "adapters/cli/import_command.hpp"
#include "unit/csv/memory_candle_store.hpp"
#include "unit/csv/temporary_folder.hpp"

namespace hts::cli {
namespace {

const std::string minutes_header = "timestamp,open,high,low,close,volume\n";
const std::string three_minutes = minutes_header +
                                  "1582185600000,10,12,9,11,5\n"
                                  "1582185660000,10,12,9,11,5\n"
                                  "1582185840000,10,12,9,11,5\n";

/// A store that outlives the command that opened it.
class BorrowedStore final : public ports::CandleStore {
 public:
  explicit BorrowedStore(ports::CandleStore& store) : store_(store) {}
  result::Result<market::CandleSeries> load(const market::Symbol& symbol,
                                            market::Timeframe timeframe, time::TimeRange range,
                                            const std::atomic<bool>* cancel = nullptr) override {
    return store_.load(symbol, timeframe, range, cancel);
  }
  result::Result<std::unique_ptr<ports::CandleWrite>> begin_write(
      const market::Symbol& symbol, market::Timeframe timeframe) override {
    return store_.begin_write(symbol, timeframe);
  }
  result::Result<std::vector<ports::CatalogFile>> inventory() override {
    return store_.inventory();
  }

 private:
  ports::CandleStore& store_;
};

class data_commands : public testing::Test {
 protected:
  using Command = int (*)(const std::vector<std::string>&, CommandEnvironment&);

  int run(Command command, const std::vector<std::string>& arguments) {
    out_.str("");
    err_.str("");
    CommandEnvironment environment{
        out_,
        err_,
        false,
        folder_.path().string(),
        [this](const std::string& root) -> result::Result<std::unique_ptr<ports::CandleStore>> {
          opened_root_ = root;
          return {std::make_unique<BorrowedStore>(store_)};
        },
        [] { return *time::parse_iso8601("2024-06-01T00:00:00Z"); },
        [this] { return interrupted_; }};
    return command(arguments, environment);
  }

  std::string file(std::string_view name, std::string_view content) {
    return folder_.write(name, content).string();
  }

  csv::TemporaryFolder folder_;
  csv::MemoryCandleStore store_;
  std::ostringstream out_;
  std::ostringstream err_;
  std::string opened_root_;
  bool interrupted_ = false;
};

TEST_F(data_commands, import_says_what_it_read_and_what_comes_next) {
  const std::string path = file("KRW-BTC_1m.csv", three_minutes);
  EXPECT_EQ(run(run_import, {path}), exit_success) << err_.str();
  EXPECT_EQ(out_.str(),
            path +
                ": BTC_KRW 1m\n"
                "  read        3 rows, 3 candles from 2020-02-20 08:00 to 2020-02-20 08:04 UTC\n"
                "  catalog     3 added, 0 replaced, 0 unchanged\n"
                "  duplicates  none\n"
                "  disorder    none\n"
                "  gaps        1 gap, 2 candles missing; first after 2020-02-20 08:01 (2)\n"
                "\n"
                "Next: hts backtest --strategy volume_long_candle --symbol BTC_KRW --timeframe 1m "
                "--from 2020-02-20 --to 2020-02-20\n");
  EXPECT_EQ(opened_root_, folder_.path().string());
}

TEST_F(data_commands, import_names_the_places_of_what_is_odd) {
  const std::string path = file("KRW-BTC_3m.csv", three_minutes + "1582185600000,10,12,9,11,6\n");
  EXPECT_EQ(run(run_import, {path, "--data-root", "/elsewhere"}), exit_success) << err_.str();
  EXPECT_EQ(opened_root_, "/elsewhere");
  for (const char* part :
       {"1 row gives other values for an earlier open time, the last one counts (first at line 5)",
        "1 row is earlier than the one before (first at line 5), put in order",
        "2 rows do not open on a whole 3m (first at lines 3, 4): the timeframe is probably wrong",
        "most rows are 1m apart, not 3m: is --timeframe right?"}) {
    EXPECT_NE(out_.str().find(part), std::string::npos) << part << "\n" << out_.str();
  }
}

TEST_F(data_commands, import_prints_json_for_machines) {
  const std::string good = file("KRW-BTC_1m.csv", three_minutes + "1582185840000,10,12,9,11,5\n");
  const std::string bad = file("KRW-ETH_1m.csv", minutes_header + "1582185600000,10,9,9,11,5\n");
  EXPECT_EQ(run(run_import, {"--json", good, bad}), exit_failed);
  const auto document = boost::json::parse(out_.str());
  ASSERT_EQ(document.at("files").as_array().size(), 1U);
  const auto& imported = document.at("files").at(0);
  EXPECT_EQ(imported.at("symbol"), "BTC_KRW");
  EXPECT_EQ(imported.at("timeframe"), "1m");
  EXPECT_EQ(imported.at("rows").to_number<int>(), 4);
  EXPECT_EQ(imported.at("candles").to_number<int>(), 3);
  EXPECT_EQ(imported.at("first"), "2020-02-20T08:00:00Z");
  EXPECT_EQ(imported.at("added").to_number<int>(), 3);
  EXPECT_EQ(imported.at("duplicates").at("identical").at("first").at(0).to_number<int>(), 5);
  EXPECT_EQ(imported.at("gaps").at("missing").to_number<int>(), 2);
  EXPECT_EQ(imported.at("gaps").at("first").at(0).at("after"), "2020-02-20T08:01:00Z");
  ASSERT_EQ(document.at("errors").as_array().size(), 1U);
  EXPECT_EQ(document.at("errors").at(0).at("file").as_string(), bad);
  EXPECT_EQ(document.at("errors").at(0).at("field").as_string(), bad + ":2");
}

TEST_F(data_commands, import_goes_on_after_a_file_that_fails) {
  const std::string bad = file("KRW-ETH_1m.csv", minutes_header);
  const std::string good = file("KRW-BTC_1m.csv", three_minutes);
  EXPECT_EQ(run(run_import, {bad, good}), exit_failed);
  EXPECT_EQ(store_.candles("BTC_KRW", "1m").size(), 3U);
  EXPECT_EQ(err_.str(), "hts: " + bad + " has a header and no candles below it.\n");
}

TEST_F(data_commands, import_of_a_file_that_does_not_say_what_it_is_is_wrong_usage) {
  EXPECT_EQ(run(run_import, {file("candles.csv", three_minutes)}), exit_usage);
  EXPECT_NE(err_.str().find("add --symbol"), std::string::npos);
  EXPECT_EQ(run(run_import, {file("candles.csv", three_minutes), "--symbol", "KRW-BTC"}),
            exit_success);
}

TEST_F(data_commands, wrong_options_of_import_are_wrong_usage) {
  EXPECT_EQ(run(run_import, {}), exit_usage);
  EXPECT_EQ(run(run_import, {"a.csv", "--symbol", "?"}), exit_usage);
  EXPECT_EQ(run(run_import, {"a.csv", "--timeframe", "7m"}), exit_usage);
  EXPECT_EQ(run(run_import, {"a.csv", "--nonsense"}), exit_usage);
  EXPECT_EQ(run(run_import, {"/none/a.csv"}), exit_failed);
}

TEST_F(data_commands, an_interrupted_import_writes_nothing_and_says_so) {
  interrupted_ = true;
  const std::string path = file("KRW-BTC_1m.csv", three_minutes);
  EXPECT_EQ(run(run_import, {path, path}), exit_failed);
  EXPECT_EQ(err_.str(), "hts: Stopped reading " + path + "; nothing of it was written.\n");
  EXPECT_EQ(store_.commits, 0);
}

TEST_F(data_commands, an_empty_catalog_says_how_to_fill_it) {
  EXPECT_EQ(run(run_data, {}), exit_success);
  EXPECT_EQ(out_.str(), "The catalog " + folder_.path().string() +
                            " has no candles.\n\n"
                            "Next: hts fetch upbit KRW-BTC 1d --from 2024-01-01\n"
                            "  or: hts import FILE.csv\n");
  EXPECT_EQ(run(run_data, {"--json"}), exit_success);
  EXPECT_TRUE(boost::json::parse(out_.str()).at("series").as_array().empty());
}

TEST_F(data_commands, the_inventory_joins_years_and_counts_gaps_over_them) {
  ASSERT_EQ(run(run_import, {file("KRW-BTC_1d.csv",
                                  "date,open,high,low,close,volume\n2020-12-30,1,1,1,1,1\n"
                                  "2020-12-31,1,1,1,1,1\n2021-01-03,1,1,1,1,1\n")}),
            exit_success)
      << err_.str();
  ASSERT_EQ(run(run_import, {file("KRW-ETH_1m.csv", three_minutes)}), exit_success);
  EXPECT_EQ(run(run_data, {"--json"}), exit_success) << err_.str();
  const auto document = boost::json::parse(out_.str());
  const auto& series = document.at("series").as_array();
  ASSERT_EQ(series.size(), 2U);
  EXPECT_EQ(series[0].at("symbol"), "BTC_KRW");
  EXPECT_EQ(series[0].at("timeframe"), "1d");
  EXPECT_EQ(series[0].at("candles").to_number<int>(), 3);
  EXPECT_EQ(series[0].at("first"), "2020-12-30T00:00:00Z");
  EXPECT_EQ(series[0].at("last"), "2021-01-03T00:00:00Z");
  EXPECT_EQ(series[0].at("gaps").at("count").to_number<int>(), 1);
  EXPECT_EQ(series[0].at("gaps").at("missing").to_number<int>(), 2);

  EXPECT_EQ(run(run_data, {"--symbol", "eth_krw"}), exit_success);
  EXPECT_EQ(out_.str().find("BTC_KRW"), std::string::npos);
  EXPECT_NE(out_.str().find("2020-02-20 08:01"), std::string::npos) << "where the first gap is";
  EXPECT_EQ(run(run_data, {"--symbol", "KRW-XRP"}), exit_success);
  EXPECT_NE(out_.str().find("has no candles of XRP_KRW"), std::string::npos);
  EXPECT_EQ(run(run_data, {"--symbol", "?"}), exit_usage);
}

TEST_F(data_commands, wrong_arguments_of_fetch_are_told_apart) {
  const auto refused = [&](const std::vector<std::string>& arguments, std::string_view part) {
    EXPECT_EQ(run(run_fetch, arguments), exit_usage);
    EXPECT_NE(err_.str().find(part), std::string::npos) << err_.str();
  };
  refused({}, "The exchange is missing");
  refused({"upbit"}, "The symbol is missing");
  refused({"upbit", "KRW-BTC"}, "The timeframe is missing");
  refused({"upbit", "KRW-BTC", "1m"}, "--from is missing");
  refused({"nasdaq", "KRW-BTC", "1m", "--from", "2024-01-01"}, "'nasdaq' is not an exchange");
  refused({"upbit", "?", "1m", "--from", "2024-01-01"}, "'?' is not a symbol");
  refused({"upbit", "KRW-BTC", "7m", "--from", "2024-01-01"}, "'7m' is not a timeframe");
  refused({"upbit", "KRW-BTC", "1m", "--from", "2024-02-30"}, "--from: '2024-02-30'");
  refused({"upbit", "KRW-BTC", "1m", "--from", "2024-01-02", "--to", "2024-01-01"},
          "--to '2024-01-01' is before --from '2024-01-02'");
  refused({"upbit", "KRW-BTC", "1m", "--from", "2024-07-01"}, "--from: There are no candles");
  refused({"upbit", "KRW-BTC", "1m", "--from", "2024-01-01", "--base-url", "api.upbit.com"},
          "--base-url 'api.upbit.com' is not an address");
  refused({"upbit", "KRW-BTC", "1m", "--from", "2024-01-01", "--base-url", "http:///x"},
          "is not an address");
}

TEST_F(data_commands, every_command_has_help_with_an_example) {
  for (const Command command : {&run_import, &run_fetch, &run_data}) {
    EXPECT_EQ(run(command, {"--help"}), exit_success);
    EXPECT_NE(out_.str().find("Example:\n  hts "), std::string::npos);
    EXPECT_NE(out_.str().find("--json"), std::string::npos);
    EXPECT_EQ(out_.str().find("(argument)"), std::string::npos);
    EXPECT_EQ(err_.str(), "");
  }
}

}  // namespace
}  // namespace hts::cli
