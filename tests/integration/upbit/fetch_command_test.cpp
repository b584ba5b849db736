#include "adapters/cli/fetch_command.hpp"

#include <chrono>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "adapters/parquet/parquet_candle_store.hpp"
#include "integration/upbit/recorded_upbit.hpp"
#include "unit/csv/temporary_folder.hpp"

namespace hts::cli {
namespace {

class fetch_command : public testing::Test {
 protected:
  void SetUp() override {
    for (int i = 0; i < 300; ++i) {
      server_.add_candle("/v1/candles/days",
                         *time::parse_iso8601("2024-01-01") + std::chrono::days{i}, 1 + i);
    }
  }

  int run(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--base-url", server_.base_url()});
    out_.str("");
    err_.str("");
    CommandEnvironment environment{
        out_,
        err_,
        false,
        folder_.path().string(),
        [](const std::string& root) -> result::Result<std::unique_ptr<ports::CandleStore>> {
          return {std::make_unique<parquet::ParquetCandleStore>(root)};
        },
        [] { return *time::parse_iso8601("2024-12-01T00:00:00Z"); },
        [this] { return interrupted_; }};
    return run_fetch(arguments, environment);
  }

  upbit::RecordedUpbit server_;
  csv::TemporaryFolder folder_;
  std::ostringstream out_;
  std::ostringstream err_;
  bool interrupted_ = false;
};

TEST_F(fetch_command, fills_the_catalog_and_passes_over_it_the_next_time) {
  const std::vector<std::string> arguments = {
      "upbit", "krw-btc", "1d", "--from", "2024-01-01T00:00:00Z", "--to", "2024-10-26T00:00:00Z"};
  EXPECT_EQ(run(arguments), exit_success) << err_.str();
  EXPECT_EQ(out_.str(),
            "Upbit KRW-BTC: BTC_KRW 1d\n"
            "  received    300 candles in 2 pages (2 requests, 0 of them repeated)\n"
            "  skipped     0 candles that the catalog had\n"
            "  catalog     300 added, 0 replaced, 0 unchanged\n"
            "  complete    from 2024-01-01 00:00 to 2024-10-26 00:00 UTC\n"
            "\nNext: hts data inventory --symbol BTC_KRW\n");
  EXPECT_EQ(run(arguments), exit_success);
  EXPECT_NE(out_.str().find("skipped     300 candles"), std::string::npos) << out_.str();
  EXPECT_EQ(server_.requests().size(), 2U);

  parquet::ParquetCandleStore store(folder_.path());
  const auto series = store.load(*market::Symbol::parse("BTC_KRW"), market::Timeframe::day(), {});
  ASSERT_TRUE(series) << series.error().message;
  ASSERT_EQ(series->size(), 300U);
  for (std::size_t i = 0; i < 300; ++i) EXPECT_EQ(series->close[i], 1 + static_cast<double>(i));
}

TEST_F(fetch_command, prints_json_for_machines) {
  EXPECT_EQ(run({"upbit", "KRW-BTC", "1d", "--from", "2024-01-10", "--to", "2024-01-12", "--json"}),
            exit_success);
  const auto report = boost::json::parse(out_.str());
  EXPECT_EQ(report.at("symbol"), "BTC_KRW");
  EXPECT_EQ(report.at("added").to_number<int>(), 3) << "three Korean days";
  EXPECT_EQ(report.at("complete_from"), "2024-01-09T15:00:00Z");
  EXPECT_TRUE(report.at("error").is_null());
}

TEST_F(fetch_command, a_market_nobody_knows_fails_with_its_name) {
  EXPECT_EQ(run({"upbit", "KRW-NONE", "1d", "--from", "2024-01-01"}), exit_failed);
  EXPECT_NE(err_.str().find("Upbit does not know the market KRW-NONE"), std::string::npos);
  EXPECT_NE(err_.str().find("Nothing was changed in the catalog."), std::string::npos);
  EXPECT_EQ(out_.str(), "");
}

TEST_F(fetch_command, a_failure_on_the_way_says_what_is_kept) {
  server_.order({upbit::Fault::none, upbit::Fault::same_page_again});
  EXPECT_EQ(run({"upbit", "KRW-BTC", "1d", "--from", "2024-01-01"}), exit_failed);
  EXPECT_NE(err_.str().find("What was fetched, back to 2024-04-10 00:00 UTC, is kept; the same "
                            "command again goes on from there."),
            std::string::npos)
      << err_.str();
  EXPECT_NE(out_.str().find("200 added"), std::string::npos) << out_.str();
}

TEST_F(fetch_command, an_interrupted_fetch_ends_with_a_failure) {
  interrupted_ = true;
  EXPECT_EQ(run({"upbit", "KRW-BTC", "1d", "--from", "2024-01-01"}), exit_failed);
  EXPECT_NE(err_.str().find("Stopped."), std::string::npos);
  EXPECT_TRUE(server_.requests().empty());
}

}  // namespace
}  // namespace hts::cli
