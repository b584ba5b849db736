#pragma once

#include <cstdint>

#include "engine/runtime/gate.hpp"
#include "explored.hpp"

namespace hts::interleaving {

/// What may be wrong with a gate.
enum class GateMistake {
  none,
  rests_in_spite_of_control,
  rests_in_spite_of_messages,
  rests_without_comparing,  // idle set by a plain store
  sets_idle_apart,          // by fetch_or, after a look
  reserve_keeps_idle,
  control_keeps_idle,
  control_without_wake,
  close_without_comparing,
  park_in_spite_of_control,
  control_by_store,
  reserve_by_load_and_store,
};

/// A copy of runtime::detail::BasicGate with one mistake, for tests of the checks.
template <GateMistake mistake>
class MistakenGate {
  using Real = runtime::detail::BasicGate<explored::Atomic>;
  static constexpr auto acq_rel = std::memory_order_acq_rel;
  static constexpr auto relaxed = std::memory_order_relaxed;

 public:
  template <class T>
  using AtomicOf = explored::Atomic<T>;
  using Raised = Real::Raised;

  static constexpr std::uint64_t idle = Real::idle;
  static constexpr std::uint64_t control = Real::control;
  static constexpr std::uint64_t closed = Real::closed;
  static constexpr std::uint64_t dead = Real::dead;

  static constexpr std::uint64_t position(std::uint64_t word) noexcept {
    return Real::position(word);
  }
  std::uint64_t load() const noexcept { return word_.load(relaxed); }

  bool reserve(std::uint64_t& word, std::uint64_t count) noexcept {
    const std::uint64_t next = word + (count << Real::position_shift);
    if constexpr (mistake == GateMistake::reserve_keeps_idle) {
      return word_.compare_exchange_weak(word, next, acq_rel, relaxed);
    } else if constexpr (mistake == GateMistake::reserve_by_load_and_store) {
      if (word_.load(relaxed) != word) {
        word = word_.load(relaxed);
        return false;
      }
      word_.store(next & ~idle, std::memory_order_release);
      return true;
    } else {
      return word_.compare_exchange_weak(word, next & ~idle, acq_rel, relaxed);
    }
  }

  Raised raise_control() noexcept {
    std::uint64_t word = load();
    if constexpr (mistake == GateMistake::control_by_store) {
      word_.store((word | control) & ~idle, std::memory_order_release);
      return (word & idle) != 0 ? Raised::wake : Raised::quietly;
    }
    std::uint64_t next = 0;
    do {
      if ((word & dead) != 0) {
        word_.fetch_or(control, acq_rel);
        return Raised::refused;
      }
      next = word | control;
      if constexpr (mistake != GateMistake::control_keeps_idle) next &= ~idle;
    } while (!word_.compare_exchange_weak(word, next, acq_rel, relaxed));
    if constexpr (mistake == GateMistake::control_without_wake) return Raised::quietly;
    return (word & idle) != 0 ? Raised::wake : Raised::quietly;
  }

  bool take_control() noexcept {
    if ((load() & control) == 0) return false;
    word_.fetch_and(~control, acq_rel);
    return true;
  }

  bool rest_at(std::uint64_t head) noexcept {
    std::uint64_t word = load();
    const bool has_messages = position(word) != head;
    const bool has_control = (word & control) != 0;
    if constexpr (mistake == GateMistake::rests_in_spite_of_control) {
      return !has_messages && word_.compare_exchange_strong(word, word | idle, acq_rel, relaxed);
    } else if constexpr (mistake == GateMistake::rests_in_spite_of_messages) {
      return !has_control && word_.compare_exchange_strong(word, word | idle, acq_rel, relaxed);
    } else if constexpr (mistake == GateMistake::rests_without_comparing) {
      if (has_messages || has_control) return false;
      word_.store(word | idle, std::memory_order_release);
      return true;
    } else if constexpr (mistake == GateMistake::sets_idle_apart) {
      if (has_messages || has_control) return false;
      word_.fetch_or(idle, acq_rel);
      return true;
    } else {
      return !has_messages && !has_control &&
             word_.compare_exchange_strong(word, word | idle, acq_rel, relaxed);
    }
  }

  bool park() noexcept {
    std::uint64_t word = load();
    do {
      if (mistake != GateMistake::park_in_spite_of_control && (word & control) != 0) return false;
    } while (!word_.compare_exchange_weak(word, word | idle, acq_rel, relaxed));
    return true;
  }

  bool close_at(std::uint64_t head) noexcept {
    std::uint64_t word = load();
    if constexpr (mistake == GateMistake::close_without_comparing) {
      if (position(word) != head) return false;
      word_.fetch_or(closed, acq_rel);
      return true;
    } else {
      return position(word) == head &&
             word_.compare_exchange_strong(word, word | closed, acq_rel, relaxed);
    }
  }

  void close() noexcept { word_.fetch_or(closed, acq_rel); }
  void set_dead() noexcept { word_.fetch_or(dead | closed, acq_rel); }

 private:
  explored::Atomic<std::uint64_t> word_{idle};
};

}  // namespace hts::interleaving
