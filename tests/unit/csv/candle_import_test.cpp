#include "adapters/csv/candle_import.hpp"

#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "unit/csv/memory_candle_store.hpp"
#include "unit/csv/temporary_folder.hpp"

namespace hts::csv {
namespace {

using result::ErrorCode;

const std::string import_header = "timestamp,open,high,low,close,volume\n";

/// A row of a flat candle `minute` minutes after 2020-02-20T08:00Z.
std::string row(std::int64_t minute, double price = 10) {
  std::ostringstream text;
  text << 1582185600000 + minute * 60'000;
  for (int i = 0; i < 5; ++i) text << ',' << price;
  text << '\n';
  return text.str();
}

ReadOptions btc_minutes() {
  ReadOptions options;
  options.symbol = *market::Symbol::parse("BTC_KRW");
  options.timeframe = market::Timeframe::minute();
  return options;
}

class candle_import : public testing::Test {
 protected:
  result::Result<ImportReport> import(std::string_view content,
                                      const ReadOptions& options = btc_minutes()) {
    return import_candles(folder_.write("a.csv", content), store_, options);
  }

  TemporaryFolder folder_;
  MemoryCandleStore store_;
};

TEST_F(candle_import, writes_all_years_of_a_file_in_one_transaction) {
  const auto report = import(import_header + "1609459080000,1,1,1,1,1\n1609459140000,2,2,2,2,2\n" +
                             "1609459200000,3,3,3,3,3\n");
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(store_.staged_years, (std::vector<int>{2020, 2021}));
  EXPECT_EQ(store_.commits, 1);
  EXPECT_EQ(store_.candles("BTC_KRW", "1m").size(), 3U);
  EXPECT_EQ(report->written.added, 3U);
  EXPECT_EQ(report->facts.rows, 3U);
  EXPECT_EQ(report->facts.candles, 3U);
  EXPECT_EQ(time::format_iso8601(report->facts.first), "2020-12-31T23:58:00Z");
  EXPECT_EQ(time::format_iso8601(report->facts.last), "2021-01-01T00:00:00Z");
  EXPECT_EQ(report->facts.issues, ImportIssues{});
}

TEST_F(candle_import, the_same_file_again_changes_nothing) {
  const std::string content = import_header + row(0) + row(1) + row(2);
  ASSERT_TRUE(import(content));
  const auto again = import(content);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->written.unchanged, 3U);
  EXPECT_EQ(again->written.added + again->written.replaced, 0U);
}

TEST_F(candle_import, counts_duplicates_disorder_and_gaps_and_names_the_first_lines) {
  const auto report = import(import_header + row(0) + row(1) + row(1) +  // line 4 repeats line 3
                             row(5) + row(3) +  // line 6 is earlier than line 5
                             row(5, 11) +       // line 7 contradicts line 5
                             row(9));
  ASSERT_TRUE(report) << report.error().message;
  const ImportIssues& issues = report->facts.issues;
  EXPECT_EQ(issues.identical_duplicates, (Places{1, {4}}));
  EXPECT_EQ(issues.conflicting_duplicates, (Places{1, {7}}));
  EXPECT_EQ(issues.disorder, (Places{1, {6}}));
  EXPECT_EQ(issues.misaligned, Places{});
  EXPECT_EQ(issues.gaps.gaps, 3U);
  EXPECT_EQ(issues.gaps.missing, 1U + 1U + 3U);
  ASSERT_FALSE(issues.gaps.first.empty());
  EXPECT_EQ(time::format_iso8601(issues.gaps.first[0].after), "2020-02-20T08:01:00Z");
  EXPECT_EQ(report->facts.rows, 7U);
  EXPECT_EQ(report->facts.candles, 5U);
  const auto at_five = *time::parse_iso8601("2020-02-20T08:05:00Z");
  EXPECT_EQ(store_.candles("BTC_KRW", "1m").at(at_five).close, 11) << "the last row counts";
}

TEST_F(candle_import, a_gap_over_new_year_is_found) {
  const auto report = import(import_header + "1609459080000,1,1,1,1,1\n1609459260000,3,3,3,3,3\n");
  ASSERT_TRUE(report);
  EXPECT_EQ(report->facts.issues.gaps.missing, 2U);
}

TEST_F(candle_import, a_wrong_timeframe_shows_in_rows_off_the_grid_and_in_the_spacing) {
  ReadOptions options = btc_minutes();
  options.timeframe = *market::Timeframe::parse("3m");
  const auto report = import(import_header + row(0) + row(1) + row(2) + row(3), options);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->facts.issues.misaligned, (Places{2, {3, 4}}));
  ASSERT_TRUE(report->facts.issues.other_spacing);
  EXPECT_EQ(report->facts.issues.other_spacing->name(), "1m");
}

