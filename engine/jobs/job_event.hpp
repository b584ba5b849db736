#pragma once

#include <string>

#include "engine/jobs/job_record.hpp"

namespace hts::jobs {

/// What listeners hear of a job: a state that is durable, or progress in between.
struct JobEvent {
  JobId id;
  std::string kind;
  JobState state = JobState::queued;  ///< as shown to people
  double progress = 0;
  std::string error;   ///< the sentence, when failed or cancelled
  std::string run_id;  ///< completed
  time::Timestamp at{};
};

}  // namespace hts::jobs
