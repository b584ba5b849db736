#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "engine/runtime/cell.hpp"

namespace hts::runtime {

/// Names one watch of one actor.
struct WatchId {
  std::uint64_t value = 0;
  friend bool operator==(WatchId, WatchId) = default;
};

/// Told once to each watcher when an actor has ended for good; restarts are not told.
struct DeathNotice {
  std::string actor;
  bool failed = false;  ///< gave up after failures; otherwise it was stopped
  std::string error;    ///< with failed: what the last exception said
};

namespace detail {

class WatchErrand : public Errand {
 public:
  [[nodiscard]] std::uint64_t watch_id() const noexcept override { return watch_id_; }
  void go(Cell& to) noexcept { send_out(to); }
  /// On the dying cell's last turn.
  void report(DeathNotice notice) noexcept {
    notice_ = std::move(notice);
    send_home();
  }
  /// On a turn of the watched cell: nobody wants to know any more.
  void dismiss() noexcept { send_home(); }

 protected:
  WatchErrand(Cell& owner, Cell* target, std::uint64_t watch_id) noexcept
      : Errand(owner, OnStop::ignore), target_(target), watch_id_(watch_id) {}

  void visit(Cell& cell) override { cell.add_watcher(*this); }
  void visit_dead() noexcept override;

  Ref<Cell> target_;
  DeathNotice notice_;

 private:
  const std::uint64_t watch_id_;
};

/// Waits in a full mailbox's cell until there is room.
class RoomErrand : public Errand {
 public:
  void go(Cell& to) noexcept { send_out(to); }
  void tell() noexcept { send_home(); }

 protected:
  explicit RoomErrand(Cell& owner) noexcept : Errand(owner, OnStop::hold) {}
  void visit(Cell& cell) override { cell.add_room_waiter(*this); }
  void visit_dead() noexcept override { send_home(); }
};

/// Asks the watched cell to forget a watch.
class Unwatch final : public ControlNode {
 public:
  explicit Unwatch(std::uint64_t watch_id) noexcept : watch_id_(watch_id) {}
  void deliver(Cell& cell) override {
    cell.remove_watcher(watch_id_);
    delete this;
  }
  void discard() noexcept override { delete this; }

 private:
  const std::uint64_t watch_id_;
};

}  // namespace detail
}  // namespace hts::runtime
