#include <optional>
#include <thread>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api_under_test.hpp"

namespace hts::http_test {
namespace {

using boost::json::parse;
using boost::json::value;
using testing::HasSubstr;
using testing::Not;

const std::string first_id = "abcdef00-0000-4000-8000-000000000001";

std::string with(const std::string& from, const std::string& to) {
  std::string body = run_body();
  body.replace(body.find(from), from.size(), to);
  return body;
}

/// A request of the mode `portfolio` with this value of the member `portfolio`.
std::string portfolio(const std::string& options) {
  return with("\"unknown\":[{}]", "\"mode\":\"portfolio\",\"portfolio\":" + options);
}

TEST(BacktestApi, answers_a_run_in_the_form_that_clients_read) {
  ApiUnderTest api;
  const Answer answer = api.post_run(run_body("mine"));
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.header("content-type"), "application/json");
  const value json = parse(answer.body);
  EXPECT_EQ(text_of(json, "version"), "1.1.0");
  EXPECT_EQ(text_of(json, "run_id"), first_id);
  EXPECT_EQ(text_of(json, "timeframe"), "1h");
  EXPECT_EQ(text_of(json, "description"), "mine");
  EXPECT_EQ(json.at("params").at("volume_window").to_number<int>(), 30);
  EXPECT_EQ(json.at("params").at("num_bins").to_number<int>(), 20);
  EXPECT_EQ(json.at("symbols").as_array().size(), 2U);
  EXPECT_EQ(json.at("symbols").at(0).at("signals").at(0).at("return_pct").to_number<double>(),
            0.05);
  EXPECT_EQ(api.get("/api/backtests/" + first_id).body, answer.body);
  EXPECT_EQ(api.get("/api/backtests/ABCDEF00-0000-4000-8000-000000000001").body, answer.body);
  EXPECT_EQ(api.get("/api/backtests/latest").body, answer.body);
}

TEST(BacktestApi, names_the_field_that_is_missing_or_wrong) {
  struct Mistake {
    std::string body;
    int status;
    std::string field;
  };
  std::string many_symbols = "[\"KRW-BTC\"";
  for (int i = 0; i < 1000; ++i) many_symbols += ",\"KRW-A" + std::to_string(i) + "\"";
  many_symbols += "]";
  const std::string symbols = R"(["KRW-BTC","ETH_KRW"])";
  const std::vector<Mistake> mistakes = {
      {"", 400, "body"},
      {"{", 400, ""},
      {"not json", 400, ""},
      {"[]", 422, "body"},
      {"{}", 422, "strategy"},
      {with("\"volume_zone_breakout\"", "7"), 422, "strategy"},
      {with("volume_zone_breakout", "moon"), 422, "strategy"},
      {with("{\"volume_window\":30}", "[]"), 422, "params"},
      {with("30", "\"30\""), 422, "params.volume_window"},
      {with("30", "{}"), 422, "params.volume_window"},
      {with("30", "1"), 422, "params.volume_window"},
      {with("volume_window", "speed"), 422, "params.speed"},
      {with(symbols, "\"KRW-BTC\""), 422, "symbols"},
      {with(symbols, "[]"), 422, "symbols"},
      {with(symbols, "null"), 422, "symbols"},
      {with(symbols, many_symbols), 422, "symbols"},
      {with("\"ETH_KRW\"", "5"), 422, "symbols[1]"},
      {with("\"ETH_KRW\"", "\"KRW-BTC\""), 422, "symbols[1]"},
      {with("\"ETH_KRW\"", "\"???\""), 400, "symbols[1]"},
      {with("\"2024-01-01\"", "20240101"), 422, "start_date"},
      {with("2024-12-31", "2023-12-31"), 422, "end_date"},
      {with("1H", "2h"), 422, "timeframe"},
      {with("\"unknown\":[{}]", "\"mode\":\"sideways\""), 422, "mode"},
      {with("\"unknown\":[{}]", "\"fresh\":1"), 422, "fresh"},
      {with("\"unknown\":[{}]", "\"portfolio\":{\"cash\":1}"), 422, "portfolio.cash"},
      {portfolio("[]"), 422, "portfolio"},
      {portfolio("{\"cash\":-5}"), 422, "portfolio.cash"},
      {portfolio("{\"cash\":true}"), 422, "portfolio.cash"},
      {portfolio("{\"lots\":1}"), 422, "portfolio.lots"},
      {portfolio("{\"lot\":{\"KRW-DOGE\":1}}"), 422, "portfolio.lot"},
      {portfolio("{\"fee_tier\":[\"1:0:0\",\"x\"]}"), 422, "portfolio.fee_tier"},
      {portfolio("{},\"strategies\":\"macd\""), 422, "strategies"},
      {portfolio("{},\"strategies\":[7]"), 422, "strategies[0]"},
      {portfolio("{},\"symbol_params\":[]"), 422, "symbol_params"},
      {portfolio("{},\"symbol_params\":{\"KRW-BTC\":{\"volume_window\":1}}"), 422,
       "symbol_params.BTC_KRW.volume_window"},
      {portfolio("{},\"symbol_params\":{\"KRW-BTC\":7}"), 422, "symbol_params.KRW-BTC"},
      {portfolio("{},\"disabled_symbols\":[\"KRW-DOGE\"]"), 422, "disabled_symbols[0]"},
      {with("\"unknown\":[{}]", "\"timeout_seconds\":0"), 422, "timeout_seconds"},
      {with("\"unknown\":[{}]", "\"timeout_seconds\":3600.5"), 422, "timeout_seconds"},
      {with("\"unknown\":[{}]", "\"timeout_seconds\":\"1\""), 422, "timeout_seconds"},
  };
  ApiUnderTest api;
  for (const Mistake& mistake : mistakes) {
    const Answer answer = api.post_run(mistake.body);
    EXPECT_EQ(answer.status, mistake.status) << mistake.body.substr(0, 200) << answer.body;
    EXPECT_EQ(answer.header("content-type"), "application/problem+json");
    const value problem = parse(answer.body);
    if (!mistake.field.empty()) {
      EXPECT_EQ(text_of(problem, "field"), mistake.field) << answer.body;
    }
    EXPECT_EQ(problem.at("status").to_number<int>(), mistake.status);
    EXPECT_EQ(text_of(problem, "instance"), "/api/backtests/run");
    EXPECT_EQ(text_of(problem, "request_id"), answer.header("x-request-id"));
    EXPECT_TRUE(text_of(problem, "detail").ends_with(".")) << answer.body;
  }
  EXPECT_EQ(parse(api.get("/api/backtests/history").body).at("total").to_number<int>(), 0);
}

TEST(BacktestApi, refuses_deep_nesting_and_a_body_over_one_mebibyte) {
  ApiUnderTest api;
  const std::string deep = std::string(10'000, '[') + std::string(10'000, ']');
  EXPECT_EQ(api.post_run(deep).status, 400);
  EXPECT_EQ(api.post_run(with("[{}]", deep)).status, 400);
  const std::string filler(1'048'576 - run_body().size(), ' ');
  EXPECT_EQ(api.post_run(run_body() + filler).status, 200);
  EXPECT_EQ(api.post_run(run_body() + filler + ' ').status, 413);
}

TEST(BacktestApi, takes_any_media_type_that_may_be_json) {
  ApiUnderTest api;
  const auto status_of = [&](const std::string& fields, const std::string& body) {
    return request(api.port(), "POST", "/api/backtests/run", body, fields).status;
  };
  EXPECT_EQ(status_of("", run_body()), 200);
  EXPECT_EQ(status_of("Content-Type: application/json; charset=utf-8\r\n", run_body()), 200);
  EXPECT_EQ(status_of("Content-Type: application/vnd.x+JSON\r\n", run_body()), 200);
  EXPECT_EQ(status_of("Content-Type: application/x-www-form-urlencoded\r\n", run_body()), 200);
  EXPECT_EQ(status_of("Content-Type: application/x-www-form-urlencoded\r\n", "a=b"), 415);
  EXPECT_EQ(status_of("Content-Type: text/html\r\n", run_body()), 415);
  EXPECT_EQ(status_of("Content-Type: multipart/form-data\r\n", run_body()), 415);
}

TEST(BacktestApi, passes_on_what_the_scheduler_says) {
  ApiUnderTest api;
  const auto failing = [&](result::ErrorCode code) {
    return api.post_run(run_body("fail:" + std::to_string(static_cast<int>(code))));
  };
  EXPECT_EQ(failing(result::ErrorCode::unknown_symbol).status, 400);
  const Answer none = failing(result::ErrorCode::not_found);
  EXPECT_EQ(none.status, 404);
  EXPECT_EQ(text_of(parse(none.body), "field"), "symbols[0]");
  const Answer full = failing(result::ErrorCode::unavailable);
  EXPECT_EQ(full.status, 503);
  EXPECT_NE(full.header("retry-after"), "");
  EXPECT_EQ(failing(result::ErrorCode::cancelled).status, 503);
  const Answer broken = failing(result::ErrorCode::storage);
  EXPECT_EQ(broken.status, 500);
  EXPECT_THAT(broken.body, Not(HasSubstr("secret")));
}

TEST(BacktestApi, answers_504_when_the_run_takes_longer_than_the_client_allows) {
  ApiUnderTest api;
  std::string body = run_body("hold");
  body.replace(body.find("\"unknown\":[{}]"), 14, "\"timeout_seconds\":0.02");
  const Answer answer = api.post_run(body);
  EXPECT_EQ(answer.status, 504) << answer.body;
  EXPECT_EQ(text_of(parse(answer.body), "field"), "timeout_seconds");
}

TEST(BacktestApi, answers_a_run_that_finishes_while_the_server_drains) {
  ApiUnderTest api;
  LoopbackClient client{api.port()};
  const std::string body = run_body("hold");
  client.send("POST /api/backtests/run HTTP/1.1\r\nHost: t\r\nContent-Length: " +
              std::to_string(body.size()) + "\r\n\r\n" + body);
  auto held = api.held.take();
  LoopbackClient idle{api.port()};
  idle.exchange("GET /health HTTP/1.1\r\nHost: t\r\n\r\n");
  Handover<std::size_t> drained;
  api.server().drain(std::chrono::seconds{20}, [&](std::size_t cut) { drained.put(cut); });
  EXPECT_TRUE(idle.closed_by_server());
  held.reply(api.finish(*held.request));
  const Answer answer = client.receive();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("connection"), "close");
  EXPECT_EQ(text_of(parse(answer.body), "run_id"), first_id);
  EXPECT_EQ(drained.take(), 0U);
}

TEST(BacktestApi, lists_runs_newest_first_in_pages) {
  ApiUnderTest api;
  for (const char* name : {"a", "b", "c"}) ASSERT_EQ(api.post_run(run_body(name)).status, 200);
  const value page = parse(api.get("/api/backtests/history?limit=2&offset=1").body);
  EXPECT_EQ(page.at("total").to_number<int>(), 3);
  EXPECT_EQ(page.at("count").to_number<int>(), 2);
  EXPECT_EQ(page.at("limit").to_number<int>(), 2);
  EXPECT_EQ(page.at("offset").to_number<int>(), 1);
  EXPECT_EQ(text_of(page.at("history").at(0), "description"), "b");
  EXPECT_EQ(text_of(page.at("history").at(1), "description"), "a");
  const value beyond = parse(api.get("/api/backtests/history?offset=9").body);
  EXPECT_EQ(beyond.at("count").to_number<int>(), 0);
  EXPECT_EQ(beyond.at("limit").to_number<int>(), 50);
}

TEST(BacktestApi, refuses_pages_that_make_no_sense) {
  ApiUnderTest api;
  const std::vector<std::pair<std::string, std::string>> mistakes = {
      {"limit=0", "limit"},    {"limit=-1", "limit"},   {"limit=1001", "limit"},
      {"limit=x", "limit"},    {"limit=", "limit"},     {"limit=1.5", "limit"},
      {"offset=-1", "offset"}, {"offset=1e3", "offset"}};
  for (const auto& [query, field] : mistakes) {
    const Answer answer = api.get("/api/backtests/history?" + query);
    EXPECT_EQ(answer.status, 422) << query;
    EXPECT_EQ(text_of(parse(answer.body), "field"), field);
  }
  EXPECT_EQ(api.get("/api/backtests/history?limit=%zz").status, 400);
}

TEST(BacktestApi, tells_an_unknown_run_from_an_id_that_is_none) {
  ApiUnderTest api;
  EXPECT_EQ(api.get("/api/backtests/latest").status, 404);
  for (const std::string& path :
       {"/api/backtests/" + unknown_id, "/api/backtests/" + unknown_id + "/download"}) {
    const Answer answer = api.get(path);
    EXPECT_EQ(answer.status, 404) << path;
    EXPECT_EQ(text_of(parse(answer.body), "field"), "run_id");
  }
  for (const std::string id : {"1", "zzzzzzzz-0000-4000-8000-000000000000",
                               "00000000-0000-4000-8000-0000000000000", "a%20b", "%ED%95%9C"}) {
    const Answer answer = api.get("/api/backtests/" + id);
    EXPECT_EQ(answer.status, 422) << id;
    EXPECT_EQ(text_of(parse(answer.body), "field"), "run_id");
  }
  EXPECT_EQ(api.get("/api/backtests/%2e%2e").status, 400);
  EXPECT_EQ(api.get("/api/backtests/%00").status, 400);
}

TEST(BacktestApi, gives_a_run_as_a_file) {
  ApiUnderTest api;
  ASSERT_EQ(api.post_run(run_body()).status, 200);
  const std::string path = "/api/backtests/" + first_id + "/download";
  const Answer json = api.get(path);
  EXPECT_EQ(json.header("content-disposition"),
            "attachment; filename=\"backtest-" + first_id + ".json\"");
  EXPECT_EQ(parse(json.body), parse(api.get("/api/backtests/" + first_id).body));
  const Answer csv = api.get(path + "?format=csv");
  EXPECT_EQ(csv.header("content-type"), "text/csv; charset=utf-8");
  EXPECT_EQ(csv.header("content-disposition"),
            "attachment; filename=\"backtest-" + first_id + ".csv\"");
  EXPECT_EQ(csv.body,
            "symbol,type,timestamp,entry_price,exit_timestamp,exit_price,return_pct,confidence\n"
            "BTC_KRW,buy,2020-02-20T08:20:00Z,100.0,2020-02-20T08:21:00Z,105.0,0.05,0.5\n"
            "ETH_KRW,buy,2020-02-20T08:20:00Z,100.0,2020-02-20T08:21:00Z,105.0,0.05,0.5\n");
  const Answer other = api.get(path + "?format=xml");
  EXPECT_EQ(other.status, 422);
  EXPECT_EQ(text_of(parse(other.body), "field"), "format");
}

TEST(BacktestApi, flags_a_symbol_of_a_run) {
  ApiUnderTest api;
  ASSERT_EQ(api.post_run(run_body()).status, 200);
  const auto patch = [&](const std::string& path, const std::string& body) {
    return request(api.port(), "PATCH", "/api/backtests/" + path, body);
  };
  const Answer answer = patch(first_id + "/symbols/KRW-ETH", R"({"is_active":false})");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(parse(answer.body),
            parse(R"({"run_id":")" + first_id + R"(","symbol":"ETH_KRW","is_active":false})"));
  const value run = parse(api.get("/api/backtests/" + first_id).body);
  EXPECT_TRUE(run.at("symbols").at(0).at("is_active").as_bool());
  EXPECT_FALSE(run.at("symbols").at(1).at("is_active").as_bool());

  EXPECT_EQ(patch(unknown_id + "/symbols/KRW-ETH", R"({"is_active":true})").status, 404);
  EXPECT_EQ(patch(first_id + "/symbols/KRW-XRP", R"({"is_active":true})").status, 404);
  EXPECT_EQ(patch(first_id + "/symbols/!", R"({"is_active":true})").status, 400);
  for (const char* body : {"{}", R"({"is_active":1})", R"({"is_active":null})"}) {
    const Answer wrong = patch(first_id + "/symbols/KRW-ETH", body);
    EXPECT_EQ(wrong.status, 422) << body;
    EXPECT_EQ(text_of(parse(wrong.body), "field"), "is_active");
  }
}

TEST(BacktestApi, a_client_that_leaves_takes_its_question_back) {
  ApiUnderTest api;
  std::optional<ApiUnderTest::Held> held;
  {
    LoopbackClient client{api.port()};
    const std::string body = run_body("hold");
    ASSERT_TRUE(client.send("POST /api/backtests/run HTTP/1.1\r\nHost: t\r\nContent-Length: " +
                            std::to_string(body.size()) + "\r\n\r\n" + body));
    held.emplace(api.held.take());
    EXPECT_TRUE(held->reply.wanted());
  }
  // Nothing but the server's own notice of the end makes it unwanted; the deadline is 10 minutes.
  while (held->reply.wanted()) std::this_thread::yield();
  held->reply(api.finish(*held->request));
  EXPECT_EQ(api.get("/health").status, 200);
}

TEST(BacktestApi, a_client_that_stays_is_waited_for_and_its_connection_goes_on) {
  ApiUnderTest api;
  LoopbackClient client{api.port()};
  for (int i = 0; i < 3; ++i) {
    const std::string body = run_body("hold");
    ASSERT_TRUE(client.send("POST /api/backtests/run HTTP/1.1\r\nHost: t\r\nContent-Length: " +
                            std::to_string(body.size()) + "\r\n\r\n" + body));
    auto held = api.held.take();
    if (i == 1) {
      // A request behind the one that is handled is no farewell.
      ASSERT_TRUE(client.send("GET /health HTTP/1.1\r\nHost: t\r\n\r\n"));
      EXPECT_EQ(api.get("/health").status, 200);
    }
    EXPECT_TRUE(held.reply.wanted());
    held.reply(api.finish(*held.request));
    EXPECT_EQ(client.receive().status, 200);
    if (i == 1) {
      EXPECT_EQ(client.receive().status, 200);
    }
  }
}

}  // namespace
}  // namespace hts::http_test
