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

void add_jobs(ApiUnderTest& api, int count) {
  for (int i = 0; i < count; ++i) {
    ASSERT_EQ(api.post("/api/jobs", R"({"kind":"noop"})").status, 202);
  }
}

void make_dead_letter(jobs::JobRecord& job) {
  job.state = JobState::failed;
  job.is_dead_letter = true;
  job.error = result::make_error(result::ErrorCode::internal, "/secret broke.", "x");
}

TEST(JobApi, accepts_jobs_of_every_kind_that_is_known) {
  ApiUnderTest api;
  const Answer backtest =
      api.post("/api/jobs", R"({"kind":"backtest","priority":1,"request":)" + run_body() + "}");
  ASSERT_EQ(backtest.status, 202) << backtest.body;
  EXPECT_EQ(api.jobs.job(1).job.kind, "backtest");
  EXPECT_EQ(api.jobs.job(1).job.priority, 1);
  EXPECT_EQ(parse(api.jobs.job(1).job.request), parse(run_body()));
  EXPECT_EQ(api.post("/api/jobs", R"({"kind":"noop","request":{"a":1}})").status, 202);
  EXPECT_EQ(api.jobs.job(2).job.request, R"({"a":1})");
}

TEST(JobApi, names_what_is_wrong_with_a_job) {
  ApiUnderTest api;
  struct Mistake {
    std::string body;
    std::string field;
  };
  const std::vector<Mistake> mistakes = {
      {"{}", "kind"},
      {R"({"kind":7})", "kind"},
      {R"({"kind":""})", "kind"},
      {R"({"kind":"moon"})", "kind"},
      {R"({"kind":"backtest"})", "request"},
      {R"({"kind":"backtest","request":[]})", "request"},
      {R"({"kind":"backtest","request":{}})", "request.strategy"},
      {R"({"kind":"noop","priority":"high"})", "priority"},
  };
  for (const Mistake& mistake : mistakes) {
    const Answer answer = api.post("/api/jobs", mistake.body);
    EXPECT_EQ(answer.status, 422) << mistake.body;
    EXPECT_EQ(text_of(parse(answer.body), "field"), mistake.field) << mistake.body;
  }
  EXPECT_EQ(api.jobs.count(), 0U);
}

TEST(JobApi, shows_everything_about_a_job) {
  ApiUnderTest api;
  ASSERT_EQ(api.post("/api/jobs", R"({"kind":"noop","request":{"a":[1]}})").status, 202);
  api.jobs.change(1, [](jobs::JobRecord& job) {
    job.state = JobState::running;
    job.lease = jobs::Lease{"here:1", 2, time::from_milliseconds(1'582'186'750'000)};
    job.claims = 2;
    job.attempts = 1;
    job.progress = 0.5;
    job.started_at = time::from_milliseconds(1'582'186'741'000);
    job.error = result::make_error(result::ErrorCode::timed_out, "It was slow.", "");
  });
  const value json = parse(api.get("/api/jobs/" + job_id(1).text()).body);
  EXPECT_EQ(text_of(json, "kind"), "noop");
  EXPECT_EQ(text_of(json, "status"), "running");
  EXPECT_EQ(text_of(json, "worker"), "here:1");
  EXPECT_EQ(text_of(json, "lease_until"), "2020-02-20T08:19:10Z");
  EXPECT_EQ(text_of(json, "started_at"), "2020-02-20T08:19:01Z");
  EXPECT_TRUE(json.at("finished_at").is_null());
  EXPECT_EQ(json.at("attempts").to_number<int>(), 1);
  EXPECT_EQ(json.at("max_attempts").to_number<int>(), 3);
  EXPECT_EQ(text_of(json.at("error"), "message"), "It was slow.");
  EXPECT_EQ(text_of(json.at("error"), "kind"), "timed-out");
  EXPECT_EQ(json.at("request").at("a").at(0).as_int64(), 1);
  EXPECT_TRUE(json.at("output").is_null());
  EXPECT_TRUE(json.at("parts").is_null());
}

