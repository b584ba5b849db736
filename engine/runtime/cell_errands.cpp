#include <algorithm>
#include <utility>

#include "engine/runtime/cell.hpp"
#include "engine/runtime/watch.hpp"

// What a cell waits for, and who waits for it.
namespace hts::runtime::detail {

void Cell::add_pending(Errand& errand) noexcept {
  errand.next_pending_ = pending_;
  if (pending_ != nullptr) pending_->previous_ = &errand;
  pending_ = &errand;
  errand.pending_ = true;
  if (errand.on_stop_ == Errand::OnStop::hold) ++holding_stop_;
}

void Cell::remove_pending(Errand& errand) noexcept {
  if (errand.previous_ != nullptr) {
    errand.previous_->next_pending_ = errand.next_pending_;
  } else {
    pending_ = errand.next_pending_;
  }
  if (errand.next_pending_ != nullptr) errand.next_pending_->previous_ = errand.previous_;
  errand.previous_ = nullptr;
  errand.next_pending_ = nullptr;
  errand.pending_ = false;
  if (errand.on_stop_ == Errand::OnStop::hold) --holding_stop_;
}

bool Cell::cancel_errand(TimerId deadline) noexcept {
  auto* errand = static_cast<Errand*>(deadlines_.subject_of(deadline));
  if (errand == nullptr) return false;
  errand->cancel();
  return true;
}

void Cell::forget_watch(std::uint64_t watch_id) noexcept {
  for (Errand* errand = pending_; errand != nullptr; errand = errand->next_pending_) {
    if (errand->watch_id() != watch_id) continue;
    remove_pending(*errand);
    errand->abandon();
    return;
  }
}

void Cell::add_watcher(WatchErrand& watcher) {
  watchers_.push_back(&watcher);
}

void Cell::remove_watcher(std::uint64_t watch_id) noexcept {
  const auto found = std::find_if(watchers_.begin(), watchers_.end(), [&](WatchErrand* watcher) {
    return watcher->watch_id() == watch_id;
  });
  if (found == watchers_.end()) return;
  WatchErrand* watcher = *found;
  watchers_.erase(found);
  watcher->dismiss();
}

void Cell::add_room_waiter(RoomErrand& waiter) {
  room_waiters_.push_back(&waiter);
}

void Cell::tell_room_waiters() noexcept {
  // A running actor waits for a good batch of room, or each waiter would be told for one slot. It
  // gets there: it handles what it has before it rests.
  const std::size_t enough = phase_ == Phase::running ? capacity() / 2 : capacity() - 1;
  if (phase_ != Phase::dying && depth() > enough) return;
  for (RoomErrand* waiter : std::exchange(room_waiters_, {})) waiter->tell();
}

}  // namespace hts::runtime::detail
