#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "engine/jobs/job_machine.hpp"

namespace hts::jobs {

using namespace std::chrono_literals;

inline constexpr time::Timestamp start = time::from_milliseconds(1'764'000'000'000);
inline constexpr time::Duration lease = 30s;

[[nodiscard]] inline NewJob sample_job(std::uint64_t number) {
  NewJob job;
  job.id = JobId::make(start, number, number * 0x9e3779b97f4a7c15U);
  job.kind = "backtest";
  job.request = R"({"number":)" + std::to_string(number) + '}';
  job.created_at = start;
  return job;
}

[[nodiscard]] inline JobRecord queued(std::uint64_t number = 1) {
  return accept(sample_job(number), number);
}

[[nodiscard]] inline JobRecord running(std::uint64_t number = 1) {
  JobRecord record = queued(number);
  claim(record, "north", start, lease);
  return record;
}

[[nodiscard]] inline Finish finish_of(const JobRecord& record, WorkEnd end) {
  return {record.job.id, record.claims, std::move(end)};
}

[[nodiscard]] inline AttemptFailed failed_attempt(bool may_retry = true,
                                                  time::Duration retry_after = {}) {
  return {result::make_error(result::ErrorCode::internal, "It broke; try again."), may_retry,
          retry_after};
}

[[nodiscard]] inline FannedOut parts_of(std::uint32_t count) {
  FannedOut end;
  for (std::uint32_t number = 0; number < count; ++number) {
    NewJob part = sample_job(0);
    part.kind = "part";
    part.request = std::to_string(number);
    end.parts.push_back(std::move(part));
  }
  return end;
}

}  // namespace hts::jobs
