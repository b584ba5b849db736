#include "adapters/cli/jobs_command.hpp"

#include <atomic>
#include <fstream>
#include <sstream>
#include <thread>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/cli/backtest_command.hpp"
#include "api_under_test.hpp"

namespace hts::http_test {
namespace {

using jobs::JobState;
using testing::AllOf;
using testing::HasSubstr;

struct Outcome {
  int status = -1;
  std::string out;
  std::string err;
};

class JobsCommand : public testing::Test {
 protected:
  Outcome run(std::vector<std::string> words, bool terminal = false) {
    std::ostringstream out;
    std::ostringstream err;
    cli::CommandEnvironment environment{
        out, err, terminal, {}, {}, {}, [this] { return interrupted_.load(); }};
    words.insert(words.end(), {"--daemon", "http://127.0.0.1:" + std::to_string(api_.port())});
    const int status = cli::run_jobs(words, environment);
    return {status, out.str(), err.str()};
  }
  void add_jobs(int count) {
    for (int i = 0; i < count; ++i) {
      ASSERT_EQ(api_.post("/api/jobs", R"({"kind":"noop","request":{"a":1}})").status, 202);
    }
  }
  void set_state(std::uint64_t number, JobState state) {
    api_.jobs.change(number, [&](jobs::JobRecord& job) { job.state = state; });
  }
  /// What the scheduler tells of a change.
  void announce(std::uint64_t number, JobState state, double progress = 0) {
    jobs::JobEvent event;
    event.id = job_id(number);
    event.kind = "noop";
    event.state = state;
    event.progress = progress;
    api_.events.announce(event);
  }
  void wait_for_listener() const {
    while (api_.events.listeners() == 0) std::this_thread::yield();
  }

  ApiUnderTest api_;
  std::atomic<bool> interrupted_{false};
  const std::string first_ = job_id(1).text();
};

TEST_F(JobsCommand, lists_jobs_as_a_table_or_as_they_come) {
  add_jobs(3);
  set_state(2, JobState::running);
  const Outcome all = run({"list"});
  EXPECT_EQ(all.status, 0);
  EXPECT_THAT(all.out, AllOf(HasSubstr(first_), HasSubstr("queued"), HasSubstr("3 of 3 jobs.")));
  const Outcome running = run({"list", "--state", "running"});
  EXPECT_THAT(running.out, HasSubstr("1 of 1 jobs."));
  EXPECT_EQ(boost::json::parse(run({"list", "--json"}).out).at("total").to_number<int>(), 3);
  EXPECT_EQ(run({"list", "--state", "moon"}).status, 2);
  EXPECT_EQ(run({"list", "--state", "a&limit=1"}).status, 2);
}

TEST_F(JobsCommand, shows_one_job) {
  add_jobs(1);
  const Outcome shown = run({"show", first_});
  EXPECT_EQ(shown.status, 0);
  EXPECT_THAT(shown.out, AllOf(HasSubstr(first_), HasSubstr("0 of 3"), HasSubstr(R"({"a":1})")));
  EXPECT_EQ(run({"show", job_id(9).text()}).status, 1);
  EXPECT_EQ(run({"show", "7"}).status, 2);
  EXPECT_EQ(run({"show"}).status, 2);
}

TEST_F(JobsCommand, cancels_and_retries) {
  add_jobs(1);
  const Outcome cancelled = run({"cancel", first_});
  EXPECT_EQ(cancelled.status, 0);
  EXPECT_EQ(cancelled.out, "The job is cancelled.\n");
  EXPECT_EQ(run({"retry", first_}).out, "The job is queued.\n");
  set_state(1, JobState::completed);
  const Outcome too_late = run({"cancel", first_});
  EXPECT_EQ(too_late.status, 1);
  EXPECT_THAT(too_late.err, HasSubstr("completed"));
}

TEST_F(JobsCommand, looks_after_dead_letters) {
  add_jobs(2);
  for (const std::uint64_t number : {1U, 2U}) {
    api_.jobs.change(number, [](jobs::JobRecord& job) {
      job.state = JobState::failed;
      job.is_dead_letter = true;
    });
  }
  EXPECT_THAT(run({"dlq"}).out, HasSubstr("2 of 2 jobs."));
  EXPECT_EQ(run({"dlq", "requeue", first_}).out, "1 jobs start anew.\n");
  EXPECT_EQ(run({"dlq", "drop", "--all"}).out, "1 jobs left the list.\n");
  EXPECT_EQ(run({"dlq", "drop"}).status, 2);
  EXPECT_EQ(run({"dlq", "drop", first_, "--all"}).status, 2);
  EXPECT_EQ(run({"dlq", "burn", "--all"}).status, 2);
}

TEST_F(JobsCommand, pauses_and_resumes) {
  EXPECT_THAT(run({"pause"}).out, HasSubstr("paused"));
  EXPECT_TRUE(api_.jobs.counts().paused);
  EXPECT_THAT(run({"resume"}).out, HasSubstr("goes on"));
  EXPECT_FALSE(api_.jobs.counts().paused);
}

TEST_F(JobsCommand, submits_a_request_from_a_file) {
  const std::string file = testing::TempDir() + "/job-request.json";
  std::ofstream{file} << run_body();
  const Outcome accepted = run({"submit", file, "--priority", "7", "--key", "k"});
  EXPECT_EQ(accepted.status, 0) << accepted.err;
  EXPECT_THAT(accepted.out, HasSubstr(first_));
  EXPECT_EQ(api_.jobs.job(1).job.priority, 7);
  EXPECT_EQ(api_.jobs.job(1).job.idempotency_key, "k");
  EXPECT_EQ(run({"submit", file, "--priority", "10"}).status, 2);
  EXPECT_EQ(run({"submit", file + ".none"}).status, 2);
  EXPECT_EQ(run({"submit"}).status, 2);
}

TEST_F(JobsCommand, leaves_a_backtest_with_the_daemon) {
  const std::string daemon = "http://127.0.0.1:" + std::to_string(api_.port());
  std::vector<std::string> words = {"--strategy", "volume_long_candle", "--symbol", "KRW-BTC",
                                    "--from",     "2024-01-01",         "--to",     "2024-02-01",
                                    "--async"};
  std::ostringstream out;
  std::ostringstream err;
  cli::CommandEnvironment environment{out, err, false, {}, {}, {}, {}};
  EXPECT_EQ(cli::run_backtest_command(words, environment), 2);
  EXPECT_THAT(err.str(), HasSubstr("--daemon"));
  words.insert(words.end(), {"--daemon", daemon});
  EXPECT_EQ(cli::run_backtest_command(words, environment), 0) << err.str();
  EXPECT_THAT(out.str(), HasSubstr("Accepted as " + first_));
  EXPECT_EQ(api_.jobs.job(1).job.kind, "backtest");
}

TEST_F(JobsCommand, watches_a_job_until_it_completes) {
  add_jobs(1);
  Outcome outcome;
  std::jthread watching{[&] { outcome = run({"watch", first_}, true); }};
  wait_for_listener();
  announce(1, JobState::running, 0.5);
  api_.jobs.change(1, [](jobs::JobRecord& job) {
    job.state = JobState::completed;
    job.run_id = "the-run";
  });
  announce(1, JobState::completed, 1);
  watching.join();
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("completed"), HasSubstr("the-run")));
  EXPECT_THAT(outcome.err, HasSubstr("queued [......"));
}

