#pragma once

#include <cstdint>
#include <set>
#include <vector>

#include "config/simulation/daemon_life.hpp"
#include "config/simulation/dice.hpp"
#include "config/simulation/events.hpp"
#include "config/simulation/plan.hpp"
#include "config/simulation/truth.hpp"

namespace hts::simulation {

/// The exchange's side: one candle a minute and symbol, sent to `ingest` after it closed. After an
/// outage, a refusal or a crash it sends what is missing, as a feed that backfills does. Now and
/// then it repeats itself, or sends a candle that has not closed yet.
class Feed {
 public:
  Feed(const Plan& plan, Dice dice, Referee& referee, Truth& truth);

  void meet(DaemonLife& life, Events& events);
  void part() noexcept {
    life_ = nullptr;
    ++generation_;
  }

 private:
  struct Line {
    std::int64_t sent_up_to = 0;  ///< minutes before this one were sent, and are stored or missing
    std::set<std::int64_t> missing;  ///< sent in vain
    bool waiting = false;            ///< for the answer to a batch
    bool down = false;
  };

  void tick(std::size_t symbol, Events& events);
  void send(std::size_t symbol, std::vector<std::int64_t> minutes);
  void send_early(std::size_t symbol);

  const Plan& plan_;
  Dice dice_;
  Referee& referee_;
  Truth& truth_;
  const Market& market_;
  DaemonLife* life_ = nullptr;
  std::uint64_t generation_ = 0;
  std::vector<Line> lines_;  ///< by symbol
};

}  // namespace hts::simulation
