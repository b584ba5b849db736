#include <algorithm>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/http/health.hpp"
#include "api_under_test.hpp"
#include "engine/runtime/snapshot.hpp"

namespace hts::http_test {
namespace {

using boost::json::parse;
using boost::json::value;
using testing::HasSubstr;
using testing::Not;

TEST(SystemApi, lists_its_endpoints_at_the_root) {
  ApiUnderTest api;
  const Answer answer = api.get("/");
  EXPECT_EQ(answer.status, 200);
  const value json = parse(answer.body);
  EXPECT_EQ(json.at("version").as_string(), "9.8.7");
  bool found = false;
  for (const value& endpoint : json.at("endpoints").as_array()) {
    const std::string path{endpoint.at("path").as_string()};
    EXPECT_FALSE(endpoint.at("summary").as_string().empty()) << path;
    found = found || (path == "/api/backtests/run" && endpoint.at("method").as_string() == "POST");
    if (endpoint.at("method").as_string() == "GET" && path.find('{') == std::string::npos &&
        path != "/api/backtests/latest") {
      EXPECT_EQ(api.get(path).status, 200) << path;
    }
  }
  EXPECT_TRUE(found);
}

TEST(SystemApi, shows_every_actor_with_its_mailbox) {
  ApiUnderTest api;
  ASSERT_EQ(api.get("/api/data/inventory").status, 200);  // one message for ingest
  const value json = parse(api.get("/api/actors").body);
  ASSERT_EQ(json.at("actors").as_array().size(), 3U);
  EXPECT_EQ(json.at("count").to_number<int>(), 3);
  bool ingest_seen = false;
  for (const value& actor : json.at("actors").as_array()) {
    EXPECT_EQ(actor.at("state").as_string(), "running");
    EXPECT_EQ(actor.at("restarts").to_number<int>(), 0);
    EXPECT_TRUE(actor.at("last_error").is_null());
    EXPECT_LE(actor.at("depth").to_number<int>(), actor.at("capacity").to_number<int>());
    if (actor.at("name").as_string() != "ingest") continue;
    ingest_seen = true;
    EXPECT_GE(actor.at("handled").to_number<int>(), 1);
    EXPECT_GT(actor.at("p99_handling_seconds").to_number<double>(), 0);
    EXPECT_GT(actor.at("p99_wait_seconds").to_number<double>(), 0);
    EXPECT_GE(actor.at("mean_wait_seconds").to_number<double>(), 0);
  }
  EXPECT_TRUE(ingest_seen);
}

TEST(SystemApi, says_that_it_is_well) {
  ApiUnderTest api;
  const Answer answer = api.get("/health");
  EXPECT_EQ(answer.status, 200);
  const value json = parse(answer.body);
  EXPECT_EQ(json.at("status").as_string(), "ok");
  EXPECT_EQ(json.at("version").as_string(), "9.8.7");
  EXPECT_GE(json.at("uptime_seconds").to_number<double>(), 0);
  ASSERT_EQ(json.at("actors").as_array().size(), 3U);
  EXPECT_EQ(api.get("/api/health").status, 200);
  EXPECT_EQ(request(api.port(), "HEAD", "/health").status, 200);
}

TEST(SystemApi, goes_on_without_an_actor_that_cannot_be_saved_and_says_so) {
  ApiUnderTest api;
  EXPECT_EQ(api.post_run(run_body("throw")).status, 503);
  // The failure is told before the answer is; the page is written anew after a moment.
  value health = parse(api.get("/health").body);
  while (health.at("status").as_string() == "ok") health = parse(api.get("/health").body);
  EXPECT_EQ(health.at("status").as_string(), "degraded");
  EXPECT_THAT(std::string{health.at("reason").as_string()}, HasSubstr("scheduler"));
  EXPECT_EQ(api.post_run(run_body()).status, 503);
  EXPECT_EQ(api.get("/api/data/inventory").status, 200);
}

TEST(SystemApi, says_which_actor_has_failed) {
  runtime::ActorSnapshot well;
  well.name = "storage";
  well.state = runtime::ActorState::running;
  runtime::ActorSnapshot failed;
  failed.name = "ingest";
  failed.state = runtime::ActorState::failed;
  failed.last_error = "/secret/path is gone";
  const std::string text =
      http::health_to_text({"1", 2.5, {well, failed}, actors::SchedulerStatus{}, ""});
  const value json = parse(text);
  EXPECT_EQ(json.at("status").as_string(), "degraded");
  EXPECT_THAT(std::string{json.at("reason").as_string()}, HasSubstr("ingest"));
  EXPECT_EQ(json.at("actors").at(1).at("state").as_string(), "failed");
  EXPECT_EQ(text.find("secret"), std::string::npos);
}

TEST(SystemApi, says_what_else_is_wrong) {
  runtime::ActorSnapshot well;
  well.name = "storage";
  well.state = runtime::ActorState::running;
  const value json = parse(
      http::health_to_text({"1", 2.5, {well}, actors::SchedulerStatus{}, "The journal is stuck."}));
  EXPECT_EQ(json.at("status").as_string(), "degraded");
  EXPECT_EQ(json.at("reason").as_string(), "The journal is stuck.");
}

TEST(SystemApi, says_how_the_jobs_are) {
  actors::SchedulerStatus status;
  const auto health = [&] { return parse(http::health_to_text({"1", 2.5, {}, status, ""})); };
  EXPECT_EQ(text_of(health().at("components").at("jobs"), "status"), "ok");

  status.jobs.dead_letters = 2;
  status.jobs.paused = true;
  value json = health();
  EXPECT_EQ(text_of(json, "status"), "ok");
  EXPECT_EQ(text_of(json.at("components").at("jobs"), "status"), "degraded");
  const std::string reason = text_of(json.at("components").at("jobs"), "reason");
  EXPECT_THAT(reason, HasSubstr("2 jobs"));
  EXPECT_THAT(reason, HasSubstr("paused"));

  status.store_error = "/secret/jobs.sqlite cannot be written.";
  json = health();
  EXPECT_EQ(text_of(json, "status"), "degraded");
  EXPECT_THAT(text_of(json, "reason"), HasSubstr("store of jobs"));
  EXPECT_EQ(serialize(json).find("secret"), std::string::npos);

  json = parse(http::health_to_text({"1", 2.5, {}, std::nullopt, ""}));
  EXPECT_EQ(text_of(json.at("components").at("jobs"), "status"), "degraded");
}

TEST(SystemApi, says_what_waits_on_this_machine) {
  http::HealthReadings readings;
  readings.scheduler = actors::SchedulerStatus{};
  EXPECT_FALSE(parse(http::health_to_text(readings)).as_object().contains("backlog"));
  readings.now = time::from_milliseconds(90'500);
  readings.backlogs = {{"spool", 3, 1'200, time::from_milliseconds(60'000)},
                       {"results_outbox", 0, 0, std::nullopt}};
  const value json = parse(http::health_to_text(readings));
  EXPECT_EQ(text_of(json, "status"), "ok");
  const value& spool = json.at("backlog").at("spool");
  EXPECT_EQ(spool.at("waiting").to_number<int>(), 3);
  EXPECT_EQ(spool.at("bytes").to_number<int>(), 1'200);
  EXPECT_EQ(spool.at("oldest_seconds").to_number<double>(), 30.5);
  EXPECT_EQ(json.at("backlog").at("results_outbox").at("oldest_seconds").to_number<double>(), 0.0);
}

TEST(SystemApi, lists_the_strategies_with_their_parameters) {
  ApiUnderTest api;
  const value json = parse(api.get("/api/strategies").body);
  const auto& strategies = json.at("strategies").as_array();
  ASSERT_EQ(strategies.size(), json.at("count").to_number<std::size_t>());
  const auto found = std::find_if(strategies.begin(), strategies.end(), [](const value& item) {
    return item.at("name").as_string() == "volume_zone_breakout";
  });
  ASSERT_NE(found, strategies.end());
  EXPECT_FALSE(found->at("title").as_string().empty());
  EXPECT_FALSE(found->at("description").as_string().empty());
  const value& window = found->at("parameters").at(0);
  EXPECT_EQ(window.at("name").as_string(), "volume_window");
  EXPECT_EQ(window.at("type").as_string(), "integer");
  EXPECT_EQ(window.at("default").to_number<int>(), 60);
  EXPECT_EQ(window.at("minimum").to_number<int>(), 2);
  EXPECT_EQ(window.at("maximum").to_number<int>(), 500);
  EXPECT_FALSE(window.at("minimum_excluded").as_bool());
}

TEST(SystemApi, lists_the_stored_candles) {
  ApiUnderTest api;
  EXPECT_EQ(parse(api.get("/api/data/inventory").body),
            parse(R"({"inventory":[{"symbol":"BTC_KRW","timeframe":"1m","year":2020,"candles":3,
                  "first":"2020-02-20T08:19:00Z","last":"2020-02-20T08:21:00Z","bytes":1234}],
                  "count":1,"total_candles":3})"));
}

TEST(SystemApi, tells_how_busy_the_scheduler_is) {
  ApiUnderTest api;
  EXPECT_EQ(parse(api.get("/api/scheduler/status").body),
            parse(R"({"status":"running","queued":3,"running":1,"completed":7,"failed":0,
                  "rejected":0,"queue_capacity":64,"workers":2})"));
}

TEST(SystemApi, answers_503_once_an_actor_has_stopped) {
  ApiUnderTest api;
  EXPECT_EQ(api.get("/api/scheduler/status").status, 200);
  api.stop_scheduler();
  Answer answer;
  do {
    answer = api.get("/api/scheduler/status");
  } while (answer.status == 200);
  EXPECT_EQ(answer.status, 503);
  EXPECT_NE(answer.header("retry-after"), "");
  EXPECT_THAT(api.get("/metrics").body, Not(HasSubstr("hts_jobs")));
}

TEST(SystemApi, says_what_a_path_takes) {
  ApiUnderTest api;
  const Answer missing = api.get("/api/nothing");
  EXPECT_EQ(missing.status, 404);
  EXPECT_THAT(missing.body, HasSubstr("GET / lists the endpoints"));
  const Answer wrong = request(api.port(), "DELETE", "/api/backtests/run");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.header("allow"), "POST");
  EXPECT_EQ(request(api.port(), "GET", "/api/backtests/run").status, 405);
}

}  // namespace
}  // namespace hts::http_test
