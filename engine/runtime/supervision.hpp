#pragma once

#include <cstdint>
#include <deque>
#include <string>

#include "engine/runtime/clock.hpp"

namespace hts::runtime {

/// What becomes of an actor whose handler or callback throws.
enum class OnFailure {
  rebuild,     ///< it is destroyed and made anew by its factory after a pause
  keep_state,  ///< it stays as it is and goes on with the next message at once: only what it was
               ///< handling is lost. For actors whose members are sound whatever throws. A
               ///< constructor or `on_start` that throws leaves nothing to keep: then as rebuild
};

/// One-for-one supervision. The pause before an actor is made anew doubles with each failure;
/// messages wait in the mailbox meanwhile. The limits hold for both kinds of failures.
struct SupervisionOptions {
  OnFailure on_failure = OnFailure::rebuild;
  std::uint32_t max_restarts = 5;  ///< within `window`; one more gives up
  Duration window = std::chrono::seconds{60};
  Duration initial_backoff = std::chrono::milliseconds{100};
  Duration max_backoff = std::chrono::seconds{30};
  double jitter_fraction = 0.2;  ///< the pause is drawn from [pause, pause * (1 + fraction)]
};

/// Told to `RuntimeOptions::on_give_up` when an actor without a supervisor, or whose supervisor has
/// ended, is not restarted any more.
struct Failure {
  std::string actor;
  std::string error;           ///< what the last exception said
  std::uint64_t restarts = 0;  ///< over the actor's whole life
  bool escalated = false;      ///< the last failure was that of an actor it supervises
};

namespace detail {

/// Decides after each failure: how long to wait, or to give up. Used on the actor's turns only.
class RestartPolicy {
 public:
  struct Decision {
    bool give_up = false;
    Duration backoff{0};
  };

  explicit RestartPolicy(const SupervisionOptions& options) : options_(options) {}

  /// `random` is a fresh 64-bit draw for the jitter. Failures older than the window are forgotten,
  /// so an actor that was well for a while starts again with the first pause.
  [[nodiscard]] Decision on_failure(SteadyTime now, std::uint64_t random);

 private:
  SupervisionOptions options_;
  std::deque<SteadyTime> failures_;
};

}  // namespace detail
}  // namespace hts::runtime
