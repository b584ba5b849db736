#include "engine/runtime/errand.hpp"

#include "engine/runtime/cell.hpp"

namespace hts::runtime::detail {

Errand::Errand(Cell& owner, OnStop on_stop) noexcept : owner_(&owner), on_stop_(on_stop) {
  owner.add_pending(*this);
}

Errand::~Errand() = default;

void Errand::deliver(Cell& cell) {
  if (abroad_) {
    visit(cell);
    return;
  }
  const std::unique_ptr<Errand> home(this);  // complete() may throw
  if (!pending_) return;
  forget();
  present_trace = trace_;  // the cell takes it back, or names it if this fails
  complete();
}

void Errand::discard() noexcept {
  if (abroad_) {
    visit_dead();
  } else {
    delete this;
  }
}

void Errand::cancel() noexcept {
  forget();
  abandon();
}

void Errand::send_out(Cell& to) noexcept {
  abroad_ = true;
  to.push_control(*this);
}

void Errand::send_home() noexcept {
  abroad_ = false;
  const Ref<Cell> owner = owner_;  // the push may end this errand
  owner->push_control(*this);
}

void Errand::forget() noexcept {
  if (pending_) owner_->remove_pending(*this);
}

}  // namespace hts::runtime::detail
