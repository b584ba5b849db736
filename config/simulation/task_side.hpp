#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "adapters/disk/disk.hpp"
#include "adapters/scheduled_tasks/task_desk.hpp"
#include "config/simulation/daemon_life.hpp"
#include "config/simulation/dice.hpp"
#include "config/simulation/events.hpp"
#include "config/simulation/plan.hpp"
#include "config/simulation/referee.hpp"

namespace hts::simulation {

/// The daemon's scheduled tasks with their memory on the simulated disk, and what they promise:
/// every due time is dealt with as its line says, over crashes and clocks that are set, nothing
/// runs twice or at once, and what is told of the runs is stored. Outlives the daemon's lives.
class TaskSide {
 public:
  TaskSide(const Plan& plan, Dice dice, Referee& referee);

  struct Surroundings {
    std::shared_ptr<disk::Disk> disk;
    std::function<time::Timestamp()> wall_clock;  ///< of the machine
    std::function<void()> cut_power;
    std::function<bool()> is_dead;
  };
  /// A life begins. Nothing in a plan without tasks.
  void meet(DaemonLife& life, Events& events, Surroundings surroundings);
  void part();
  /// No run dies any more.
  void calm_down() noexcept { is_calm_ = true; }

  [[nodiscard]] std::uint64_t runs() const noexcept { return runs_; }

 private:
  struct Line {
    schedule::ScheduleLine line;
    time::Duration period{};  ///< a divisor of an hour
    bool is_known = false;    ///< to the memory
    /// Every due time up to here was dealt with, as far as is known.
    time::Timestamp dealt_up_to{};
    /// The same as it was when the clock went back, until that is stored.
    std::optional<time::Timestamp> dealt_before;
    bool is_unsure = false;  ///< the clock went back far: it goes on from anywhere
    std::set<time::Timestamp> begun;
    std::optional<time::Timestamp> by_hand;
  };

  [[nodiscard]] time::Timestamp now() const { return around_.wall_clock() + spent_; }
  [[nodiscard]] Line& line_named(const std::string& name);
  void schedule(Events& events, time::Duration pause);
  void turn(Events& events);
  void act();
  [[nodiscard]] result::Result<std::string> run(const schedule::ScheduleLine& line,
                                                time::Timestamp due);
  void begun(Line& line, time::Timestamp due);
  void ended(const scheduled_tasks::TaskRun& run);
  void watch_clock();
  void learn_anew();
  void note_missed();
  void check_dealt();
  void check_stored();

  const Plan& plan_;
  Dice dice_;
  Referee& referee_;
  std::vector<Line> lines_;
  Surroundings around_;
  DaemonLife* life_ = nullptr;
  std::unique_ptr<scheduled_tasks::TaskDesk> desk_;
  std::uint64_t generation_ = 0;
  time::Duration spent_{};     ///< by the runs of the present turn
  time::Timestamp highest_{};  ///< that the clock has shown
  /// A turn's runs take no time of the world's: where the machine died in one, the next life begins
  /// before that, for its clock.
  std::optional<time::Timestamp> died_at_;
  std::optional<time::Timestamp> reached_;  // by the last look, with what its runs took
  bool is_running_ = false;
  bool is_calm_ = false;
  std::vector<scheduled_tasks::TaskRun> stored_;  ///< for certain; oldest first
  std::uint64_t runs_ = 0;
};

}  // namespace hts::simulation
