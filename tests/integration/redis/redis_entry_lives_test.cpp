#include <algorithm>
#include <optional>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "redis_pending_setup.hpp"

namespace hts::redis {
namespace {

using jobs::JobId;
using jobs::JobRecord;
using testing::failed_attempt;
using testing::fanned_out;
using ::testing::IsEmpty;
using testing::job_id;
using testing::job_lease;
using testing::job_start;
using testing::new_job;
using testing::taken;
using namespace std::chrono_literals;

constexpr std::uint32_t parts_of_a_whole = 2;

/// Random work of three workers that die, of people, and of the clock; after each step the entries
/// are looked at as a tool of Redis sees them.
class RedisEntryLives : public testing::RedisPending, public ::testing::WithParamInterface<int> {
 protected:
  [[nodiscard]] std::uint64_t up_to(std::uint64_t most) {
    return std::uniform_int_distribution<std::uint64_t>(0, most)(random_);
  }
  [[nodiscard]] std::string a_worker() { return "worker" + std::to_string(up_to(2)); }
  [[nodiscard]] JobId a_job() {
    const JobId id = job_id(1 + up_to(submitted_));
    return up_to(3) == 0 ? JobId::part_of(id, 0) : id;
  }

  [[nodiscard]] std::vector<JobRecord> all_jobs() {
    std::vector<JobRecord> all;
    for (std::uint64_t number = 1; number <= submitted_; ++number) {
      std::vector<JobId> ids{job_id(number)};
      for (std::uint32_t part = 0; part < parts_of_a_whole; ++part) {
        ids.push_back(JobId::part_of(ids[0], part));
      }
      for (const JobId& id : ids) {
        if (auto found = store_->find(id)) all.push_back(std::move(*found));
      }
    }
    return all;
  }

  [[nodiscard]] jobs::WorkEnd an_end() {
    switch (up_to(6)) {
      case 0:
        return failed_attempt();
      case 1:
        return failed_attempt(true, 20s);
      case 2:
        return failed_attempt(false);
      case 3:
        return jobs::HandedBack{"", {}};
      case 4:
        return jobs::HandedBack{"It cannot.", 5s};
      case 5:
        return fanned_out(parts_of_a_whole);
      default:
        return jobs::Completed{"run", ""};
    }
  }

  void end_one() {
    std::vector<JobRecord> held = all_jobs();
    std::erase_if(held, [](const JobRecord& record) { return !record.lease; });
    if (held.empty()) return;
    const JobRecord& one = held[up_to(held.size() - 1)];
    ports::JobBatch batch;
    batch.now = now_;
    batch.recover = up_to(1) == 0;
    const bool may_fan_out = one.whole.empty();
    jobs::WorkEnd end = an_end();
    if (!may_fan_out && std::holds_alternative<jobs::FannedOut>(end)) end = jobs::Completed{};
    batch.finishes.push_back({one.job.id, one.lease->token, std::move(end)});
    (void)taken(store_->transact(batch));
  }

  void beat() {
    ports::JobBatch batch;
    batch.now = now_;
    batch.lease = job_lease;
    for (const JobRecord& record : all_jobs()) {
      if (record.lease && up_to(1) == 0) {
        batch.heartbeats.push_back({record.job.id, record.lease->token, 0.5});
      }
    }
    (void)taken(store_->transact(batch));
  }

  void work() {
    ports::JobBatch batch;
    batch.now = now_;
    batch.capacity = 1000;
    batch.recover = up_to(1) == 0;
    for (std::uint64_t i = up_to(2); i > 0; --i) batch.submits.push_back(new_job(++submitted_));
    batch.claim = ports::Claim{a_worker(), static_cast<std::uint32_t>(1 + up_to(3)), job_lease};
    (void)taken(store_->transact(batch));
  }

  void step() {
    switch (up_to(15)) {
      case 0:
        (void)store_->cancel(a_job(), now_);
        return;
      case 1:
        (void)store_->retry(a_job(), now_);
        return;
      case 2:
        (void)taken(store_->release(a_worker(), now_));
        return;
      case 3:
        (void)taken(store_->requeue_dead_letters({}, now_));
        return;
      case 4:
        (void)taken(store_->clean_up(now_, up_to(4)));
        return;
      case 5:
        ASSERT_TRUE(store_->set_paused(up_to(2) == 0));
        return;
      case 6:
        now_ += job_lease / 2;
        recover(now_);
        return;
      case 7:
        beat();
        return;
      case 8:
      case 9:
      case 10:
      case 11:
        end_one();
        return;
      default:
        work();
        return;
    }
  }

  /// Who lost the job that waits, from what it was before; nobody when it waits for another reason.
  void follow(const JobRecord& now) {
    const auto before = before_.find(now.job.id);
    std::optional<std::string> lost_by;
    if (before != before_.end() && now.state == jobs::JobState::queued) {
      const JobRecord& then = before->second;
      const bool is_lost_now = then.lease && now.lease_losses > then.lease_losses;
      const bool waits_still = !then.lease && then.state == jobs::JobState::queued &&
                               then.claims == now.claims && then.lease_losses == now.lease_losses;
      if (is_lost_now) lost_by = then.lease->worker;
      if (waits_still && lost_by_.contains(now.job.id)) lost_by = lost_by_.at(now.job.id);
    }
    lost_by_.erase(now.job.id);
    if (lost_by) lost_by_.emplace(now.job.id, *lost_by);
    before_.insert_or_assign(now.job.id, now);
  }

  void look() {
    std::multimap<std::string, std::string> expected;
    std::size_t unread = 0;
    const auto in_queue = jobs_in("queue:5");
    const auto in_again = jobs_in("again:5");
    for (const JobRecord& record : all_jobs()) {
      follow(record);
      const std::string id = record.job.id.text();
      if (record.lease) expected.emplace(id, record.lease->worker);
      if (lost_by_.contains(record.job.id)) expected.emplace(id, lost_by_.at(record.job.id));
      const auto is_of_job = [&](const auto& entry) { return entry.second == id; };
      const auto entries =
          std::ranges::count_if(in_queue, is_of_job) + std::ranges::count_if(in_again, is_of_job);
      EXPECT_LE(entries, 1) << id;
      if (entries == 1 && !expected.contains(id)) {
        ++unread;
        EXPECT_EQ(record.state, jobs::JobState::queued) << id;
        EXPECT_EQ(record.claims, 0U) << id;
      }
    }
    EXPECT_EQ(holders(), expected);
    EXPECT_EQ(in_queue.size() + in_again.size(), expected.size() + unread);
  }

  std::mt19937_64 random_{static_cast<std::uint64_t>(GetParam())};
  std::uint64_t submitted_ = 0;
  time::Timestamp now_ = job_start;
  std::map<JobId, JobRecord> before_;
  std::map<JobId, std::string> lost_by_;
};

TEST_P(RedisEntryLives, entries_are_under_who_runs_or_lost_their_jobs_and_under_nobody_else) {
  constexpr int steps = 150;
  for (int i = 0; i < steps; ++i) {
    step();
    look();
    ASSERT_FALSE(HasFailure()) << "step " << i;
  }
  ASSERT_TRUE(store_->set_paused(false));
  for (const JobRecord& record : all_jobs()) (void)store_->cancel(record.job.id, now_);
  now_ += job_lease;
  recover(now_);
  look();
  EXPECT_THAT(holders(), IsEmpty());
  EXPECT_EQ(entries_of("queue:5"), 0);
  EXPECT_EQ(entries_of("again:5"), 0);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RedisEntryLives, ::testing::Range(1, 7));

}  // namespace
}  // namespace hts::redis
