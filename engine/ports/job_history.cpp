#include "engine/ports/job_history.hpp"

namespace hts::ports {

result::Error no_such_ended_job(const std::string& job_id) {
  constexpr std::size_t longest_quote = 64;
  return result::make_error(result::ErrorCode::not_found,
                            "No job with the id '" + job_id.substr(0, longest_quote) +
                                "' has ended: the list of jobs shows those there are.",
                            "job_id");
}

}  // namespace hts::ports
