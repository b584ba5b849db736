#pragma once

#include <atomic>

namespace hts::runtime::detail {

class Cell;

/// A message of the control lane: stop, timer, answer, death notice, room notice. It carries its
/// own link, so the lane has no bound to fill and needs no allocation.
class ControlNode {
 public:
  /// On a turn of the receiving cell. Consumes the node.
  virtual void deliver(Cell& cell) = 0;
  /// Instead of deliver, when the cell is dead; on any thread. Consumes the node.
  virtual void discard() noexcept = 0;

  ControlNode* next = nullptr;

 protected:
  ~ControlNode() = default;
};

/// Multi-producer, taken whole by the consumer, oldest first.
///
/// A node pushed before another by the same thread is delivered before it; everything the pusher
/// did before `push` is visible to whoever takes the node.
///
/// `Atomic` is std::atomic but in tests.
template <template <class> class Atomic>
class BasicControlLane {
 public:
  void push(ControlNode& node) noexcept {
    node.next = newest_.load(std::memory_order_relaxed);
    while (!newest_.compare_exchange_weak(node.next, &node, std::memory_order_release,
                                          std::memory_order_relaxed)) {
    }
  }

  /// The waiting nodes as a list, oldest first; null when there is none. Any thread may take.
  [[nodiscard]] ControlNode* take_all() noexcept {
    ControlNode* node = newest_.exchange(nullptr, std::memory_order_acquire);
    ControlNode* oldest = nullptr;
    while (node != nullptr) {
      ControlNode* older = node->next;
      node->next = oldest;
      oldest = node;
      node = older;
    }
    return oldest;
  }

 private:
  Atomic<ControlNode*> newest_{nullptr};
};

using ControlLane = BasicControlLane<std::atomic>;

}  // namespace hts::runtime::detail
