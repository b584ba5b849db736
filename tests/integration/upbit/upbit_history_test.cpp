#include "adapters/upbit/upbit_history.hpp"

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "adapters/csv/candle_import.hpp"
#include "integration/upbit/recorded_upbit.hpp"
#include "unit/csv/memory_candle_store.hpp"

namespace hts::upbit {
namespace {

using result::ErrorCode;
using std::chrono::milliseconds;

const std::string minutes_path = "/v1/candles/minutes/1";

time::Timestamp at(std::string_view text) {
  return *time::parse_iso8601(text);
}

class upbit_history : public testing::Test {
 protected:
  /// A client in virtual time: sleeping moves the clock.
  UpbitClient client() {
    ClientOptions options;
    options.base_url = server_.base_url();
    options.timeout = timeout_;
    options.now = [this] { return now_; };
    options.sleep = [this](milliseconds duration) {
      sleeps_.push_back(duration);
      now_ += duration;
    };
    options.jitter = [] { return 0.5; };
    options.cancelled = cancelled_;
    return UpbitClient(options);
  }

  HistoryReport fetch(std::string_view begin, std::string_view end, const char* timeframe = "1m",
                      const char* symbol = "KRW-BTC") {
    UpbitClient fresh = client();
    return fetch_history(fresh, store_, *market::Symbol::parse(symbol),
                         *market::Timeframe::parse(timeframe), {at(begin), at(end)}, options_);
  }

  /// Minutes with prices that say which minute it is.
  void add_minutes(std::string_view begin, int count) {
    for (int i = 0; i < count; ++i) {
      server_.add_candle(minutes_path, at(begin) + std::chrono::minutes{i}, 1 + i);
    }
  }

  const csv::MemoryCandleStore::Candles& stored(const char* timeframe = "1m") {
    return store_.candles("BTC_KRW", timeframe);
  }

