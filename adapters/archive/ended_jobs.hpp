#pragma once

#include <string>

#include "engine/jobs/job_record.hpp"
#include "engine/ports/job_history.hpp"
#include "engine/result/result.hpp"

/// A job as its store has it, and as the history has it.
namespace hts::archive {

/// Of a job that ended; with the record's request, which may be missing. `worker`: who ran the last
/// attempt, as far as it is known. The error is the one that people may see.
[[nodiscard]] ports::EndedJob ended_job(const jobs::JobRecord& record, std::string worker);

/// What is left of a job that only the history knows: no output, no lease, no counters but the
/// attempts. Error: internal, for what is no ended job.
[[nodiscard]] result::Result<jobs::JobRecord> record_of(const ports::EndedJob& ended);

/// The history has exactly this end of the job.
[[nodiscard]] bool is_end_of(const ports::EndedJob& ended, const jobs::JobRecord& record);

}  // namespace hts::archive
