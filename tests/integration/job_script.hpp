#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "engine/ports/job_store.hpp"
#include "job_samples.hpp"

namespace hts::testing {

/// Batches as a crowd of clients and workers would send them that repeat themselves, come late and
/// hold leases which others have taken over. The same for one seed and the same answers.
class JobScript {
 public:
  explicit JobScript(std::uint64_t seed) : random_(seed) {}

  [[nodiscard]] std::uint64_t below(std::uint64_t bound) { return random_() % bound; }
  [[nodiscard]] time::Timestamp now() const noexcept { return now_; }
  /// Of a job that may be there.
  [[nodiscard]] jobs::JobId any_id() {
    if (ids_.empty()) return job_id(0);
    return ids_.at(below(ids_.size()));
  }
  [[nodiscard]] const std::vector<jobs::JobId>& ids() const noexcept { return ids_; }
  [[nodiscard]] std::string any_worker() { return below(2) == 0 ? "north" : "south"; }

  [[nodiscard]] ports::JobBatch next() {
    now_ += std::chrono::milliseconds{below(4'000)};
    ports::JobBatch batch;
    batch.now = now_;
    batch.capacity = 4 + below(12);
    batch.lease = std::chrono::seconds{5 + below(30)};
    for (std::uint64_t i = below(5); i > 0; --i) batch.submits.push_back(any_job());
    for (std::uint64_t i = below(5); i > 0 && !told_.empty(); --i) {
      batch.finishes.push_back(told_.at(below(told_.size())));
    }
    for (std::uint64_t i = below(3); i > 0 && !told_.empty(); --i) {
      const auto& told = told_.at(below(told_.size()));
      batch.heartbeats.push_back({told.id, told.token, static_cast<double>(below(120)) / 100});
    }
    batch.recover = below(4) == 0;
    if (below(3) != 0) {
      batch.claim = ports::Claim{any_worker(), static_cast<std::uint32_t>(below(5)),
                                 std::chrono::seconds{1 + below(60)}};
    }
    for (const auto& job : batch.submits) ids_.push_back(job.id);
    return batch;
  }

  /// What was claimed may be told anything, from now on and again and again.
  void heed(const ports::JobBatchResult& answer) {
    for (const auto& record : answer.claimed) {
      told_.push_back({record.job.id, record.lease->token, any_end(record)});
      const auto* parts = std::get_if<jobs::FannedOut>(&told_.back().end);
      for (std::uint32_t i = 0; parts != nullptr && i < parts->parts.size(); ++i) {
        ids_.push_back(jobs::JobId::part_of(record.job.id, i));
      }
    }
    if (told_.size() > 40) told_.erase(told_.begin(), told_.begin() + 10);
  }

 private:
  jobs::NewJob any_job() {
    auto job = new_job(below(200));
    job.kind = below(3) == 0 ? "sweep" : "backtest";
    job.priority = static_cast<int>(below(10));
    job.created_at = now_;
    job.max_attempts = static_cast<std::uint32_t>(1 + below(3));
    if (below(4) == 0) {
      job.idempotency_key = "key " + std::to_string(below(8));
      job.request = "request " + std::to_string(below(2));
    }
    return job;
  }

  jobs::WorkEnd any_end(const jobs::JobRecord& record) {
    const auto wait = std::chrono::seconds{below(20)};
    switch (below(8)) {
      case 0:
        return failed_attempt(below(3) != 0, wait);
      case 1:
        return jobs::HandedBack{below(2) == 0 ? "" : "No candles.", wait};
      case 2:
        if (below(4) == 0) return jobs::WorkCancelled{};
        return jobs::Completed{"", "early"};
      case 3:
      case 4:
        if (record.whole.empty()) return fanned_out(static_cast<std::uint32_t>(below(5)));
        [[fallthrough]];
      default:
        return jobs::Completed{"run " + std::to_string(below(1'000)), below(2) == 0 ? "" : "{}"};
    }
  }

  std::mt19937_64 random_;
  std::vector<jobs::Finish> told_;
  std::vector<jobs::JobId> ids_;
  time::Timestamp now_ = job_start;
};

}  // namespace hts::testing
