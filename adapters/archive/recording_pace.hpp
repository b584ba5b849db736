#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace hts::archive {

/// When recording of ended jobs rests. It takes processor time and syncs of the disk that
/// submissions wait for, and nobody waits for it: while many jobs are submitted it rests, until so
/// much waits (`most_resting`) or so long (`longest_rest`) that it works off what there is.
///
/// `submitted`: any thread. `rests`: one thread.
class RecordingPace {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// What ended meanwhile shares one commit; also how often it is asked whether it rests.
  static constexpr std::chrono::milliseconds gathering{50};
  /// Of submissions between two questions: fewer do not suffer from a record beside them.
  static constexpr std::uint64_t many_submissions = 25;
  static constexpr std::size_t most_resting = 30'000;
  static constexpr std::chrono::seconds longest_rest{2};

  /// `batch`: what is recorded at once. After a rest that was long enough, all full batches are.
  explicit RecordingPace(std::size_t batch) : batch_(batch) {}

  void submitted(std::uint64_t jobs) noexcept {
    submitted_.fetch_add(jobs, std::memory_order_relaxed);
  }
  /// `waiting`: ended jobs that are not recorded yet.
  [[nodiscard]] bool rests(std::size_t waiting, TimePoint now);

 private:
  const std::size_t batch_;
  std::atomic<std::uint64_t> submitted_ = 0;
  std::uint64_t seen_ = 0;
  std::optional<TimePoint> resting_since_;
  bool is_catching_up_ = false;
};

}  // namespace hts::archive
