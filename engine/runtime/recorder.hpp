#pragma once

#include <cstdint>
#include <string_view>

#include "engine/result/result.hpp"
#include "engine/runtime/clock.hpp"
#include "engine/runtime/port_calls.hpp"

namespace hts::runtime {

/// Something that entered the actors' world from outside, as a recorder sees it; the views live for
/// the call only.
struct InputRecord {
  enum class Kind : std::uint8_t {
    start = 0,  ///< the runtime started, or goes on with what the input before left over
    alarm = 1,  ///< an actor's alarm rang; `subject` is the actor's id
    job = 2,    ///< a lane job came home; `subject` is its number
    work = 3,   ///< Runtime::enter; `name` and `bytes` are those of the work
    stray = 4,  ///< a thread outside reached an actor past Runtime::enter: it cannot be replayed
  };
  Kind kind = Kind::start;
  std::uint64_t number = 0;  ///< 1, 2, 3, ...
  Timestamp now{};           ///< the actors see these two while they work on it
  SteadyTime steady_now{};
  std::uint64_t subject = 0;
  std::string_view name;
  std::string_view bytes;
  /// Of a job: why a lane refused it, or null; and the calls of ports it made.
  const result::Error* refusal = nullptr;
  const PortCalls* calls = nullptr;
};

/// Is told, in order, everything that enters the actors' world and everything that leaves it.
///
/// While a runtime has one, its actors run *sequenced*: inputs take turns, each is worked on until
/// nothing is left to do, and all of it happens as if at the moment when the input entered. What
/// the actors do is then a function of what the recorder was told, and of the runtime's seed.
///
/// The calls come one at a time, from whichever worker thread has the turn.
class Recorder {
 public:
  virtual ~Recorder() = default;
  /// Before the input is worked on.
  virtual void on_input(const InputRecord& input) noexcept = 0;
  /// Something left the actors' world (Runtime::command), because of the last input.
  virtual void on_command(std::string_view name, std::string_view bytes) noexcept = 0;
};

}  // namespace hts::runtime
