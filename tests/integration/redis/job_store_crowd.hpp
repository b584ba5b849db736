#pragma once

#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/ports/job_store.hpp"
#include "unit/jobs/job_samples.hpp"

namespace hts::testing {

/// Clients and workers that do anything at any time, to a store and to its model at once; both must
/// say the same. Several handles of the same store take turns.
class JobStoreCrowd {
 public:
  JobStoreCrowd(std::uint64_t seed, ports::JobStore& model, std::vector<ports::JobStore*> stores)
      : random_(seed), model_(model), stores_(std::move(stores)) {}

  void step() {
    now_ += std::chrono::milliseconds{below(3'000)};
    switch (below(10)) {
      case 0:
        cancel();
        break;
      case 1:
        retry();
        break;
      case 2:
        look_after_dead_letters();
        break;
      case 3:
        release_or_pause_or_clean_up();
        break;
      default:
        transact();
        break;
    }
  }

  void compare_everything() {
    compare_counts();
    for (const auto& state : states()) {
      for (const std::string& kind : {std::string(), std::string("backtest"), std::string("sweep"),
                                      std::string("unheard of")}) {
        for (const auto& is_dead_letter : flags()) {
          ports::JobFilter filter{state, kind, is_dead_letter, {}};
          compare_list(filter, 0, 1000);
          compare_list(filter, below(20), 1 + below(10));
        }
      }
    }
    for (const jobs::JobId& id : ids_) {
      compare(model_.find(id), any().find(id), "find");
      compare_list({states()[below(6)], "", flags()[below(3)], id}, below(3), 5);
      compare(model_.part_outputs(id), any().part_outputs(id), "part_outputs");
    }
  }

 private:
  static std::vector<std::optional<jobs::JobState>> states() {
    using enum jobs::JobState;
    return {std::nullopt, queued, running, completed, failed, cancelled};
  }
  static std::vector<std::optional<bool>> flags() { return {std::nullopt, false, true}; }

  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }
  ports::JobStore& any() { return *stores_[below(stores_.size())]; }
  jobs::JobId any_id() {
    if (ids_.empty() || below(30) == 0) return jobs::JobId{1, random_()};
    return ids_[below(ids_.size())];
  }
  std::string any_worker() { return below(2) == 0 ? "north" : "south"; }

  template <class T>
  void compare(const result::Result<T>& expected, const result::Result<T>& got,
               const std::string& what) {
    ASSERT_EQ(expected.ok(), got.ok()) << what << ": " << (expected ? "" : expected.error().message)
                                       << (got ? "" : got.error().message);
    if (expected) {
      ASSERT_EQ(*expected, *got) << what;
    } else {
      ASSERT_EQ(expected.error(), got.error()) << what;
    }
  }

  void compare_list(const ports::JobFilter& filter, std::uint64_t offset, std::uint64_t limit) {
    const auto expected = model_.list(filter, offset, limit);
    const auto got = any().list(filter, offset, limit);
    ASSERT_TRUE(got) << got.error().message;
    ASSERT_EQ(expected->jobs, got->jobs);
    ASSERT_EQ(expected->total, got->total);
  }

  void compare_counts() {
    const auto expected = model_.counts();
    const auto got = any().counts();
    ASSERT_TRUE(got) << got.error().message;
    ASSERT_EQ(expected->queued, got->queued);
    ASSERT_EQ(expected->running, got->running);
    ASSERT_EQ(expected->completed, got->completed);
    ASSERT_EQ(expected->failed, got->failed);
    ASSERT_EQ(expected->cancelled, got->cancelled);
    ASSERT_EQ(expected->dead_letters, got->dead_letters);
    ASSERT_EQ(expected->queued_by_priority, got->queued_by_priority);
    ASSERT_EQ(expected->oldest_queued_at, got->oldest_queued_at);
    ASSERT_EQ(expected->next_available_at, got->next_available_at);
    ASSERT_EQ(expected->paused, got->paused);
  }

  jobs::NewJob any_job() {
    jobs::NewJob job = jobs::sample_job(below(200));
    job.kind = below(3) == 0 ? "sweep" : "backtest";
    job.priority = static_cast<int>(below(10));
    job.created_at = now_;
    job.max_attempts = static_cast<std::uint32_t>(below(4));
    if (below(4) == 0) job.idempotency_key = "key:" + std::to_string(below(10)) + " {x}";
    return job;
  }

  jobs::WorkEnd any_end() {
    const auto wait = std::chrono::seconds{below(20)};
    switch (below(8)) {
      case 0:
        return jobs::failed_attempt(below(3) != 0, wait);
      case 1:
        return jobs::HandedBack{below(2) == 0 ? "" : "No candles.", wait};
      case 2:
        return below(4) == 0 ? jobs::WorkEnd{jobs::WorkCancelled{}}
                             : jobs::WorkEnd{jobs::Completed{"early", ""}};
      case 3:
      case 4:
        return jobs::parts_of(static_cast<std::uint32_t>(below(5)));
      default:
        return jobs::Completed{"run " + std::to_string(random_()), "{\"\":\"\\u0000\"}"};
    }
  }

  void transact() {
    ports::JobBatch batch;
    batch.now = now_;
    batch.capacity = 40;
    batch.lease = std::chrono::seconds{1 + below(60)};
    for (std::uint64_t i = below(4); i > 0; --i) batch.submits.push_back(any_job());
    for (std::uint64_t i = below(5); i > 0 && !told_.empty(); --i) {
      batch.finishes.push_back(told_[below(told_.size())]);
    }
    for (std::uint64_t i = below(3); i > 0 && !told_.empty(); --i) {
      const jobs::Finish& told = told_[below(told_.size())];
      batch.heartbeats.push_back({told.id, told.token, static_cast<double>(below(120)) / 100});
    }
    batch.recover = below(4) == 0;
    if (below(2) == 0) {
      batch.claim = ports::Claim{any_worker(), static_cast<std::uint32_t>(below(6)),
                                 std::chrono::seconds{1 + below(60)}};
    }
    const auto expected = model_.transact(batch);
    const auto got = any().transact(batch);
    ASSERT_TRUE(got) << got.error().message;
    ASSERT_EQ(expected->submits.size(), got->submits.size());
    for (std::size_t i = 0; i < got->submits.size(); ++i) {
      ASSERT_EQ(expected->submits[i].result, got->submits[i].result);
      ASSERT_EQ(expected->submits[i].id, got->submits[i].id);
      ASSERT_EQ(expected->submits[i].state, got->submits[i].state);
      ASSERT_EQ(expected->submits[i].created_at, got->submits[i].created_at);
      if (got->submits[i].result == ports::SubmitResult::accepted) know(batch.submits[i].id);
    }
    ASSERT_EQ(expected->finishes, got->finishes);
    ASSERT_EQ(expected->heartbeats, got->heartbeats);
    ASSERT_EQ(expected->changed, got->changed);
    ASSERT_EQ(expected->claimed, got->claimed);
    for (const jobs::JobRecord& record : got->claimed) {
      know(record.job.id);
      told_.push_back(jobs::finish_of(record, any_end()));
      // A part fans out no further here.
      if (!record.whole.empty()) told_.back().end = jobs::Completed{"part", "[1]"};
    }
  }

  void know(const jobs::JobId& id) {
    if (std::ranges::find(ids_, id) == ids_.end()) ids_.push_back(id);
  }

  void cancel() {
    const jobs::JobId id = any_id();
    compare(model_.cancel(id, now_), any().cancel(id, now_), "cancel");
  }

  void retry() {
    const jobs::JobId id = any_id();
    compare(model_.retry(id, now_), any().retry(id, now_), "retry");
  }

  void look_after_dead_letters() {
    std::optional<jobs::JobId> id;
    if (below(4) != 0) id = any_id();
    if (below(2) == 0) {
      compare(model_.requeue_dead_letters(id, now_), any().requeue_dead_letters(id, now_),
              "requeue");
    } else {
      compare(model_.drop_dead_letters(id), any().drop_dead_letters(id), "drop");
    }
  }

  void release_or_pause_or_clean_up() {
    switch (below(6)) {
      case 0: {
        const std::string worker = any_worker();
        compare(model_.release(worker, now_), any().release(worker, now_), "release");
        break;
      }
      case 1: {
        const bool paused = below(3) == 0;
        compare(model_.set_paused(paused), any().set_paused(paused), "pause");
        break;
      }
      case 2: {
        const auto before = now_ - std::chrono::seconds{below(30)};
        const std::uint64_t most = below(10);
        compare(model_.clean_up(before, most), any().clean_up(before, most), "clean_up");
        break;
      }
      default:
        compare_counts();
        break;
    }
  }

  std::mt19937_64 random_;
  ports::JobStore& model_;
  std::vector<ports::JobStore*> stores_;
  std::vector<jobs::JobId> ids_;
  std::vector<jobs::Finish> told_;  ///< whatever any worker may still tell, again and again
  time::Timestamp now_ = jobs::start;
};

}  // namespace hts::testing