  RecordedUpbit server_;
  csv::MemoryCandleStore store_;
  HistoryOptions options_;
  milliseconds timeout_{10'000};
  time::Timestamp now_ = at("2020-02-20T12:00:30Z");
  std::vector<milliseconds> sleeps_;
  std::function<bool()> cancelled_;
};

std::filesystem::path recorded(std::string_view name) {
  return std::filesystem::path{HTS_SOURCE_DIR} / ".." / "shared" / "data" / name;
}

TEST_F(upbit_history, recorded_minutes_come_out_as_the_recorded_series) {
  if (!std::filesystem::exists(recorded("upbit"))) GTEST_SKIP() << "no ../shared/data here";
  server_.add_page(minutes_path, recorded("upbit/rest_1m_20200220_170000-20200220_202000.json"));
  server_.add_page(minutes_path, recorded("upbit/rest_1m_20200220_202000-20200220_210000.json"));
  const HistoryReport report = fetch("2020-02-20T08:00:00Z", "2020-02-20T12:00:00Z");
  ASSERT_FALSE(report.stopped_by) << report.stopped_by->message;
  EXPECT_EQ(report.pages, 2U);
  EXPECT_EQ(report.written.added, 240U);
  EXPECT_EQ(report.complete_from, at("2020-02-20T08:00:00Z"));

  const auto file = csv::read_candles(recorded("candles/KRW-BTC_1m_2020-02-20.csv"));
  ASSERT_TRUE(file);
  ASSERT_EQ(stored().size(), file->series.size());
  std::size_t i = 0;
  for (const auto& [open_time, candle] : stored()) EXPECT_EQ(candle, file->series[i++]);
}

TEST_F(upbit_history, recorded_three_minute_pages_with_a_hole_come_out_as_the_recorded_series) {
  if (!std::filesystem::exists(recorded("upbit"))) GTEST_SKIP() << "no ../shared/data here";
  for (const char* page : {"rest_3m_20200220_000000-20200220_100000.json",
                           "rest_3m_20200220_100000-20200220_120000.json",
                           "rest_3m_20200220_170000-20200220_200000.json"}) {
    server_.add_page("/v1/candles/minutes/3", recorded("upbit") / page);
  }
  const HistoryReport report = fetch("2020-02-19T00:00:00Z", "2020-02-20T12:00:00Z", "3m");
  ASSERT_FALSE(report.stopped_by) << report.stopped_by->message;
  EXPECT_TRUE(report.market_begins_here);
  const auto file = csv::read_candles(recorded("candles/KRW-BTC_3m_2020-02-20.csv"));
  ASSERT_TRUE(file);
  ASSERT_EQ(stored("3m").size(), file->series.size());
  std::size_t i = 0;
  for (const auto& [open_time, candle] : stored("3m")) EXPECT_EQ(candle, file->series[i++]);
}

TEST_F(upbit_history, pages_go_backwards_by_the_oldest_candle) {
  add_minutes("2020-02-20T00:00:00Z", 500);
  const HistoryReport report = fetch("2020-02-20T00:00:00Z", "2020-02-20T08:20:00Z");
  ASSERT_FALSE(report.stopped_by) << report.stopped_by->message;
  EXPECT_EQ(server_.requests(),
            (std::vector<std::string>{
                minutes_path + "?market=KRW-BTC&to=2020-02-20T08:20:00Z&count=200",
                minutes_path + "?market=KRW-BTC&to=2020-02-20T05:00:00Z&count=200",
                minutes_path + "?market=KRW-BTC&to=2020-02-20T01:40:00Z&count=200"}));
  EXPECT_EQ(stored().size(), 500U);
}

TEST_F(upbit_history, only_candles_of_the_range_are_kept) {
  add_minutes("2020-02-20T00:00:00Z", 500);
  ASSERT_FALSE(fetch("2020-02-20T03:00:00Z", "2020-02-20T04:00:00Z").stopped_by);
  ASSERT_EQ(stored().size(), 60U);
  EXPECT_EQ(stored().begin()->first, at("2020-02-20T03:00:00Z"));
  EXPECT_EQ(stored().rbegin()->first, at("2020-02-20T03:59:00Z"));
}

TEST_F(upbit_history, the_candle_still_forming_is_not_stored) {
  add_minutes("2020-02-20T11:55:00Z", 6);  // up to 12:00, and it is 12:00:30
  ASSERT_FALSE(fetch("2020-02-20T11:55:00Z", "2020-02-21T00:00:00Z").stopped_by);
  ASSERT_EQ(stored().size(), 5U);
  EXPECT_EQ(stored().rbegin()->first, at("2020-02-20T11:59:00Z"));
}

TEST_F(upbit_history, a_market_that_began_later_is_no_failure) {
  add_minutes("2020-02-20T11:00:00Z", 10);
  const HistoryReport report = fetch("2010-01-01T00:00:00Z", "2020-02-20T12:00:00Z");
  EXPECT_FALSE(report.stopped_by);
  EXPECT_TRUE(report.market_begins_here);
  EXPECT_EQ(stored().size(), 10U);
}

TEST_F(upbit_history, requests_keep_a_pace_of_ten_a_second) {
  add_minutes("2020-02-20T00:00:00Z", 700);
  const auto begin = now_;
  const HistoryReport report = fetch("2020-02-20T00:00:00Z", "2020-02-20T11:40:00Z");
  EXPECT_EQ(report.requests, 4U);
  EXPECT_EQ(now_ - begin, milliseconds{300});
}

TEST_F(upbit_history, too_many_requests_waits_as_long_as_the_server_says) {
  add_minutes("2020-02-20T11:00:00Z", 10);
  server_.order({Fault::too_many_requests_wait_seven});
  const HistoryReport report = fetch("2020-02-20T11:00:00Z", "2020-02-20T11:10:00Z");
  EXPECT_FALSE(report.stopped_by);
  EXPECT_EQ(report.retries, 1U);
  EXPECT_EQ(sleeps_, (std::vector<milliseconds>{milliseconds{7'000}}));
  EXPECT_EQ(stored().size(), 10U);
}

TEST_F(upbit_history, too_many_requests_without_a_time_backs_off_exponentially) {
  add_minutes("2020-02-20T11:00:00Z", 10);
  server_.order(std::vector<Fault>(3, Fault::too_many_requests));
  const HistoryReport report = fetch("2020-02-20T11:00:00Z", "2020-02-20T11:10:00Z");
  EXPECT_FALSE(report.stopped_by);
  // Half of 0.5, 1 and 2 s, and half of the other half as jitter.
  EXPECT_EQ(sleeps_,
            (std::vector<milliseconds>{milliseconds{375}, milliseconds{750}, milliseconds{1500}}));
}

TEST_F(upbit_history, a_server_that_is_always_busy_is_given_up) {
  server_.order(std::vector<Fault>(100, Fault::too_many_requests));
  const HistoryReport report = fetch("2020-02-20T11:00:00Z", "2020-02-20T11:10:00Z");
  ASSERT_TRUE(report.stopped_by);
  EXPECT_EQ(report.stopped_by->code, ErrorCode::unavailable);
  EXPECT_EQ(report.requests, 8U);
  EXPECT_FALSE(report.complete_from);
  EXPECT_EQ(store_.commits, 0);
}

class upbit_history_fault : public upbit_history, public testing::WithParamInterface<Fault> {};

TEST_P(upbit_history_fault, that_passes_changes_nothing_in_the_result) {
  timeout_ = milliseconds{300};
  add_minutes("2020-02-20T00:00:00Z", 500);
  server_.order({Fault::none, GetParam(), GetParam()});
  const HistoryReport report = fetch("2020-02-20T00:00:00Z", "2020-02-20T08:20:00Z");
  ASSERT_FALSE(report.stopped_by) << report.stopped_by->message;
  EXPECT_EQ(report.retries, 2U);
  ASSERT_EQ(stored().size(), 500U);
  double price = 1;
  for (const auto& [open_time, candle] : stored()) EXPECT_EQ(candle.close, price++);
}

TEST_P(upbit_history_fault, that_stays_keeps_what_was_fetched_and_the_next_run_goes_on) {
  timeout_ = milliseconds{300};
  add_minutes("2020-02-20T00:00:00Z", 500);
  server_.order({Fault::none, GetParam(), GetParam(), GetParam(), GetParam(), GetParam()});
  const HistoryReport broken = fetch("2020-02-20T00:00:00Z", "2020-02-20T08:20:00Z");
  ASSERT_TRUE(broken.stopped_by);
  EXPECT_NE(broken.stopped_by->message.find("Tried 5 times"), std::string::npos);
  EXPECT_EQ(broken.complete_from, at("2020-02-20T05:00:00Z"));
  EXPECT_EQ(stored().size(), 200U);

  const std::size_t requests_before = server_.requests().size();
  const HistoryReport continued = fetch("2020-02-20T00:00:00Z", "2020-02-20T08:20:00Z");
  EXPECT_FALSE(continued.stopped_by);
  EXPECT_EQ(continued.skipped, 200U);
  EXPECT_EQ(continued.pages, 2U);
  EXPECT_EQ(continued.written.added, 300U);
  EXPECT_NE(server_.requests()[requests_before].find("to=2020-02-20T05:00:00Z"), std::string::npos);
  EXPECT_EQ(stored().size(), 500U);
}

INSTANTIATE_TEST_SUITE_P(each, upbit_history_fault,
                         testing::Values(Fault::server_error, Fault::not_json, Fault::cut_off_body,
                                         Fault::stall, Fault::hang_up));

TEST_F(upbit_history, a_server_that_repeats_itself_is_noticed) {
  add_minutes("2020-02-20T00:00:00Z", 500);
  server_.order({Fault::none, Fault::same_page_again});
  const HistoryReport report = fetch("2020-02-20T00:00:00Z", "2020-02-20T08:20:00Z");
  ASSERT_TRUE(report.stopped_by);
  EXPECT_EQ(report.stopped_by->code, ErrorCode::malformed);
  EXPECT_NE(report.stopped_by->message.find("the same ones again"), std::string::npos);
  EXPECT_EQ(stored().size(), 200U) << "the first page stays";
}

TEST_F(upbit_history, a_market_that_upbit_does_not_know_is_named) {
  const HistoryReport report =
      fetch("2020-02-20T00:00:00Z", "2020-02-20T08:20:00Z", "1m", "KRW-NONE");
  ASSERT_TRUE(report.stopped_by);
  EXPECT_EQ(report.stopped_by->code, ErrorCode::unknown_symbol);
  EXPECT_NE(report.stopped_by->message.find("KRW-NONE"), std::string::npos);
  EXPECT_NE(report.stopped_by->message.find("Code not found"), std::string::npos);
  EXPECT_EQ(report.requests, 1U) << "asking again would not help";
}

TEST_F(upbit_history, candles_of_another_market_are_refused) {
  add_minutes("2020-02-20T00:00:00Z", 10);
  server_.order({Fault::other_market});
  const HistoryReport report = fetch("2020-02-20T00:00:00Z", "2020-02-20T08:20:00Z");
  ASSERT_TRUE(report.stopped_by);
  EXPECT_NE(report.stopped_by->message.find("KRW-ETH instead of KRW-BTC"), std::string::npos);
  EXPECT_EQ(store_.commits, 0);
}

TEST_F(upbit_history, an_endless_answer_is_cut_short) {
  server_.order({Fault::huge_body});
  const HistoryReport report = fetch("2020-02-20T00:00:00Z", "2020-02-20T08:20:00Z");
  ASSERT_TRUE(report.stopped_by);
  EXPECT_EQ(report.stopped_by->code, ErrorCode::too_large);
}

TEST_F(upbit_history, what_the_catalog_has_in_full_needs_no_request) {
  add_minutes("2020-02-20T00:00:00Z", 500);
  ASSERT_FALSE(fetch("2020-02-20T00:00:00Z", "2020-02-20T08:20:00Z").stopped_by);
  const std::size_t requests = server_.requests().size();
  const HistoryReport again = fetch("2020-02-20T00:00:00Z", "2020-02-20T08:20:00Z");
  EXPECT_EQ(again.requests, 0U);
  EXPECT_EQ(again.skipped, 500U);
  EXPECT_EQ(again.complete_from, at("2020-02-20T00:00:00Z"));
  EXPECT_EQ(server_.requests().size(), requests);
}

TEST_F(upbit_history, a_hole_in_the_catalog_is_filled) {
  add_minutes("2020-02-20T00:00:00Z", 100);
  ASSERT_FALSE(fetch("2020-02-20T00:00:00Z", "2020-02-20T00:30:00Z").stopped_by);
  ASSERT_FALSE(fetch("2020-02-20T01:00:00Z", "2020-02-20T01:40:00Z").stopped_by);
  const HistoryReport report = fetch("2020-02-20T00:00:00Z", "2020-02-20T01:40:00Z");
  EXPECT_EQ(report.requests, 1U);
  EXPECT_EQ(report.skipped, 40U) << "the page that fills the hole covers the rest too";
  EXPECT_EQ(report.written.added, 30U);
  EXPECT_EQ(report.written.unchanged, 30U);
  EXPECT_EQ(stored().size(), 100U);
}

TEST_F(upbit_history, a_range_over_new_year_goes_into_both_years) {
  now_ = at("2021-01-02T00:00:00Z");
  add_minutes("2020-12-31T23:00:00Z", 120);
  const HistoryReport report = fetch("2020-12-31T23:00:00Z", "2021-01-01T01:00:00Z");
  EXPECT_FALSE(report.stopped_by);
  EXPECT_EQ(store_.staged_years, (std::vector<int>{2020, 2021}));
  EXPECT_EQ(stored().size(), 120U);
}

TEST_F(upbit_history, what_arrived_is_merged_every_few_pages) {
  options_.pages_a_merge = 2;
  add_minutes("2020-02-20T00:00:00Z", 700);
  ASSERT_FALSE(fetch("2020-02-20T00:00:00Z", "2020-02-20T11:40:00Z").stopped_by);
  EXPECT_EQ(store_.commits, 2);
  EXPECT_EQ(stored().size(), 700U);
}

TEST_F(upbit_history, a_stopped_fetch_keeps_what_it_has) {
  add_minutes("2020-02-20T00:00:00Z", 500);
  cancelled_ = [this] { return server_.requests().size() >= 2; };
  const HistoryReport report = fetch("2020-02-20T00:00:00Z", "2020-02-20T08:20:00Z");
  ASSERT_TRUE(report.stopped_by);
  EXPECT_EQ(report.stopped_by->code, ErrorCode::cancelled);
  EXPECT_GE(stored().size(), 200U);
  EXPECT_LT(stored().size(), 500U);
  EXPECT_EQ(report.complete_from, stored().begin()->first);
}

TEST_F(upbit_history, a_full_disk_ends_the_fetch_at_the_first_merge) {
  options_.pages_a_merge = 1;
  store_.refuse_stage = true;
  add_minutes("2020-02-20T00:00:00Z", 500);
  const HistoryReport report = fetch("2020-02-20T00:00:00Z", "2020-02-20T08:20:00Z");
  ASSERT_TRUE(report.stopped_by);
  EXPECT_EQ(report.stopped_by->message, "The disk is full.");
  EXPECT_EQ(report.requests, 1U);
  EXPECT_FALSE(report.complete_from);
}

TEST_F(upbit_history, a_range_in_the_future_is_refused_without_a_request) {
  const HistoryReport report = fetch("2030-01-01T00:00:00Z", "2030-01-02T00:00:00Z");
  ASSERT_TRUE(report.stopped_by);
  EXPECT_EQ(report.stopped_by->field, "from");
  EXPECT_TRUE(server_.requests().empty());
}

TEST_F(upbit_history, progress_runs_from_nothing_to_the_whole_range) {
  add_minutes("2020-02-20T00:00:00Z", 500);
  std::vector<double> shares;
  options_.progress = [&](time::Duration done, time::Duration total) {
    shares.push_back(static_cast<double>(done.count()) / static_cast<double>(total.count()));
  };
  ASSERT_FALSE(fetch("2020-02-20T00:00:00Z", "2020-02-20T08:20:00Z").stopped_by);
  EXPECT_EQ(shares, (std::vector<double>{0, 0.4, 0.8, 1}));
}

TEST(upbit_client, an_address_that_nobody_answers_is_named) {
  std::string address;
  {
    const RecordedUpbit gone;
    address = gone.base_url();
  }
  ClientOptions options;
  options.base_url = address;
  options.failure_tries = 2;
  options.sleep = [](milliseconds) {};
  UpbitClient client(options);
  const auto page = client.page_before(*market::Symbol::parse("KRW-BTC"),
                                       market::Timeframe::minute(), at("2020-02-20T00:00:00Z"));
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().code, ErrorCode::network);
  EXPECT_NE(page.error().message.find(address), std::string::npos);
  EXPECT_EQ(client.requests(), 2U);
}

TEST(upbit_client, an_address_that_is_none_is_not_tried_again) {
  for (const char* address : {"file:///etc", "gopher://127.0.0.1", "nonsense://x"}) {
    ClientOptions options;
    options.base_url = address;
    options.sleep = [](milliseconds) {};
    UpbitClient client(options);
    const auto page = client.page_before(*market::Symbol::parse("KRW-BTC"),
                                         market::Timeframe::minute(), at("2020-02-20"));
    ASSERT_FALSE(page) << address;
    EXPECT_EQ(page.error().code, ErrorCode::invalid) << address << page.error().message;
    EXPECT_EQ(client.requests(), 1U);
  }
}

TEST(upbit_client, each_timeframe_has_its_endpoint) {
  const auto symbol = *market::Symbol::parse("KRW-BTC");
  const auto url = [&](const char* timeframe) {
    const std::string whole = page_url("http://x", symbol, *market::Timeframe::parse(timeframe),
                                       at("2020-02-20T11:20:00.001Z"));
    return whole.substr(0, whole.find('?'));
  };
  EXPECT_EQ(url("1m"), "http://x/v1/candles/minutes/1");
  EXPECT_EQ(url("1h"), "http://x/v1/candles/minutes/60");
  EXPECT_EQ(url("4h"), "http://x/v1/candles/minutes/240");
  EXPECT_EQ(url("1d"), "http://x/v1/candles/days");
  EXPECT_EQ(url("1w"), "http://x/v1/candles/weeks");
  EXPECT_TRUE(
      page_url("http://x", symbol, market::Timeframe::minute(), at("2020-02-20T11:20:00.001Z"))
          .ends_with("?market=KRW-BTC&to=2020-02-20T11:20:01Z&count=200"));
}

}  // namespace
}  // namespace hts::upbit
