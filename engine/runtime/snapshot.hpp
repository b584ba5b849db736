#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/runtime/clock.hpp"
#include "engine/runtime/dead_letters.hpp"
#include "engine/runtime/histogram.hpp"

namespace hts::runtime {

enum class ActorState : std::uint8_t {
  reserved,    ///< has an address, is not started
  starting,    ///< will be made on its next turn
  running,     //
  restarting,  ///< failed; waits for its back-off to end
  escalated,   ///< failed too often, or its supervisor did; waits for the supervisor to come up
  stopping,    ///< handles what it has, then ends
  stopped,     //
  failed,      ///< gave up
};

[[nodiscard]] std::string_view name_of(ActorState state) noexcept;

/// What one actor looks like from outside; numbers may be a few messages behind.
struct ActorSnapshot {
  std::uint64_t id = 0;
  std::string name;
  ActorState state = ActorState::reserved;
  int shutdown_phase = 0;
  std::size_t depth = 0;
  std::size_t capacity = 0;
  std::uint64_t handled = 0;
  std::array<std::uint64_t, dead_letter_reasons> dead_letters{};  ///< by DeadLetterReason
  std::uint64_t restarts = 0;
  HandlingHistogram handling;
  WaitHistogram waiting;
  std::string last_error;  ///< what the last exception said
  Duration stuck_for{0};   ///< in one batch of messages, once that is too long; else 0

  /// All dead letters together.
  [[nodiscard]] std::uint64_t dropped() const noexcept {
    std::uint64_t sum = 0;
    for (const std::uint64_t count : dead_letters) sum += count;
    return sum;
  }
};

struct LaneSnapshot {
  std::string name;
  std::size_t threads = 0;
  std::size_t depth = 0;
  std::size_t capacity = 0;
  std::uint64_t done = 0;
  std::uint64_t rejected = 0;
  std::size_t running = 0;
  Duration oldest_running{0};  ///< how long the longest of the running jobs runs
};

/// How a shutdown went.
struct ShutdownReport {
  bool clean = true;                   ///< every actor handled all it had
  std::vector<std::string> forced;     ///< were stopped at the deadline with work left
  std::vector<std::string> survivors;  ///< were still in the middle of a handler even then
};

}  // namespace hts::runtime
