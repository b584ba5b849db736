#pragma once

#include <string>

#include "engine/jobs/job_record.hpp"
#include "engine/result/result.hpp"

namespace hts::jobs {

/// What listeners hear of a job: a state that is durable, or progress in between.
struct JobEvent {
  JobId id;
  std::string kind;
  JobState state = JobState::queued;  ///< as shown to people
  double progress = 0;
  std::string error;   ///< the sentence, when failed or cancelled, as `outward` has it
  std::string run_id;  ///< completed
  time::Timestamp at{};
};

/// What clients and listeners may know of an error. Those of the inside (storage, network,
/// internal) quote what servers and disks have said, which may name paths, hosts and accounts: only
/// their code is left.
[[nodiscard]] result::Error outward(const result::Error& error);

}  // namespace hts::jobs
