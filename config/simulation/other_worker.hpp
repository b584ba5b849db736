#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>

#include "config/simulation/daemon_life.hpp"
#include "config/simulation/dice.hpp"
#include "config/simulation/events.hpp"
#include "config/simulation/job_server.hpp"

namespace hts::simulation {

/// A worker on another machine that takes jobs from the shared server and is no good: it dies with
/// what it holds and comes back under another name, is so slow that it loses its leases and ends
/// the jobs nevertheless or once more, cannot do them and hands them back, or fails. It never
/// completes one, so that every result is the daemon's.
class OtherWorker {
 public:
  /// `server` outlives it. `period`: between two things that it does.
  OtherWorker(JobServer& server, Dice dice, Referee& referee, std::string name,
              time::Duration period);

  void meet(DaemonLife& life, Events& events);
  void part() noexcept {
    life_ = nullptr;
    ++generation_;
  }

  [[nodiscard]] std::uint64_t deaths() const noexcept { return deaths_; }

 private:
  void schedule(Events& events);
  void act();
  void claim();
  void renew();
  void end_one();
  void tell_again();

  JobServer& server_;
  Dice dice_;
  Referee& referee_;
  const std::string name_;
  const time::Duration period_;
  std::unique_ptr<ports::JobStore> store_;
  DaemonLife* life_ = nullptr;
  std::uint64_t generation_ = 0;
  std::deque<jobs::JobRecord> held_;  ///< as it believes
  std::deque<jobs::Finish> told_;     ///< the latest ends
  std::uint64_t deaths_ = 0;
};

}  // namespace hts::simulation
