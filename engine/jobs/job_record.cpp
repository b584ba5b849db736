#include "engine/jobs/job_record.hpp"

#include <array>

namespace hts::jobs {
namespace {

constexpr std::array<std::string_view, 5> state_names = {"queued", "running", "completed", "failed",
                                                         "cancelled"};

}  // namespace

std::string_view name_of(JobState state) noexcept {
  return state_names.at(static_cast<std::size_t>(state));
}

result::Result<JobState> parse_state(std::string_view name) {
  for (std::size_t i = 0; i < state_names.size(); ++i) {
    if (state_names.at(i) == name) return static_cast<JobState>(i);
  }
  return result::make_error(
      result::ErrorCode::invalid,
      "'" + std::string{name} +
          "' is no state of a job: give queued, running, completed, failed or cancelled.",
      "state");
}

}  // namespace hts::jobs
