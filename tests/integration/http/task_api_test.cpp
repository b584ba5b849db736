#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api_under_test.hpp"

namespace hts::http_test {
namespace {

using boost::json::parse;
using boost::json::value;
using jobs::JobState;
using testing::HasSubstr;

/// A sound request with more members.
std::string body_with(const std::string& members) {
  std::string body = run_body();
  body.insert(1, members + ",");
  return body;
}

std::string status_of(const jobs::JobId& id) {
  return "/api/backtests/status/" + id.text();
}
std::string task(const jobs::JobId& id) {
  return "/api/backtests/tasks/" + id.text();
}
std::string retry_of(const jobs::JobId& id) {
  return "/api/backtests/retry/" + id.text();
}

TEST(TaskApi, accepts_a_backtest_and_says_where_to_look) {
  ApiUnderTest api;
  const Answer answer =
      api.post("/api/backtests/run-async",
               body_with(R"("priority":9,"timeout_seconds":7200,"max_attempts":1)"));
  ASSERT_EQ(answer.status, 202) << answer.body;
  const value json = parse(answer.body);
  EXPECT_EQ(text_of(json, "task_id"), job_id(1).text());
  EXPECT_EQ(text_of(json, "status"), "queued");
  EXPECT_EQ(text_of(json, "created_at"), "2020-02-20T08:19:00Z");
  EXPECT_EQ(answer.header("location"), status_of(job_id(1)));
  const jobs::NewJob job = api.jobs.job(1).job;
  EXPECT_EQ(job.kind, "backtest");
  EXPECT_EQ(job.priority, 9);
  EXPECT_EQ(job.timeout, std::chrono::hours{2});
  EXPECT_EQ(job.max_attempts, 1U);
  EXPECT_EQ(job.request, body_with(R"("priority":9,"timeout_seconds":7200,"max_attempts":1)"));
}

TEST(TaskApi, queues_nothing_that_is_wrong) {
  ApiUnderTest api;
  struct Mistake {
    std::string body;
    int status;
    std::string field;
  };
  const std::vector<Mistake> mistakes = {
      {"", 400, "body"},
      {"{", 400, "body"},
      {"{}", 422, "strategy"},
      {body_with(R"("mode":"moon")"), 422, "mode"},
      {body_with(R"("priority":10)"), 422, "priority"},
      {body_with(R"("priority":-1)"), 422, "priority"},
      {body_with(R"("priority":1.5)"), 422, "priority"},
      {body_with(R"("timeout_seconds":0)"), 422, "timeout_seconds"},
      {body_with(R"("timeout_seconds":86401)"), 422, "timeout_seconds"},
      {body_with(R"("max_attempts":0)"), 422, "max_attempts"},
      {body_with(R"("idempotency_key":7)"), 422, "idempotency_key"},
      {body_with(R"("idempotency_key":")" + std::string(256, 'k') + "\""), 422, "idempotency_key"},
  };
  for (const Mistake& mistake : mistakes) {
    const Answer answer = api.post("/api/backtests/run-async", mistake.body);
    EXPECT_EQ(answer.status, mistake.status) << mistake.body;
    const value json = parse(answer.body);
    EXPECT_EQ(json.as_object().contains("field") ? text_of(json, "field") : "", mistake.field)
        << answer.body;
  }
  EXPECT_EQ(
      request(api.port(), "POST", "/api/backtests/run-async", "a=b", "Content-Type: text/html\r\n")
          .status,
      415);
  EXPECT_EQ(api.jobs.count(), 0U);
}

TEST(TaskApi, answers_a_repeated_submit_with_the_task_that_is_there) {
  ApiUnderTest api;
  const std::string fields = "Content-Type: application/json\r\nIdempotency-Key: mine-1\r\n";
  const auto submit = [&](const std::string& body) {
    return request(api.port(), "POST", "/api/backtests/run-async", body, fields);
  };
  EXPECT_FALSE(parse(submit(run_body()).body).at("existing").as_bool());
  api.jobs.change(1, [](jobs::JobRecord& job) { job.state = JobState::running; });
  const Answer again = submit(run_body());
  EXPECT_EQ(again.status, 202);
  EXPECT_TRUE(parse(again.body).at("existing").as_bool());
  EXPECT_EQ(text_of(parse(again.body), "task_id"), job_id(1).text());
  EXPECT_EQ(text_of(parse(again.body), "status"), "running");
  const Answer other = submit(run_body("something else"));
  EXPECT_EQ(other.status, 409);
  EXPECT_EQ(text_of(parse(other.body), "field"), "idempotency_key");
  // The body's own key counts more than the field.
  EXPECT_EQ(submit(body_with(R"("idempotency_key":"mine-2")")).status, 202);
  EXPECT_EQ(api.jobs.job(2).job.idempotency_key, "mine-2");
}

TEST(TaskApi, asks_to_come_back_when_the_queue_is_full) {
  ApiUnderTest api;
  api.jobs.set_full(true);
  const Answer answer = api.post("/api/backtests/run-async", run_body());
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.header("retry-after"), "1");
  EXPECT_THAT(answer.body, HasSubstr("full"));
}

