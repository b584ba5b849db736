#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "engine/ports/job_store.hpp"

namespace hts::jobs {

inline void PrintTo(const JobRecord& record, std::ostream* out) {
  *out << record.job.id.text() << ' ' << name_of(record.state) << ", " << record.job.kind
       << ", sequence " << record.sequence << ", priority " << record.job.priority << ", claims "
       << record.claims << ", ended " << record.ended_token << ", attempts " << record.attempts
       << ", losses " << record.lease_losses << ", handed back " << record.hand_backs
       << ", progress " << record.progress << ", parts " << record.open_parts << '/' << record.parts
       << (record.joins ? ", joins" : "") << (record.cancel_requested ? ", to be cancelled" : "")
       << (record.is_dead_letter ? ", dead letter" : "") << ", available "
       << record.available_at.time_since_epoch().count();
  if (record.lease) {
    *out << ", held by " << record.lease->worker << " until "
         << record.lease->until.time_since_epoch().count();
  }
  if (record.error) *out << ", error '" << record.error->message << '\'';
  *out << ", request '" << record.job.request.substr(0, 60) << "', output '"
       << record.output.substr(0, 60) << "', run '" << record.run_id << '\'';
}

inline void PrintTo(const JobId& id, std::ostream* out) {
  *out << id.text();
}

}  // namespace hts::jobs

namespace hts::testing {

using namespace std::chrono_literals;

inline constexpr time::Timestamp job_start = time::from_milliseconds(1'764'000'000'000);
inline constexpr time::Duration job_lease = 30s;

[[nodiscard]] inline jobs::JobId job_id(std::uint64_t number) {
  return jobs::JobId::make(job_start, number, number * 0x9e3779b97f4a7c15U);
}

[[nodiscard]] inline jobs::NewJob new_job(std::uint64_t number) {
  jobs::NewJob job;
  job.id = job_id(number);
  job.kind = "backtest";
  job.request = R"({"number":)" + std::to_string(number) + '}';
  job.created_at = job_start + std::chrono::nanoseconds{number};
  return job;
}

[[nodiscard]] inline jobs::AttemptFailed failed_attempt(bool may_retry = true,
                                                        time::Duration retry_after = {}) {
  return {result::make_error(result::ErrorCode::internal, "It broke; try again.", "here"),
          may_retry, retry_after};
}

[[nodiscard]] inline jobs::FannedOut fanned_out(std::uint32_t count) {
  jobs::FannedOut end;
  for (std::uint32_t number = 0; number < count; ++number) {
    jobs::NewJob part;
    part.kind = "sweep_part";
    part.request = "part " + std::to_string(number);
    part.created_at = job_start;
    end.parts.push_back(std::move(part));
  }
  return end;
}

[[nodiscard]] inline ports::JobFilter job_filter(std::optional<jobs::JobState> state,
                                                 std::string kind = {},
                                                 std::optional<bool> is_dead_letter = {},
                                                 std::optional<jobs::JobId> parts_of = {}) {
  ports::JobFilter filter;
  filter.state = state;
  filter.kind = std::move(kind);
  filter.is_dead_letter = is_dead_letter;
  filter.parts_of = parts_of;
  return filter;
}

/// Changes come in any order; time is compared where it means something.
[[nodiscard]] inline std::vector<jobs::JobRecord> comparable(std::vector<jobs::JobRecord> records) {
  std::ranges::sort(records, {}, [](const jobs::JobRecord& record) { return record.job.id; });
  for (jobs::JobRecord& record : records) {
    if (record.state != jobs::JobState::queued) record.available_at = {};
  }
  return records;
}

template <class Value>
[[nodiscard]] Value taken(result::Result<Value> answer) {
  EXPECT_TRUE(answer) << answer.error().message;
  return answer ? std::move(*answer) : Value{};
}

/// One queue; every store that it opens sees the same jobs, as another process would.
class JobQueue {
 public:
  virtual ~JobQueue() = default;
  [[nodiscard]] virtual std::unique_ptr<ports::JobStore> open() = 0;
};

}  // namespace hts::testing
