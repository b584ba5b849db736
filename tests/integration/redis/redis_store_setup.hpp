#pragma once

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

#include "../job_samples.hpp"
#include "adapters/redis/redis_job_store.hpp"
#include "redis_server.hpp"

namespace hts::testing {

inline redis::JobStoreOptions callers_clock(const std::string& queue = "jobs") {
  redis::JobStoreOptions options;
  options.queue = queue;
  options.use_callers_clock = true;
  return options;
}

inline std::unique_ptr<ports::JobStore> store_on(
    const RedisServer& server, const redis::JobStoreOptions& options = callers_clock()) {
  auto opened = redis::open_job_store(server.url(), options);
  if (!opened) throw std::runtime_error(opened.error().message);
  return std::move(*opened);
}

/// Asks again and again, for as long as a slow machine may need.
template <class Question>
[[nodiscard]] bool becomes_true(Question question) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
  while (std::chrono::steady_clock::now() < deadline) {
    if (question()) return true;
    std::this_thread::yield();
  }
  return false;
}

inline ports::JobBatch submission_of(std::uint64_t first, std::uint64_t count) {
  ports::JobBatch batch;
  batch.now = job_start;
  batch.capacity = 1'000'000;
  for (std::uint64_t i = 0; i < count; ++i) batch.submits.push_back(new_job(first + i));
  return batch;
}

inline ports::JobBatch claim_of(const std::string& worker, std::uint32_t most) {
  ports::JobBatch batch;
  batch.now = job_start;
  batch.claim = ports::Claim{worker, most, job_lease};
  return batch;
}

inline ports::JobBatch completion_of(const std::vector<jobs::JobRecord>& claimed) {
  ports::JobBatch batch;
  batch.now = job_start;
  for (const jobs::JobRecord& record : claimed) {
    batch.finishes.push_back(
        {record.job.id, record.lease->token, jobs::Completed{record.job.id.text(), ""}});
  }
  return batch;
}

}  // namespace hts::testing