TEST(TaskApi, tells_the_state_of_a_task_and_its_result_once_it_is_there) {
  ApiUnderTest api;
  ASSERT_EQ(api.post("/api/backtests/run-async", run_body()).status, 202);
  value json = parse(api.get(status_of(job_id(1))).body);
  EXPECT_EQ(text_of(json, "task_id"), job_id(1).text());
  EXPECT_EQ(text_of(json, "status"), "queued");
  EXPECT_EQ(json.at("progress").to_number<double>(), 0);
  EXPECT_TRUE(json.at("result").is_null());
  EXPECT_TRUE(json.at("error").is_null());

  api.jobs.change(1, [](jobs::JobRecord& job) {
    job.state = JobState::running;
    job.progress = 0.25;
    job.error = result::make_error(result::ErrorCode::timed_out, "The first attempt was slow.");
  });
  json = parse(api.get(status_of(job_id(1))).body);
  EXPECT_EQ(text_of(json, "status"), "running");
  EXPECT_EQ(json.at("progress").to_number<double>(), 0.25);
  EXPECT_TRUE(json.at("error").is_null());

  const Answer run = api.post_run(run_body());
  const std::string run_id = text_of(parse(run.body), "run_id");
  api.jobs.change(1, [&](jobs::JobRecord& job) {
    job.state = JobState::completed;
    job.run_id = run_id;
    job.error.reset();
  });
  json = parse(api.get(status_of(job_id(1))).body);
  EXPECT_EQ(text_of(json, "status"), "completed");
  EXPECT_EQ(json.at("progress").to_number<double>(), 1);
  EXPECT_EQ(json.at("result"), parse(run.body));
  EXPECT_TRUE(json.at("error").is_null());
}

TEST(TaskApi, completes_without_a_result_that_was_removed_since) {
  ApiUnderTest api;
  ASSERT_EQ(api.post("/api/backtests/run-async", run_body()).status, 202);
  api.jobs.change(1, [](jobs::JobRecord& job) {
    job.state = JobState::completed;
    job.run_id = unknown_id;
  });
  const Answer answer = api.get(status_of(job_id(1)));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(text_of(parse(answer.body), "status"), "completed");
  EXPECT_TRUE(parse(answer.body).at("result").is_null());
}

TEST(TaskApi, gives_the_output_of_work_that_is_no_backtest) {
  ApiUnderTest api;
  ASSERT_EQ(api.post("/api/jobs", R"({"kind":"noop"})").status, 202);
  api.jobs.change(1, [](jobs::JobRecord& job) {
    job.state = JobState::completed;
    job.output = R"({"best":1})";
  });
  EXPECT_EQ(parse(api.get(status_of(job_id(1))).body).at("result").at("best").as_int64(), 1);
}

TEST(TaskApi, says_why_a_task_failed_but_not_what_only_the_log_may_know) {
  ApiUnderTest api;
  ASSERT_EQ(api.post("/api/backtests/run-async", run_body()).status, 202);
  const auto fail_with = [&](result::Error error) {
    api.jobs.change(1, [&](jobs::JobRecord& job) {
      job.state = JobState::failed;
      job.error = std::move(error);
    });
    return text_of(parse(api.get(status_of(job_id(1))).body), "error");
  };
  EXPECT_EQ(fail_with({result::ErrorCode::not_found, "There are no candles of BTC_KRW.", ""}),
            "There are no candles of BTC_KRW.");
  EXPECT_THAT(fail_with({result::ErrorCode::storage, "/secret/path cannot be read.", ""}),
              HasSubstr("log"));
}