TEST_F(JobsCommand, tells_why_a_watched_job_failed) {
  add_jobs(1);
  api_.jobs.change(1, [](jobs::JobRecord& job) {
    job.state = JobState::failed;
    job.error = result::make_error(result::ErrorCode::not_found, "There are no candles.");
  });
  const Outcome outcome = run({"watch", first_});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.out, HasSubstr("There are no candles."));
}

TEST_F(JobsCommand, leaves_the_job_running_when_the_watcher_is_interrupted) {
  add_jobs(1);
  Outcome outcome;
  std::jthread watching{[&] { outcome = run({"watch", first_}); }};
  wait_for_listener();
  interrupted_ = true;
  watching.join();
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, HasSubstr("the job goes on"));
  EXPECT_EQ(api_.jobs.job(1).state, JobState::queued);
}

TEST_F(JobsCommand, asks_for_the_state_when_no_events_are_to_be_had) {
  add_jobs(1);
  std::vector<std::unique_ptr<LoopbackClient>> others;  // take all places
  for (int i = 0; i < 3; ++i) {
    others.push_back(std::make_unique<LoopbackClient>(api_.port()));
    others.back()->send("GET /api/events HTTP/1.1\r\nHost: t\r\n\r\n");
    (void)others.back()->receive_until("retry");
  }
  Outcome outcome;
  std::jthread watching{[&] { outcome = run({"watch", first_}); }};
  set_state(1, JobState::completed);
  watching.join();
  EXPECT_EQ(outcome.status, 0);
}

TEST_F(JobsCommand, explains_what_there_is) {
  std::ostringstream out;
  std::ostringstream err;
  cli::CommandEnvironment environment{out, err, false, {}, {}, {}, {}};
  EXPECT_EQ(cli::run_jobs({"--help"}, environment), 0);
  EXPECT_THAT(out.str(), AllOf(HasSubstr("watch"), HasSubstr("Example")));
  EXPECT_EQ(cli::run_jobs({}, environment), 2);
  EXPECT_EQ(cli::run_jobs({"cancle"}, environment), 2);
  EXPECT_THAT(err.str(), HasSubstr("Did you mean 'cancel'?"));
  EXPECT_EQ(cli::run_jobs({"list", "--daemon", "http://127.0.0.1:1"}, environment), 1);
}

}  // namespace
}  // namespace hts::http_test
