#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "engine/runtime/control.hpp"
#include "engine/runtime/ref.hpp"
#include "engine/runtime/trace.hpp"

namespace hts::runtime::detail {

/// Something an actor waits for: an answer, a job on a lane, room in a mailbox, a death. It goes
/// out, comes home exactly once through its owner's control lane, and dies there.
///
/// 1. One object, one owner at a time (a control lane, a lane's queue, a ReplyTo, a list of the
///    visited cell), so it needs no count and no lock.
/// 2. The actor's callback inside runs, and dies, on the owner's turns only: when the actor
///    restarts or stops before the errand is home, the callback is dropped on that turn.
/// 3. It keeps its owner's cell alive.
/// 4. Its callback runs with the trace under which it set out.
class Errand : public ControlNode {
 public:
  Errand(const Errand&) = delete;
  Errand& operator=(const Errand&) = delete;
  virtual ~Errand();

  void deliver(Cell& cell) final;
  void discard() noexcept final;
  /// On the owner's turn: its callback is dropped and never called.
  void cancel() noexcept;

 protected:
  /// A stopping actor waits for those errands that hold its stop.
  enum class OnStop { hold, ignore };

  Errand(Cell& owner, OnStop on_stop) noexcept;

  /// On the owner's turn, back home: calls the callback.
  virtual void complete() = 0;
  /// On the owner's turn: drops the callback; complete() will not be called.
  virtual void abandon() noexcept = 0;
  /// The watch that it is, or 0.
  [[nodiscard]] virtual std::uint64_t watch_id() const noexcept { return 0; }
  /// Away, on a turn of the visited cell.
  virtual void visit(Cell&) {}
  /// Away, the visited cell being dead; any thread.
  virtual void visit_dead() noexcept {}

  /// Sends it to the cell to visit.
  void send_out(Cell& to) noexcept;
  /// Hands it back to its owner; it may be gone when this returns. Any thread.
  void send_home() noexcept;

  /// On the owner's turn: it is not waited for any more (it may still be under way).
  void forget() noexcept;

  [[nodiscard]] Cell& owner() const noexcept { return *owner_; }
  [[nodiscard]] TraceId trace() const noexcept { return trace_; }

 private:
  friend class Cell;

  Ref<Cell> owner_;
  const TraceId trace_ = current_trace();
  Errand* previous_ = nullptr;  // in the owner's list of pending errands
  Errand* next_pending_ = nullptr;
  bool pending_ = false;
  bool abroad_ = false;
  const OnStop on_stop_;
};

}  // namespace hts::runtime::detail