TEST(TaskApi, cancels_what_has_not_ended) {
  ApiUnderTest api;
  ASSERT_EQ(api.post("/api/backtests/run-async", run_body()).status, 202);
  for (int i = 0; i < 2; ++i) {
    const Answer answer = api.remove(task(job_id(1)));
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(text_of(parse(answer.body), "status"), "cancelled");
    EXPECT_FALSE(text_of(parse(answer.body), "error").empty());
  }
  for (const JobState state : {JobState::completed, JobState::failed}) {
    api.jobs.change(1, [&](jobs::JobRecord& job) { job.state = state; });
    const Answer answer = api.remove(task(job_id(1)));
    EXPECT_EQ(answer.status, 400);
    EXPECT_THAT(answer.body, HasSubstr(std::string{jobs::name_of(state)}));
  }
}

TEST(TaskApi, retries_only_what_failed_or_was_cancelled) {
  ApiUnderTest api;
  ASSERT_EQ(api.post("/api/backtests/run-async", run_body()).status, 202);
  const Answer refused = api.post(retry_of(job_id(1)));
  EXPECT_EQ(refused.status, 400);
  EXPECT_THAT(refused.body, HasSubstr("queued"));
  api.jobs.change(1, [](jobs::JobRecord& job) { job.state = JobState::failed; });
  const Answer retried = api.post(retry_of(job_id(1)), "");
  EXPECT_EQ(retried.status, 200);
  EXPECT_EQ(text_of(parse(retried.body), "status"), "queued");
}

TEST(TaskApi, tells_an_unknown_id_from_one_that_is_none) {
  ApiUnderTest api;
  for (const std::string id : {"7", "zzzzzzzz-0000-4000-8000-000000000000"}) {
    for (const Answer& answer :
         {api.get("/api/backtests/status/" + id), api.remove("/api/backtests/tasks/" + id),
          api.post("/api/backtests/retry/" + id)}) {
      EXPECT_EQ(answer.status, 422);
      EXPECT_EQ(text_of(parse(answer.body), "field"), "task_id");
    }
  }
  EXPECT_EQ(api.get("/api/backtests/status/" + unknown_id).status, 404);
  EXPECT_EQ(api.remove("/api/backtests/tasks/" + unknown_id).status, 404);
  EXPECT_EQ(api.post("/api/backtests/retry/" + unknown_id).status, 404);
}

TEST(TaskApi, turns_a_long_run_into_a_task_for_a_client_that_prefers_it) {
  ApiUnderTest api;
  std::string symbols = "[";
  for (int i = 0; i < 300; ++i)
    symbols += (i > 0 ? ",\"KRW-A" : "\"KRW-A") + std::to_string(i) + "\"";
  symbols += "]";
  std::string large = run_body();
  large.replace(large.find(R"(["KRW-BTC","ETH_KRW"])"), 21, symbols);
  large.replace(large.find("\"1H\""), 4, "\"1m\"");
  const auto send = [&](const std::string& body, const std::string& fields) {
    return request(api.port(), "POST", "/api/backtests/run", body,
                   "Content-Type: application/json\r\n" + fields);
  };
  const Answer accepted = send(large, "Prefer: wait=5, Respond-Async; x=1\r\n");
  ASSERT_EQ(accepted.status, 202) << accepted.body;
  EXPECT_EQ(accepted.header("preference-applied"), "respond-async");
  EXPECT_EQ(text_of(parse(accepted.body), "task_id"), job_id(1).text());
  EXPECT_EQ(send(large, "").status, 200);
  EXPECT_EQ(send(run_body(), "Prefer: respond-async\r\n").status, 200);
  EXPECT_EQ(api.jobs.count(), 1U);
}

}  // namespace
}  // namespace hts::http_test
