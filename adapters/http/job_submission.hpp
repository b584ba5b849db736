#pragma once

#include "adapters/http/api.hpp"
#include "adapters/http/responder.hpp"
#include "engine/jobs/job_record.hpp"

namespace hts::http {

/// Gives the job to the queue and answers 202 once it is durable. `is_preference`: the client
/// preferred this to waiting.
void submit_job(const ApiServices& services, jobs::NewJob job, Responder responder,
                bool is_preference = false);

}  // namespace hts::http