TEST(JobApi, shows_wholes_and_their_parts) {
  ApiUnderTest api;
  add_jobs(api, 3);
  api.jobs.change(1, [](jobs::JobRecord& job) {
    job.state = JobState::queued;
    job.parts = 2;
    job.joins = true;
  });
  api.jobs.change(2, [](jobs::JobRecord& job) {
    job.whole = job_id(1);
    job.part_number = 1;
  });
  const value whole = parse(api.get("/api/jobs/" + job_id(1).text()).body);
  EXPECT_EQ(text_of(whole, "status"), "running");
  EXPECT_EQ(whole.at("parts").at("total").to_number<int>(), 2);
  EXPECT_EQ(whole.at("parts").at("completed").to_number<int>(), 2);
  const value parts = parse(api.get("/api/jobs?parts_of=" + job_id(1).text()).body);
  ASSERT_EQ(parts.at("jobs").as_array().size(), 1U);
  EXPECT_EQ(text_of(parts.at("jobs").at(0), "part_of"), job_id(1).text());
  EXPECT_EQ(parse(api.get("/api/jobs").body).at("total").to_number<int>(), 2);
}

TEST(JobApi, lists_jobs_by_page_state_and_kind) {
  ApiUnderTest api;
  add_jobs(api, 5);
  api.jobs.change(2, [](jobs::JobRecord& job) { job.state = JobState::running; });
  const value page = parse(api.get("/api/jobs?limit=2&offset=1").body);
  EXPECT_EQ(page.at("total").to_number<int>(), 5);
  EXPECT_EQ(page.at("count").to_number<int>(), 2);
  EXPECT_EQ(text_of(page.at("jobs").at(0), "task_id"), job_id(4).text());
  const value running = parse(api.get("/api/jobs?state=running&kind=noop").body);
  ASSERT_EQ(running.at("jobs").as_array().size(), 1U);
  EXPECT_EQ(text_of(running.at("jobs").at(0), "task_id"), job_id(2).text());
  EXPECT_EQ(parse(api.get("/api/jobs?kind=sweep").body).at("total").to_number<int>(), 0);
  for (const auto& [query, field] :
       std::vector<std::pair<std::string, std::string>>{{"state=moon", "state"},
                                                        {"limit=0", "limit"},
                                                        {"limit=1001", "limit"},
                                                        {"offset=-1", "offset"},
                                                        {"parts_of=7", "parts_of"}}) {
    const Answer answer = api.get("/api/jobs?" + query);
    EXPECT_EQ(answer.status, 422) << query;
    EXPECT_EQ(text_of(parse(answer.body), "field"), field);
  }
}

TEST(JobApi, looks_after_dead_letters_one_by_one_or_all_at_once) {
  ApiUnderTest api;
  add_jobs(api, 4);
  for (const std::uint64_t number : {1U, 2U, 3U}) api.jobs.change(number, make_dead_letter);
  const Answer list = api.get("/api/jobs/dead-letter");
  EXPECT_EQ(parse(list.body).at("total").to_number<int>(), 3);
  EXPECT_EQ(list.body.find("secret"), std::string::npos);

  const auto count = [](const Answer& answer) {
    return parse(answer.body).at("count").to_number<int>();
  };
  const std::string first = "/" + job_id(1).text();
  EXPECT_EQ(count(api.post("/api/jobs/dead-letter/requeue" + first)), 1);
  EXPECT_EQ(api.jobs.job(1).state, JobState::queued);
  EXPECT_EQ(api.post("/api/jobs/dead-letter/requeue" + first).status, 409);
  EXPECT_EQ(count(api.remove("/api/jobs/dead-letter/" + job_id(2).text())), 1);
  EXPECT_EQ(api.jobs.job(2).state, JobState::failed);
  EXPECT_EQ(count(api.post("/api/jobs/dead-letter/requeue")), 1);
  EXPECT_EQ(count(api.remove("/api/jobs/dead-letter")), 0);
  EXPECT_EQ(api.remove("/api/jobs/dead-letter/7").status, 422);
  EXPECT_EQ(api.remove("/api/jobs/dead-letter/" + job_id(9).text()).status, 404);
}

TEST(JobApi, pauses_and_resumes_the_queue) {
  ApiUnderTest api;
  add_jobs(api, 1);
  const value paused = parse(api.post("/api/jobs/pause", "").body);
  EXPECT_TRUE(paused.at("paused").as_bool());
  EXPECT_EQ(paused.at("queued").to_number<int>(), 1);
  EXPECT_FALSE(parse(api.post("/api/jobs/resume", "").body).at("paused").as_bool());
}

}  // namespace
}  // namespace hts::http_test
