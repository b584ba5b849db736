#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace hts::runtime::detail {

inline constexpr std::size_t cache_line = 64;

/// The one word on which senders and the consumer of a mailbox agree: how many messages were ever
/// reserved, and whether anybody still has to wake the consumer.
///
/// 1. `idle` is set only by the consumer, and only in a state in which it has nothing to do: the
///    compare-and-set fails if a message was reserved or a control node announced meanwhile. So no
///    wake-up is lost, and no fence is needed beyond the one read-modify-write a message costs.
/// 2. Exactly one thread clears `idle`: the one whose read-modify-write found it set. It alone
///    schedules the drain task, so at most one drain task exists at any time. That is the strand.
/// 3. Setting `idle` is the consumer's last touch of the actor: from that moment another worker
///    may run it. The setting releases and the clearing acquires, so everything a turn did is
///    visible to the next turn, on whatever thread.
/// 4. `closed` refuses data, `dead` also refuses control; both are set once and never cleared.
///
/// `Atomic` is std::atomic but in the test that runs this code in every order of its steps.
template <template <class> class Atomic>
class alignas(cache_line) BasicGate {
 public:
  template <class T>
  using AtomicOf = Atomic<T>;

  static constexpr std::uint64_t idle = 1;
  static constexpr std::uint64_t control = 2;
  static constexpr std::uint64_t closed = 4;
  static constexpr std::uint64_t dead = 8;
  static constexpr int position_shift = 4;

  /// Messages reserved so far, of a loaded word.
  [[nodiscard]] static constexpr std::uint64_t position(std::uint64_t word) noexcept {
    return word >> position_shift;
  }

  [[nodiscard]] std::uint64_t load() const noexcept {
    return word_.load(std::memory_order_relaxed);
  }

  /// Sender: takes `count` positions from `word`'s on. On failure `word` is the present one.
  /// If the successful `word` had `idle`, the caller must wake the consumer after publishing.
  [[nodiscard]] bool reserve(std::uint64_t& word, std::uint64_t count) noexcept {
    return word_.compare_exchange_weak(word, (word + (count << position_shift)) & ~idle,
                                       std::memory_order_acq_rel, std::memory_order_relaxed);
  }

  /// Sender of a locked mailbox, after its push. True: the caller must wake the consumer.
  [[nodiscard]] bool clear_idle() noexcept {
    if ((load() & idle) == 0) return false;
    return (word_.fetch_and(~idle, std::memory_order_acq_rel) & idle) != 0;
  }

  enum class Raised { quietly, wake, refused };

  /// Announces control nodes already pushed. `refused`: the cell is dead and the caller must
  /// discard what the lane holds.
  [[nodiscard]] Raised raise_control() noexcept {
    std::uint64_t word = load();
    do {
      if ((word & dead) != 0) {
        // Synchronises with set_dead: the node pushed before is either seen by the consumer's last
        // look at the lane or left to this caller.
        word_.fetch_or(control, std::memory_order_acq_rel);
        return Raised::refused;
      }
    } while (!word_.compare_exchange_weak(word, (word | control) & ~idle, std::memory_order_acq_rel,
                                          std::memory_order_relaxed));
    return (word & idle) != 0 ? Raised::wake : Raised::quietly;
  }

  /// Consumer: true if control nodes were announced; the announcement is taken back.
  [[nodiscard]] bool take_control() noexcept {
    if ((load() & control) == 0) return false;
    word_.fetch_and(~control, std::memory_order_acq_rel);
    return true;
  }

  /// Consumer at position `head`: sets `idle` unless there is something to do. True is the
  /// consumer's last touch of the actor.
  [[nodiscard]] bool rest_at(std::uint64_t head) noexcept {
    std::uint64_t word = load();
    return position(word) == head && (word & control) == 0 &&
           word_.compare_exchange_strong(word, word | idle, std::memory_order_acq_rel,
                                         std::memory_order_relaxed);
  }

  /// As rest_at, but leaves waiting messages where they are.
  [[nodiscard]] bool park() noexcept {
    std::uint64_t word = load();
    do {
      if ((word & control) != 0) return false;
    } while (!word_.compare_exchange_weak(word, word | idle, std::memory_order_acq_rel,
                                          std::memory_order_relaxed));
    return true;
  }

  /// Consumer: closes if nothing was reserved after `head`.
  [[nodiscard]] bool close_at(std::uint64_t head) noexcept {
    std::uint64_t word = load();
    return position(word) == head &&
           word_.compare_exchange_strong(word, word | closed, std::memory_order_acq_rel,
                                         std::memory_order_relaxed);
  }

  void close() noexcept { word_.fetch_or(closed, std::memory_order_acq_rel); }
  void set_dead() noexcept { word_.fetch_or(dead | closed, std::memory_order_acq_rel); }

 private:
  Atomic<std::uint64_t> word_{idle};
};

using Gate = BasicGate<std::atomic>;

}  // namespace hts::runtime::detail
