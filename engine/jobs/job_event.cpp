#include "engine/jobs/job_event.hpp"

namespace hts::jobs {

result::Error outward(const result::Error& error) {
  using enum result::ErrorCode;
  if (error.code != storage && error.code != network && error.code != internal) return error;
  return result::make_error(error.code,
                            "Something went wrong inside the daemon; its log has the cause.");
}

}  // namespace hts::jobs
