#pragma once

#include <chrono>
#include <optional>

#include <sys/types.h>
#include <time.h>

namespace hts::plugin {

/// How long another process may take for one piece of work: a budget of the processor time that it
/// uses itself, so that it is not blamed for what a busy machine makes it wait; and a larger one of
/// the time on the wall, for one that waits for what never comes.
class Patience {
 public:
  using Duration = std::chrono::steady_clock::duration;

  /// The work begins now. A process whose processor time cannot be read has the wall's budget only.
  Patience(pid_t process, Duration processor_budget, Duration wall_budget);

  /// One of the budgets is used up.
  [[nodiscard]] bool ended() const;

 private:
  [[nodiscard]] Duration processor_time() const;

  std::optional<clockid_t> processor_clock_;
  Duration processor_budget_;
  Duration wall_budget_;
  Duration processor_since_{};
  std::chrono::steady_clock::time_point wall_since_;
};

}  // namespace hts::plugin
