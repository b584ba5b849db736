#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/runtime/executor.hpp"
#include "engine/runtime/input_turn.hpp"
#include "engine/runtime/port_calls.hpp"
#include "engine/runtime/recorder.hpp"

namespace hts::runtime {

/// Runs actors on the calling thread as a recorder's record says: each input at its recorded time,
/// in the recorded order; a lane job does its work when the record says that it came home, and its
/// ports give the recorded answers.
///
/// 1. Nothing happens but inside `play` and `wait`; not thread-safe. Alarms ring only when played.
/// 2. The actors and the seed must be those of the record. Then they do what they did, and
///    `on_command` is called with what they send out.
class ReplayExecutor final : public detail::Executor {
 public:
  using OnCommand = std::function<void(std::string_view name, std::string_view bytes)>;

  explicit ReplayExecutor(OnCommand on_command);
  ~ReplayExecutor() override;

  /// Plays an input. `work` is run if it is work. Not for strays.
  struct Played {
    /// Nobody waits for that job: the actors did something else than in the record.
    bool job_is_missing = false;
    /// The job called its ports otherwise than in the record.
    std::optional<PortCalls::Difference> difference;
  };
  Played play(const InputRecord& input, std::vector<PortCall> calls,
              const std::function<void()>& work);

  /// Lane jobs that did not come home yet.
  [[nodiscard]] std::size_t jobs_away() const noexcept { return jobs_.size(); }

  [[nodiscard]] Timestamp now() const noexcept override { return turn_.now; }
  [[nodiscard]] SteadyTime steady_now() const noexcept override { return turn_.steady_now; }
  void schedule(detail::Task& task) noexcept override { turn_.add(task); }
  void share(detail::Task& task) noexcept override { turn_.add(task); }
  [[nodiscard]] bool has_shared_work() const noexcept override { return false; }
  [[nodiscard]] std::unique_ptr<detail::Alarm> make_alarm(detail::AlarmTarget& target) override;
  [[nodiscard]] bool has_threads() const noexcept override { return false; }
  void start() override {}
  /// Refuses the jobs that are away, so that their actors can end.
  void stop() noexcept override;
  bool wait(const std::function<bool()>& done, SteadyTime deadline) override;
  void notify() noexcept override {}

  [[nodiscard]] bool is_sequenced() const noexcept override { return true; }
  void begin_job(detail::LaneJob& job) noexcept override;
  [[nodiscard]] bool keep_job(detail::LaneJob& job) noexcept override;
  void command(std::string_view name, std::string_view bytes) noexcept override;

 private:
  class ReplayAlarm;

  [[nodiscard]] Played play_job(const InputRecord& input, std::vector<PortCall> calls);

  const OnCommand on_command_;
  detail::InputTurn turn_;
  bool playing_ = false;
  std::map<std::uint64_t, detail::AlarmTarget*> alarms_;  // by their owner
  std::map<std::uint64_t, detail::LaneJob*> jobs_;        // by their number
};

}  // namespace hts::runtime
