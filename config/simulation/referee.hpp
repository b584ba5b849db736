#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "engine/time/timestamp.hpp"

namespace hts::simulation {

/// The first rule that a run broke.
struct Violation {
  std::string invariant;  ///< a short name, listed in docs/simulation.md
  std::string text;       ///< what was seen and what should have been
  std::uint64_t step = 0;
  time::Timestamp time{};  ///< virtual
};

/// Keeps the step and the first violation of one run, and the hash of all that happened.
class Referee {
 public:
  explicit Referee(std::function<void(const std::string& line)> trace = {})
      : trace_(std::move(trace)) {}

  /// The next step begins, at this virtual time.
  void begin_step(time::Timestamp now) {
    ++step_;
    now_ = now;
  }

  void violated(std::string_view invariant, std::string text) {
    tell("VIOLATION " + std::string{invariant} + ": " + text);
    if (!violation_) violation_ = {std::string{invariant}, std::move(text), step_, now_};
  }
  [[nodiscard]] bool failed() const noexcept { return violation_.has_value(); }
  [[nodiscard]] const std::optional<Violation>& violation() const noexcept { return violation_; }

  [[nodiscard]] bool tracing() const noexcept { return static_cast<bool>(trace_); }
  /// One line of the story, if somebody follows it.
  void tell(const std::string& line) const {
    if (trace_) trace_(std::to_string(step_) + " " + time::format_iso8601(now_) + " " + line);
  }

  /// Mixes a fact into the hash; the same facts in another order give another hash.
  void note(std::uint64_t fact) noexcept {
    hash_ = (hash_ ^ fact) * 0x9e3779b97f4a7c15U;
    hash_ ^= hash_ >> 29U;
  }
  [[nodiscard]] std::uint64_t hash() const noexcept { return hash_; }
  [[nodiscard]] std::uint64_t step() const noexcept { return step_; }
  [[nodiscard]] time::Timestamp now() const noexcept { return now_; }

 private:
  std::function<void(const std::string& line)> trace_;
  std::uint64_t step_ = 0;
  time::Timestamp now_{};
  std::uint64_t hash_ = 0xcbf29ce484222325U;
  std::optional<Violation> violation_;
};

}  // namespace hts::simulation
