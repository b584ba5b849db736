#include <algorithm>
#include <utility>

#include "engine/runtime/cell.hpp"
#include "engine/runtime/family.hpp"

// What a cell does when its actor, or one that it supervises, fails too often.
namespace hts::runtime::detail {

void Cell::give_up(Cause cause) noexcept {
  Cell* supervisor = this->supervisor();
  if (supervisor == nullptr) {
    end_given_up(cause);
    return;
  }
  const std::string error = last_error();
  host_.log(LogLevel::error, name_,
            "Failed too often; its supervisor '" + supervisor->name() + "' decides: " + error);
  suspend();
  supervisor->push_control(*new ChildGaveUp(Ref<Cell>(this), error));
}

void Cell::end_given_up(Cause cause) noexcept {
  const Failure failure{name_, last_error(), restarts_.load(std::memory_order_relaxed),
                        cause == Cause::child};
  host_.log(LogLevel::error, name_, "Failed too often and is not restarted: " + failure.error);
  end(ActorState::failed);
  if (host_.on_give_up) host_.on_give_up(failure);
}

void Cell::suspend() noexcept {
  drop_incarnation();
  timers_.clear();
  cancel_deadline(restart_timer_);
  stop_self_ = false;
  phase_ = Phase::escalated;
  set_state(ActorState::escalated);
  children_wait_ = !children_.empty();
  request_children(requested_suspend);
}

void Cell::request_children(std::uint32_t what) noexcept {
  for (const Ref<Cell>& child : children_) {
    // The last word counts.
    if (what == requested_suspend) child->requests_.fetch_and(~requested_revive);
    child->request(what);
  }
}

void Cell::handle_supervision(std::uint32_t requests) noexcept {
  if ((requests & requested_fall) != 0) {
    if (last_error().empty()) set_last_error("Its supervisor gave up.");
    host_.log(LogLevel::error, name_, "Ends with its supervisor, who gave up.");
    end(ActorState::failed);
    return;
  }
  if ((requests & requested_suspend) != 0 && phase_ != Phase::reserved) {
    if (stopping_) {
      end(ActorState::stopped);
      return;
    }
    suspend();
  }
  if (phase_ != Phase::escalated) return;
  if ((requests & requested_orphan) != 0) {
    end_given_up(Cause::own);
  } else if ((requests & requested_revive) != 0) {
    restart_policy_ = RestartPolicy(options_.supervision);
    restarts_.store(restarts_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    phase_ = Phase::starting;
    set_state(ActorState::starting);
  }
}

void Cell::on_child_gave_up(Cell& child, std::string_view error) noexcept {
  if (phase_ == Phase::dying || stopping_) {
    child.request(requested_orphan);
    return;
  }
  children_wait_ = true;
  // Not up itself: the child comes up with it.
  if (phase_ != Phase::running) return;
  const std::string what = "child " + child.name() + " gave up: " + std::string(error);
  set_last_error(what);
  host_.log(LogLevel::error, name_, "Fails with an actor that it supervises: " + what);
  on_failure(Cause::child);
}

void Cell::add_child(Ref<Cell> child) {
  if (phase_ == Phase::dying) return;
  children_.push_back(std::move(child));
}

void Cell::remove_child(const Cell& child) noexcept {
  std::erase_if(children_, [&](const Ref<Cell>& one) { return one.get() == &child; });
}

std::string Cell::last_error() const {
  const std::lock_guard lock(last_error_mutex_);
  return last_error_;
}

void Cell::set_last_error(std::string_view error) {
  const std::lock_guard lock(last_error_mutex_);
  last_error_ = error;
}

}  // namespace hts::runtime::detail
