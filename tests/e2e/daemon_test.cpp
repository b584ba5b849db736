// The daemon as its clients meet it: answers, restarts, stops.

#include <algorithm>
#include <array>
#include <chrono>
#include <sstream>
#include <string>

#include <boost/json.hpp>
#include <gtest/gtest.h>
#include <signal.h>

#include "adapters/daemon_client/daemon_client.hpp"
#include "open_request.hpp"
#include "process.hpp"

namespace hts::e2e {
namespace {

constexpr std::chrono::seconds patience{60};

boost::json::value get_json(const std::string& url, long expected_status = 200) {
  const auto answer = daemon_client::get(url, patience);
  EXPECT_TRUE(answer.ok()) << (answer ? "" : answer.error().message);
  if (!answer) return nullptr;
  EXPECT_EQ(answer->status, expected_status) << url << ": " << answer->body;
  return boost::json::parse(answer->body);
}

boost::json::value post(const std::string& url, const std::string& body, long expected_status) {
  const auto answer = daemon_client::post_json(url, body, patience);
  EXPECT_TRUE(answer.ok()) << (answer ? "" : answer.error().message);
  if (!answer) return nullptr;
  EXPECT_EQ(answer->status, expected_status) << body << ": " << answer->body;
  return boost::json::parse(answer->body);
}

const std::string run_body =
    R"({"strategy":"volume_zone_breakout","params":{"hold_period_bars":5},"symbols":["SYNTHETIC_KRW"],)"
    R"("start_date":"2023-01-01","end_date":"2024-12-31","timeframe":"1d"})";

void make_candles(const TemporaryDirectory& place, const std::string& timeframe = "1d") {
  const auto made = run_hts(
      {"data", "synthetic", "--timeframe", timeframe, "--from", "2023-01-01", "--to", "2024-12-31"},
      place.path());
  ASSERT_EQ(made.status, 0) << made.err;
}

TEST(Daemon, answers_health_and_metrics_right_after_start) {
  const TemporaryDirectory place;
  const RunningDaemon daemon(place.path());
  EXPECT_EQ(get_json(daemon.url() + "/health").at("status").as_string(), "ok");
  const auto metrics = daemon_client::get(daemon.url() + "/metrics", patience);
  ASSERT_TRUE(metrics.ok());
  EXPECT_NE(metrics->body.find("hts_"), std::string::npos);
  EXPECT_EQ(run_hts({"health", "--daemon", daemon.url()}, place.path()).status, 0);
  const auto actors = run_hts({"actors", "--daemon", daemon.url()}, place.path());
  EXPECT_EQ(actors.status, 0) << actors.err;
  EXPECT_NE(actors.out.find("backtest_worker_1"), std::string::npos) << actors.out;
}

TEST(Daemon, a_run_is_answered_stored_and_there_after_a_restart) {
  const TemporaryDirectory place;
  make_candles(place);
  std::string run_id;
  boost::json::value before;
  {
    RunningDaemon daemon(place.path());
    const auto answer = post(daemon.url() + "/api/backtests/run", run_body, 200);
    EXPECT_GT(answer.at("total_signals").to_number<int>(), 0);
    EXPECT_EQ(answer.at("version").as_string(), "1.1.0");
    run_id = std::string{answer.at("run_id").as_string()};
    const auto artifacts = place.path() / "state" / "runs" / run_id;
    for (const char* file : {"symbol_summary.parquet", "symbol_signals.parquet",
                             "performance_curve.parquet", "metadata.json"}) {
      EXPECT_TRUE(std::filesystem::exists(artifacts / file)) << file;
    }
    before = get_json(daemon.url() + "/api/backtests/" + run_id);
    EXPECT_EQ(before.at("symbols"), answer.at("symbols"));
    EXPECT_EQ(daemon.end_with(SIGTERM), 0);
  }
  const RunningDaemon again(place.path());
  EXPECT_EQ(get_json(again.url() + "/api/backtests/" + run_id), before);
  EXPECT_EQ(get_json(again.url() + "/api/backtests/latest").at("run_id").as_string(), run_id);
  EXPECT_EQ(get_json(again.url() + "/api/backtests/history").at("total").to_number<int>(), 1);
}

TEST(Daemon, the_command_line_and_the_daemon_give_the_same_answer) {
  const TemporaryDirectory place;
  make_candles(place);
  const RunningDaemon daemon(place.path());
  const auto remote = post(daemon.url() + "/api/backtests/run", run_body, 200);
  const auto local = run_hts(
      {"backtest", "--symbol", "SYNTHETIC_KRW", "--strategy", "volume_zone_breakout", "--param",
       "hold_period_bars=5", "--from", "2023-01-01", "--to", "2024-12-31", "--json"},
      place.path());
  ASSERT_EQ(local.status, 0) << local.err;
  EXPECT_EQ(boost::json::parse(local.out).at("symbols"), remote.at("symbols"));
}

TEST(Daemon, a_portfolio_is_the_same_from_both_and_found_again_after_a_restart) {
  const TemporaryDirectory place;
  make_candles(place);
  const std::vector<std::string> here = {
      "backtest", "--symbol", "SYNTHETIC_KRW", "--strategy",  "sma_cross",  "--param",
      "fast=5",   "--mode",   "portfolio",     "--cash",      "1000000",    "--commission",
      "0.0005",   "--size",   "percent:50",    "--stop-loss", "0.02",       "--intrabar",
      "both",     "--from",   "2023-01-01",    "--to",        "2024-12-31", "--json"};
  const auto local = run_hts(here, place.path());
  ASSERT_EQ(local.status, 0) << local.err;
  const auto answer = boost::json::parse(local.out);
  std::string run_id;
  boost::json::value stored;
  {
    RunningDaemon daemon(place.path());
    auto there = here;
    there.insert(there.end(), {"--daemon", daemon.url()});
    const auto remote = run_hts(there, place.path());
    ASSERT_EQ(remote.status, 0) << remote.err;
    stored = boost::json::parse(remote.out);
    run_id = std::string{stored.at("run_id").as_string()};
    for (const char* part : {"statistics", "trades", "equity", "optimistic", "settings", "symbols",
                             "fingerprint", "params"}) {
      EXPECT_EQ(stored.at(part), answer.at(part)) << part;
    }
    EXPECT_EQ(get_json(daemon.url() + "/api/backtests/" + run_id), stored);
    const auto csv = daemon_client::get(
        daemon.url() + "/api/backtests/" + run_id + "/download?format=csv", patience);
    ASSERT_TRUE(csv.ok());
    EXPECT_EQ(static_cast<std::size_t>(std::count(csv->body.begin(), csv->body.end(), '\n')),
              stored.at("trades").as_array().size() + 1);
    EXPECT_EQ(daemon.end_with(SIGTERM), 0);
  }
  const RunningDaemon again(place.path());
  auto there = here;
  there.insert(there.end(), {"--daemon", again.url()});
  const auto cached = boost::json::parse(run_hts(there, place.path()).out);
  EXPECT_EQ(cached.at("cached"), true);
  EXPECT_EQ(cached.at("run_id").as_string(), run_id);
  EXPECT_EQ(cached.at("equity"), stored.at("equity"));
  there.push_back("--fresh");
  const auto fresh = boost::json::parse(run_hts(there, place.path()).out);
  EXPECT_FALSE(fresh.as_object().contains("cached"));
  EXPECT_NE(fresh.at("run_id").as_string(), run_id);
  EXPECT_EQ(fresh.at("equity"), stored.at("equity"));
  EXPECT_EQ(get_json(again.url() + "/api/backtests/history").at("total").to_number<int>(), 2);
}

TEST(Daemon, an_active_flag_survives_a_kill) {
  const TemporaryDirectory place;
  make_candles(place);
  std::string run_id;
  {
    RunningDaemon daemon(place.path());
    const auto answer = post(daemon.url() + "/api/backtests/run", run_body, 200);
    EXPECT_EQ(answer.at("symbols").at(0).at("is_active").as_bool(), true);
    run_id = std::string{answer.at("run_id").as_string()};
    const OpenRequest patch(daemon.url(),
                            "PATCH /api/backtests/" + run_id + "/symbols/SYNTHETIC_KRW",
                            R"({"is_active":false})");
    EXPECT_EQ(patch.answer().substr(0, 15), "HTTP/1.1 200 OK");
    EXPECT_EQ(daemon.end_with(SIGKILL), 128 + SIGKILL);
  }
  const RunningDaemon again(place.path());
  const auto kept = get_json(again.url() + "/api/backtests/" + run_id);
  EXPECT_EQ(kept.at("symbols").at(0).at("is_active").as_bool(), false);
}

TEST(Daemon, mistakes_in_a_request_name_the_field) {
  const TemporaryDirectory place;
  make_candles(place);
  const RunningDaemon daemon(place.path());
  const std::string url = daemon.url() + "/api/backtests/run";
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string body = run_body;
    body.replace(body.find(from), from.size(), to);
    return body;
  };
  EXPECT_EQ(post(url, with("volume_zone_breakout", "moon"), 422).at("field").as_string(),
            "strategy");
  EXPECT_EQ(post(url, with("\"hold_period_bars\":5", "\"hold_period_bars\":0"), 422)
                .at("field")
                .as_string(),
            "params.hold_period_bars");
  EXPECT_EQ(post(url, with("\"1d\"", "\"2h\""), 422).at("field").as_string(), "timeframe");
  EXPECT_EQ(post(url, with("2024-12-31", "2022-12-31"), 422).at("field").as_string(), "end_date");
  post(url, with("SYNTHETIC_KRW", "NOBODY_KRW"), 400);
  post(url, with("\"1d\"", "\"4h\""), 404);
  post(url, "{", 400);
  post(url, std::string(10'000, '[') + std::string(10'000, ']'), 400);
  post(url, "\"" + std::string(1U << 20U, 'x') + "\"", 413);
  get_json(daemon.url() + "/api/backtests/00000000-0000-4000-8000-000000000000", 404);
  EXPECT_EQ(get_json(daemon.url() + "/api/backtests/history").at("total").to_number<int>(), 0);
}

TEST(Daemon, every_log_line_that_a_request_causes_carries_its_trace) {
  const TemporaryDirectory place;
  make_candles(place);
  RunningDaemon daemon(place.path(), {"--log.requests", "true"});
  for (const auto& file : std::filesystem::recursive_directory_iterator(place.path() / "data")) {
    if (file.path().extension() == ".parquet") std::filesystem::resize_file(file.path(), 100);
  }
  const OpenRequest doomed(daemon.url(), "POST /api/backtests/run", run_body);
  const std::string answer = doomed.answer();
  EXPECT_EQ(answer.substr(0, 12), "HTTP/1.1 500") << answer;
  get_json(daemon.url() + "/health");
  ASSERT_EQ(daemon.end_with(SIGTERM), 0);

  boost::json::object request_line;
  boost::json::object notice_line;
  std::istringstream log(daemon.log());
  for (std::string text; std::getline(log, text);) {
    const auto line = boost::json::parse(text).as_object();
    if (line.at("message") == "POST /api/backtests/run") request_line = line;
    if (line.at("source") == "notifier") notice_line = line;
    if (line.at("message") == "GET /health") {
      EXPECT_NE(line.at("trace"), request_line.at("trace"));
    }
  }
  ASSERT_FALSE(request_line.empty()) << daemon.log();
  ASSERT_FALSE(notice_line.empty()) << daemon.log();
  EXPECT_EQ(notice_line.at("trace"), request_line.at("trace"));
  EXPECT_NE(answer.find("X-Request-Id: " + std::string{request_line.at("request_id").as_string()}),
            std::string::npos)
      << answer;
}

TEST(Daemon, sigterm_lets_a_request_under_way_finish_and_exits_0_within_5_seconds) {
  const TemporaryDirectory place;
  make_candles(place, "1m");
  RunningDaemon daemon(place.path());
  std::string body = run_body;
  body.replace(body.find("\"1d\""), 4, "\"1m\"");
  const OpenRequest request(daemon.url(), "POST /api/backtests/run", body);
  // The scheduler is asked over the same port: once it says so, the run is under way.
  while (get_json(daemon.url() + "/api/scheduler/status").at("running").to_number<int>() == 0 &&
         get_json(daemon.url() + "/api/scheduler/status").at("completed").to_number<int>() == 0) {
  }
  const auto asked = std::chrono::steady_clock::now();
  EXPECT_EQ(daemon.end_with(SIGTERM), 0) << daemon.log();
  EXPECT_LT(std::chrono::steady_clock::now() - asked, std::chrono::seconds{5});
  const std::string answer = request.answer();
  const std::string status = answer.substr(0, answer.find("\r\n"));
  EXPECT_TRUE(status == "HTTP/1.1 200 OK" || status == "HTTP/1.1 503 Service Unavailable")
      << status << daemon.log();
}

TEST(Daemon, an_unwritable_folder_is_said_at_start) {
  const TemporaryDirectory place;
  const auto blocked = place.write("blocked", "a file where a folder is needed");
  for (const char* option : {"--data.root", "--state.root"}) {
    const auto outcome = run_hts(
        {"serve", "--http.port", "0", option, blocked, "--log.file", "log.json"}, place.path());
    EXPECT_EQ(outcome.status, 1);
    EXPECT_NE(outcome.err.find(blocked), std::string::npos) << outcome.err;
  }
}

TEST(Daemon, a_taken_port_is_said_at_start) {
  const TemporaryDirectory place;
  const RunningDaemon first(place.path());
  const TemporaryDirectory other;
  const auto outcome =
      run_hts({"serve", "--http.port", first.url().substr(first.url().rfind(':') + 1), "--log.file",
               "log.json"},
              other.path());
  EXPECT_EQ(outcome.status, 1);
  EXPECT_NE(outcome.err.find("choose another port"), std::string::npos) << outcome.err;
}

}  // namespace
}  // namespace hts::e2e
