#include <algorithm>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/jobs/job_table.hpp"
#include "job_samples.hpp"
#include "job_watch.hpp"

namespace hts::jobs {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::uint64_t capacity = 12;

/// Clients and workers that do anything at any time: they repeat themselves, come late, and hold
/// leases that others have taken over.
class Crowd {
 public:
  explicit Crowd(std::uint64_t seed) : random_(seed) {}

  void step() {
    bool was_retried = false;
    now_ += std::chrono::milliseconds{below(3'000)};
    switch (below(12)) {
      case 0:
      case 1:
      case 2:
        submit();
        break;
      case 3:
      case 4:
        claim();
        break;
      case 5:
      case 6:
      case 7:
        was_retried = finish();
        break;
      case 8:
        beat();
        break;
      case 9:
        if (below(2) == 0) table_.recover(now_, changed_);
        if (below(8) == 0) table_.release(below(2) == 0 ? "north" : "south", now_, changed_);
        break;
      case 10:
        if (below(3) == 0) (void)table_.cancel(any_id(), now_, changed_);
        break;
      default:
        was_retried = table_.retry(any_id(), now_).ok();
        (void)table_.drop(any_id());
        if (below(20) == 0) table_.set_paused(!table_.paused());
        break;
    }
    look(was_retried);
  }

  /// Honest workers do what is left; nothing stays open.
  void run_out() {
    table_.set_paused(false);
    for (int round = 0; round < 500 && is_open(); ++round) {
      now_ += std::chrono::minutes{1};
      table_.recover(now_, changed_);
      for (const JobRecord& record : table_.claim("east", 100, now_, lease)) {
        watch_.saw_claim(record);
        (void)table_.finish(finish_of(record, Completed{record.job.id.text(), ""}), now_, changed_);
      }
      look(false);
    }
  }

  [[nodiscard]] bool is_open() const {
    return std::ranges::any_of(table_.records(),
                               [](const auto& each) { return !is_terminal(each.second.state); });
  }
  [[nodiscard]] const std::vector<std::string>& faults() const { return watch_.faults(); }
  [[nodiscard]] std::map<JobState, int> states() const {
    std::map<JobState, int> count;
    for (const auto& [id, record] : table_.records()) ++count[record.state];
    return count;
  }
  [[nodiscard]] JobTable& table() { return table_; }
  [[nodiscard]] time::Timestamp now() const { return now_; }

 private:
  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }

  JobId any_id() {
    const auto& records = table_.records();
    if (records.empty()) return JobId{};
    return std::next(records.begin(), static_cast<std::ptrdiff_t>(below(records.size())))->first;
  }

  void submit() {
    NewJob job = sample_job(below(60));
    job.priority = static_cast<int>(below(10));
    job.created_at = now_;
    job.max_attempts = static_cast<std::uint32_t>(below(4));
    if (below(4) == 0) job.idempotency_key = "key " + std::to_string(below(10));
    (void)table_.submit(std::move(job), capacity);
  }

  void claim() {
    for (const JobRecord& record : table_.claim(below(2) == 0 ? "north" : "south", 1 + below(4),
                                                now_, std::chrono::seconds{1 + below(60)})) {
      watch_.saw_claim(record);
      told_.push_back(finish_of(record, any_end()));
    }
  }

  WorkEnd any_end() {
    const auto wait = std::chrono::seconds{below(20)};
    switch (below(8)) {
      case 0:
        return failed_attempt(below(3) != 0, wait);
      case 1:
        return HandedBack{below(2) == 0 ? "" : "No candles.", wait};
      case 2:
        return below(4) == 0 ? WorkEnd{WorkCancelled{}} : WorkEnd{Completed{"early", ""}};
      case 3:
      case 4:
        return parts_of(static_cast<std::uint32_t>(below(5)));
      default:
        return Completed{"run " + std::to_string(random_()), "{}"};
    }
  }

  /// True when parts may have begun anew.
  bool finish() {
    if (told_.empty()) return false;
    const Finish told = told_.at(below(told_.size()));
    const JobRecord* record = table_.find(told.id);
    // A part fans out no further here: what it would take is the same.
    if (!record->whole.empty() && std::holds_alternative<FannedOut>(told.end)) return false;
    const JobRecord before = *record;
    const bool is_held = before.lease && before.lease->token == told.token;
    const FinishResult result = table_.finish(told, now_, changed_);
    if (is_held) {
      EXPECT_EQ(result, FinishResult::done);
    } else {
      EXPECT_EQ(before, *table_.find(told.id));
    }
    return std::holds_alternative<FannedOut>(told.end);
  }

  void beat() {
    if (told_.empty()) return;
    const Finish& told = told_.at(below(told_.size()));
    (void)table_.renew({told.id, told.token, static_cast<double>(below(120)) / 100}, now_, lease);
  }

  void look(bool was_retried) {
    watch_.see(table_.records(), was_retried);
    // Only a submission is refused by the bound; what was accepted always finds its place again.
    std::uint64_t untouched = 0;
    for (const auto& [id, record] : table_.records()) {
      if (record.state == JobState::queued && record.claims == 0 && record.whole.empty() &&
          record.available_at == record.job.created_at) {
        ++untouched;
      }
    }
    watch_.saw_queue(untouched, capacity);
  }

  std::mt19937_64 random_;
  JobTable table_;
  ChangedJobs changed_;
  JobWatch watch_;
  std::vector<Finish> told_;  ///< whatever any worker may still tell, again and again
  time::Timestamp now_ = start;
};

TEST(JobTableProperty, whatever_clients_and_workers_do_no_job_is_lost_or_done_twice) {
  std::map<JobState, int> ends;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Crowd crowd{seed};
    for (int step = 0; step < 600; ++step) crowd.step();
    crowd.run_out();
    ASSERT_THAT(crowd.faults(), IsEmpty()) << "seed " << seed;
    ASSERT_FALSE(crowd.is_open()) << "seed " << seed;
    for (const auto& [state, count] : crowd.states()) ends[state] += count;
  }
  // The crowd reaches every end.
  EXPECT_GT(ends[JobState::completed], 100);
  EXPECT_GT(ends[JobState::failed], 40);
  EXPECT_GT(ends[JobState::cancelled], 100);
}

TEST(JobTableProperty, everything_that_ended_can_be_cleaned_up) {
  for (std::uint64_t seed = 100; seed < 120; ++seed) {
    Crowd crowd{seed};
    for (int step = 0; step < 300; ++step) crowd.step();
    crowd.run_out();
    std::vector<JobId> letters;
    for (const auto& [id, record] : crowd.table().records()) {
      if (record.is_dead_letter) letters.push_back(id);
    }
    for (const JobId& id : letters) ASSERT_TRUE(crowd.table().drop(id));
    while (crowd.table().clean_up(crowd.now() + 1s, 3) > 0) {
    }
    EXPECT_THAT(crowd.table().records(), IsEmpty()) << "seed " << seed;
  }
}

TEST(JobWatch, sees_every_planted_mistake) {
  const JobRecord before = [] {
    JobRecord record = running();
    (void)finish(record, finish_of(record, Completed{"run", ""}), start);
    return record;
  }();
  const auto complaints = [](const JobRecord& first, const JobRecord& second) {
    JobWatch watch;
    watch.see({{first.job.id, first}}, false);
    watch.see({{second.job.id, second}}, false);
    return watch.faults();
  };
  EXPECT_THAT(complaints(before, before), IsEmpty());
  EXPECT_THAT(complaints(before, queued()), Contains(HasSubstr("rose from its end")));
  EXPECT_THAT(complaints(before, queued()), Contains(HasSubstr("forgot a lease")));
  EXPECT_THAT(complaints(before, queued()), Contains(HasSubstr("forgot an end")));
  JobRecord other = before;
  other.run_id = "another";
  EXPECT_THAT(complaints(before, other), Contains(HasSubstr("two results")));
  other = before;
  other.finished_at = start + 1s;
  EXPECT_THAT(complaints(before, other), Contains(HasSubstr("ended twice")));
  other = before;
  ++other.sequence;
  EXPECT_THAT(complaints(before, other), Contains(HasSubstr("place in line")));
  JobRecord held = running();
  JobRecord taken = held;
  taken.lease->worker = "south";
  EXPECT_THAT(complaints(held, taken), Contains(HasSubstr("two workers")));
  ASSERT_TRUE(cancel(held, start));
  EXPECT_THAT(complaints(held, before), Contains(HasSubstr("was to be cancelled")));
  JobRecord failed = queued();
  claim(failed, "north", start, lease);
  (void)finish(failed, finish_of(failed, failed_attempt()), start);
  JobRecord forgetful = failed;
  forgetful.attempts = 0;
  EXPECT_THAT(complaints(failed, forgetful), Contains(HasSubstr("forgot a failure")));

  JobRecord whole = running();
  (void)finish(whole, finish_of(whole, parts_of(1)), start);
  JobRecord part = accept_part(sample_job(2), 2, whole.job.id, 0);
  const auto family = [&] {
    JobWatch watch;
    watch.see({{whole.job.id, whole}, {part.job.id, part}}, false);
    return watch.faults();
  };
  EXPECT_THAT(family(), IsEmpty());
  ASSERT_TRUE(cancel(part, start));
  EXPECT_THAT(family(), Contains(HasSubstr("will never be completed")));
  EXPECT_THAT(complaints(whole, whole), Contains(HasSubstr("a part that is not there")));

  JobWatch watch;
  watch.saw_claim(running());
  watch.saw_claim(running());
  watch.saw_queue(3, 2);
  EXPECT_EQ(watch.faults().size(), 2U);
}

}  // namespace
}  // namespace hts::jobs