TEST_F(candle_import, one_bad_row_leaves_the_catalog_as_it_was) {
  const auto report = import(import_header + row(0) + row(1) + "1582185720000,10,9,12,10,5\n");
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::invalid);
  EXPECT_NE(report.error().message.find("a.csv:4: column 3 (high): high 9 is below low 12."),
            std::string::npos);
  EXPECT_EQ(store_.commits, 0);
  EXPECT_EQ(store_.series_count(), 0U);
}

TEST_F(candle_import, a_refusing_store_is_reported_and_nothing_is_committed) {
  store_.refuse_stage = true;
  const auto report = import(import_header + row(0));
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().message, "The disk is full.");
  EXPECT_EQ(store_.commits, 0);
}

TEST_F(candle_import, symbol_and_timeframe_come_from_the_name) {
  const auto path = folder_.write("KRW-ETH_1m_2020.csv", import_header + row(0) + row(1));
  const auto report = import_candles(path, store_);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->facts.symbol->text(), "ETH_KRW");
  EXPECT_EQ(report->facts.timeframe->name(), "1m");
}

TEST_F(candle_import, options_come_before_the_name_and_the_name_before_the_spacing) {
  const auto path = folder_.write("KRW-ETH_5m.csv", import_header + row(0) + row(1) + row(2));
  ASSERT_TRUE(import_candles(path, store_, btc_minutes()));
  EXPECT_EQ(store_.candles("BTC_KRW", "1m").size(), 3U);
  ASSERT_TRUE(import_candles(path, store_));
  EXPECT_EQ(store_.candles("ETH_KRW", "5m").size(), 3U);
}

TEST_F(candle_import, without_a_timeframe_the_usual_spacing_is_taken) {
  ReadOptions options;
  options.symbol = *market::Symbol::parse("BTC_KRW");
  ASSERT_TRUE(import(import_header + row(0) + row(15) + row(30) + row(90), options));
  EXPECT_EQ(store_.candles("BTC_KRW", "15m").size(), 4U);
}

TEST_F(candle_import, a_file_that_names_no_market_or_timeframe_is_refused_with_the_option) {
  const auto no_symbol = import(import_header + row(0) + row(1), {});
  ASSERT_FALSE(no_symbol);
  EXPECT_EQ(no_symbol.error().field, "symbol");
  EXPECT_NE(no_symbol.error().message.find("--symbol BTC_KRW"), std::string::npos);

  ReadOptions options;
  options.symbol = *market::Symbol::parse("BTC_KRW");
  const auto no_timeframe = import(import_header + row(0) + row(7), options);
  ASSERT_FALSE(no_timeframe);
  EXPECT_EQ(no_timeframe.error().field, "timeframe");
}

TEST_F(candle_import, a_cancelled_import_writes_nothing) {
  std::string content = import_header;
  for (int i = 0; i < 50'000; ++i) content += row(i);
  int asked = 0;
  ReadOptions options = btc_minutes();
  options.cancelled = [&] { return ++asked > 1; };
  const auto report = import(content, options);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::cancelled);
  EXPECT_EQ(asked, 2);
  EXPECT_EQ(store_.commits, 0);

  // Whenever it is cancelled, also when everything is staged already.
  bool was_cancelled = true;
  for (int most = 1; was_cancelled; ++most) {
    asked = 0;
    options.cancelled = [&] { return ++asked > most; };
    const auto late = import(import_header + row(1) + row(0), options);
    was_cancelled = asked > most;
    EXPECT_EQ(late.ok(), !was_cancelled);
    EXPECT_EQ(store_.commits, was_cancelled ? 0 : 1);
    if (!late.ok()) {
      EXPECT_EQ(late.error().code, ErrorCode::cancelled);
    }
  }
}

TEST_F(candle_import, progress_goes_through_the_bytes_and_then_the_years) {
  std::vector<ReadProgress> seen;
  ReadOptions options = btc_minutes();
  options.progress = [&](const ReadProgress& progress) { seen.push_back(progress); };
  const std::string content = import_header + row(0) + row(1);
  ASSERT_TRUE(import(content, options));
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_EQ(seen[0].phase, ReadProgress::Phase::reading);
  EXPECT_EQ(seen[0].done, content.size());
  EXPECT_EQ(seen[0].total, content.size());
  EXPECT_EQ(seen[1].phase, ReadProgress::Phase::writing);
  EXPECT_EQ(seen[1].total, 1U);
}

