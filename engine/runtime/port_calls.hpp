#pragma once

#include <atomic>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hts::runtime {

/// One call of a port made by work on a lane: what went out, and what came back.
struct PortCall {
  std::string name;  ///< "result_store.find"
  std::string arguments;
  std::string result;

  friend bool operator==(const PortCall&, const PortCall&) = default;
};

/// The calls of ports that one lane job made. What they gave back entered the actors' world, so it
/// is recorded with the job's coming home; a replay gives it back instead of calling.
///
/// Used by one thread at a time: the lane's while the job works, then the one that takes it home.
class PortCalls {
 public:
  enum class Mode {
    ignore,  ///< nobody records
    record,
    replay,  ///< `calls` were recorded
  };

  /// Those of the job that works on the calling thread; null outside of one, or if nobody records.
  [[nodiscard]] static PortCalls* current() noexcept { return current_; }

  void begin_recording() noexcept { mode_ = Mode::record; }
  void begin_replay(std::vector<PortCall> recorded) {
    mode_ = Mode::replay;
    calls_ = std::move(recorded);
  }
  [[nodiscard]] Mode mode() const noexcept { return mode_; }
  [[nodiscard]] const std::vector<PortCall>& calls() const noexcept { return calls_; }

  void add(PortCall call) { calls_.push_back(std::move(call)); }

  /// Replay: the recorded result of the next call, if that was this one. Nothing after the first
  /// difference, which `difference` keeps.
  [[nodiscard]] std::optional<std::string_view> answer(std::string_view name,
                                                       std::string_view arguments);

  /// Where the work left what was recorded: the place of the call, and the call it made.
  struct Difference {
    std::size_t index = 0;
    PortCall made;  ///< no name: the recorded call was not made
  };
  /// Once the work is done.
  [[nodiscard]] std::optional<Difference> difference() const;

  /// What work that can be cancelled from outside shall look at: `live`, or in a replay a flag that
  /// says what happened then.
  [[nodiscard]] static const std::atomic<bool>* cancel_flag(const std::atomic<bool>* live) noexcept;
  /// The work says whether it was cancelled.
  static void note_cancelled(bool cancelled);

  /// Makes them current for the thread.
  class Scope {
   public:
    explicit Scope(PortCalls& calls) noexcept
        : before_(std::exchange(current_, calls.mode_ == Mode::ignore ? nullptr : &calls)) {}
    ~Scope() { current_ = before_; }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    PortCalls* before_;
  };

 private:
  static constinit inline thread_local PortCalls* current_ = nullptr;

  Mode mode_ = Mode::ignore;
  bool was_cancelled_ = false;  // replay: and so ended between calls that it would have made
  std::vector<PortCall> calls_;
  std::size_t next_ = 0;
  std::optional<Difference> difference_;
};

}  // namespace hts::runtime
