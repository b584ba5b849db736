// GET /api/data/candles on a real server.

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "adapters/parquet/candle_extract.hpp"
#include "adapters/parquet/candle_files.hpp"
#include "candle_server.hpp"

namespace hts::testing {
namespace {

using boost::json::parse;
using http_test::Answer;

const std::string daily = "?symbol=BTC_KRW&timeframe=1d";

TEST(CandleApi, lists_the_years_with_their_hashes) {
  CandleServer server;
  server.store_days("2023-12-30T00:00:00Z", 4);
  const Answer answer = server.get("/years" + daily);
  ASSERT_EQ(answer.status, 200) << answer.body;
  const auto json = parse(answer.body);
  EXPECT_EQ(json.at("symbol").as_string(), "BTC_KRW");
  EXPECT_EQ(json.at("timeframe").as_string(), "1d");
  ASSERT_EQ(json.at("years").as_array().size(), 2U);
  EXPECT_EQ(json.at("count").as_int64(), 2);
  const auto& first = json.at("years").at(0);
  EXPECT_EQ(first.at("year").as_int64(), 2023);
  const std::string stored = content_of(server.root() / "BTC_KRW" / "1d" / "2023.parquet");
  EXPECT_EQ(first.at("bytes").as_int64(), static_cast<std::int64_t>(stored.size()));
  EXPECT_EQ(first.at("sha256").as_string().size(), 64U);
  const Answer later = server.get("/years" + daily + "&from=2024-06-01");
  EXPECT_EQ(parse(later.body).at("count").as_int64(), 1);
}

TEST(CandleApi, sends_a_year_as_it_lies_on_the_disk) {
  CandleServer server;
  // Larger than several blocks of a download.
  const auto minutes = candles_from(at("2024-01-01T00:00:00Z"), 200'000);
  ASSERT_TRUE(ports::write_all_years(server.candles, symbol("BTC_KRW"), market::Timeframe::minute(),
                                     minutes.view()));
  const std::string query = "?symbol=KRW-BTC&timeframe=1m&year=2024";
  const Answer answer = server.get(query);
  ASSERT_EQ(answer.status, 200) << answer.body;
  const std::string stored = content_of(server.root() / "BTC_KRW" / "1m" / "2024.parquet");
  ASSERT_GT(stored.size(), 1'000'000U);
  EXPECT_EQ(answer.header("content-length"), std::to_string(stored.size()));
  EXPECT_EQ(answer.header("content-type"), "application/vnd.apache.parquet");
  EXPECT_TRUE(answer.body == stored);
  const Answer head = http_test::request(server.port(), "HEAD", "/api/data/candles" + query);
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.header("content-length"), std::to_string(stored.size()));
}

TEST(CandleApi, sends_nothing_that_the_client_has) {
  CandleServer server;
  server.store_days("2024-01-01T00:00:00Z", 10);
  const std::string tag = server.get(daily + "&year=2024").header("etag");
  ASSERT_EQ(tag.size(), 66U);
  const Answer known = server.get(daily + "&year=2024", "If-None-Match: \"x\", " + tag + "\r\n");
  EXPECT_EQ(known.status, 304);
  EXPECT_EQ(known.header("etag"), tag);
  EXPECT_EQ(known.body, "");
  EXPECT_EQ(known.header("content-type"), "");
  server.store_days("2024-01-01T00:00:00Z", 10, 5);
  const Answer changed = server.get(daily + "&year=2024", "If-None-Match: " + tag + "\r\n");
  EXPECT_EQ(changed.status, 200);
  EXPECT_NE(changed.header("etag"), tag);
}

TEST(CandleApi, sends_a_range_over_years_as_one_file) {
  CandleServer server;
  server.store_days("2023-12-01T00:00:00Z", 60);
  const Answer answer = server.get(daily + "&from=2023-12-30&to=2024-01-02");
  ASSERT_EQ(answer.status, 200) << answer.body;
  const TemporaryFolder folder;
  const auto file = folder.path() / "got.parquet";
  std::ofstream(file, std::ios::binary) << answer.body;
  parquet::DuckdbCandleFormat format(nullptr);
  market::CandleSeries got;
  ASSERT_TRUE(format.append(file, {}, got));
  const auto wanted =
      server.candles.load(symbol("BTC_KRW"), market::Timeframe::day(),
                          time::parse_date_range("2023-12-30", "2024-01-02").value());
  ASSERT_TRUE(wanted);
  EXPECT_EQ(got.view().size(), 4U);
  EXPECT_EQ(got.view().close[3], wanted->view().close[3]);
  const Answer all = server.get(daily);
  EXPECT_EQ(all.status, 200);
  EXPECT_EQ(server.get(daily, "If-None-Match: " + all.header("etag") + "\r\n").status, 304);
}

TEST(CandleApi, says_what_is_wrong_with_a_request) {
  CandleServer server;
  server.store_days("2024-01-01T00:00:00Z", 10);
  const struct {
    std::string query;
    int status;
    std::string field;
  } cases[] = {
      {"?timeframe=1d", 422, "symbol"},
      {"?symbol=BTC_KRW", 422, "timeframe"},
      {"?symbol=nonsense&timeframe=1d", 400, "symbol"},
      {"?symbol=../../x&timeframe=1d", 400, "symbol"},
      {"?symbol=BTC_KRW&timeframe=7m", 422, "timeframe"},
      {daily + "&year=last", 422, "year"},
      {daily + "&year=2024&from=2024-01-01", 422, "year"},
      {daily + "&from=yesterday", 422, "from"},
      {daily + "&from=2024-01-05&to=2024-01-01", 422, "to"},
      {daily + "&year=2019", 404, "year"},
      {"?symbol=ETH_KRW&timeframe=1d", 404, "symbol"},
      {"?symbol=ETH_KRW&timeframe=1d&year=2024", 404, "symbol"},
      {"?symbol=BTC_KRW&timeframe=1h", 404, "symbol"},
      {daily + "&from=2020-01-01&to=2020-02-01", 404, "from"},
      {"/years?symbol=ETH_KRW&timeframe=1d", 404, "symbol"},
  };
  for (const auto& one : cases) {
    const Answer answer = server.get(one.query);
    EXPECT_EQ(answer.status, one.status) << one.query << answer.body;
    const auto json = parse(answer.body);
    EXPECT_EQ(json.at("field").as_string(), one.field) << one.query;
    EXPECT_EQ(answer.body.find("start_date:"), std::string::npos) << one.query;
    EXPECT_EQ(answer.body.find(server.root().string()), std::string::npos) << one.query;
  }
}

TEST(CandleApi, refuses_more_candles_than_it_may_hold) {
  CandleServer server;
  server.store_days("2023-12-01T00:00:00Z", 60);
  parquet::DuckdbCandleFormat format(nullptr);
  const TemporaryFolder folder;
  const auto extract = [&](std::uint64_t most) {
    return parquet::extract_candles(server.candles, format, folder.path(), symbol("BTC_KRW"),
                                    market::Timeframe::day(), {}, most);
  };
  const auto refused = extract(59);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, result::ErrorCode::too_large);
  EXPECT_EQ(refused.error().field, "from");
  const auto file = extract(60);
  ASSERT_TRUE(file);
  EXPECT_GT(file->facts().bytes, 100U);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(CandleFiles, keep_what_they_opened_when_a_write_replaces_it) {
  CandleServer server;
  server.store_days("2024-01-01T00:00:00Z", 10);
  parquet::CandleFiles files(server.root());
  const auto before = files.open(symbol("BTC_KRW"), market::Timeframe::day(), 2024);
  ASSERT_TRUE(before);
  const std::string stored = content_of(server.root() / "BTC_KRW" / "1d" / "2024.parquet");
  server.store_days("2024-01-01T00:00:00Z", 10, 7);
  std::string read(before->facts().bytes, '\0');
  ASSERT_TRUE(before->read_at(0, std::as_writable_bytes(std::span{read})));
  EXPECT_TRUE(read == stored);
  const auto after = files.list(symbol("BTC_KRW"), market::Timeframe::day());
  ASSERT_TRUE(after);
  EXPECT_NE(after->at(0).sha256, before->facts().sha256);
}

}  // namespace
}  // namespace hts::testing