TEST_F(candle_import, a_small_memory_budget_gives_the_same_catalog) {
  std::string content = import_header;
  for (int i = 0; i < 30'000; ++i) content += row((i * 7919LL) % 30'011 * 100);
  ReadOptions options = btc_minutes();
  ASSERT_TRUE(import(content, options));
  const auto roomy = store_.candles("BTC_KRW", "1m");
  options.symbol = *market::Symbol::parse("ETH_KRW");
  options.limits.memory_bytes = 100'000;
  options.limits.spill_directory = folder_.path();
  ASSERT_TRUE(import(content, options));
  EXPECT_EQ(store_.candles("ETH_KRW", "1m"), roomy);
  EXPECT_EQ(roomy.size(), 30'000U);
}

TEST_F(candle_import, read_candles_gives_the_series_with_its_facts) {
  const auto path = folder_.write("x.csv", import_header + row(2) + row(0) + row(1) + row(1, 12));
  const auto file = read_candles(path);
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_FALSE(file->facts.symbol) << "a file on its own needs no symbol";
  EXPECT_EQ(file->facts.timeframe->name(), "1m");
  EXPECT_EQ(file->series.close, (std::vector<double>{10, 12, 10}));
  EXPECT_EQ(file->facts.issues.disorder.count, 1U);
  EXPECT_EQ(file->facts.issues.conflicting_duplicates, (Places{1, {5}}));
  EXPECT_FALSE(read_candles(folder_.path() / "none.csv"));
}

std::filesystem::path shared_data() {
  return std::filesystem::path{HTS_SOURCE_DIR} / ".." / "shared" / "data";
}

#define SKIP_WITHOUT_SHARED_DATA() \
  if (!std::filesystem::exists(shared_data())) GTEST_SKIP() << "no ../shared/data here"

TEST_F(candle_import, recorded_series_have_their_known_sizes_and_gaps) {
  SKIP_WITHOUT_SHARED_DATA();
  struct Expected {
    const char* file;
    std::size_t candles;
    std::uint64_t gaps;
    const char* timeframe;
  };
  for (const auto& [name, candles, gaps, timeframe] :
       {Expected{"BTC-PERP_1m_2022-01.csv", 45'031, 0, "1m"},
        Expected{"UNITTEST-BTC_1m_2017-11.csv", 13'681, 538, "1m"},
        Expected{"KRW-BTC_1m_2020-02-20.csv", 240, 0, "1m"},
        Expected{"KRW-BTC_3m_2020-02-20.csv", 300, 1, "3m"}}) {
    const auto file = read_candles(shared_data() / "candles" / name);
    ASSERT_TRUE(file) << file.error().message;
    EXPECT_EQ(file->series.size(), candles) << name;
    EXPECT_EQ(file->facts.issues.gaps.gaps, gaps) << name;
    EXPECT_EQ(file->facts.timeframe->name(), timeframe) << name;
    EXPECT_EQ(file->facts.issues.disorder.count + file->facts.issues.misaligned.count, 0U) << name;
  }
  EXPECT_EQ(read_candles(shared_data() / "candles/GOOG.csv")->facts.timeframe->name(), "1d");
  EXPECT_EQ(read_candles(shared_data() / "candles/EURUSD.csv")->facts.timeframe->name(), "1h");
}

TEST_F(candle_import, recorded_upbit_pages_equal_the_recorded_series) {
  SKIP_WITHOUT_SHARED_DATA();
  for (const char* page : {"rest_1m_20200220_170000-20200220_202000.json",
                           "rest_1m_20200220_202000-20200220_210000.json"}) {
    const auto report = import_candles(shared_data() / "upbit" / page, store_);
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(report->facts.issues, ImportIssues{}) << "newest first is how pages are";
  }
  const auto& candles = store_.candles("BTC_KRW", "1m");
  const auto file = read_candles(shared_data() / "candles/KRW-BTC_1m_2020-02-20.csv");
  ASSERT_TRUE(file);
  ASSERT_EQ(candles.size(), file->series.size());
  std::size_t i = 0;
  for (const auto& [open_time, candle] : candles) EXPECT_EQ(candle, file->series[i++]);
}

}  // namespace
}  // namespace hts::csv
