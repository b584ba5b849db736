#pragma once

#include <string>
#include <utility>

#include "engine/runtime/cell.hpp"
#include "engine/runtime/control.hpp"

// What children tell their supervisor. Each node lives for one delivery.
namespace hts::runtime::detail {

/// A new child.
class ChildAdded final : public ControlNode {
 public:
  explicit ChildAdded(Ref<Cell> child) noexcept : child_(std::move(child)) {}
  void deliver(Cell& supervisor) override {
    supervisor.add_child(std::move(child_));
    delete this;
  }
  void discard() noexcept override { delete this; }

 private:
  Ref<Cell> child_;
};

class ChildEnded final : public ControlNode {
 public:
  explicit ChildEnded(Ref<Cell> child) noexcept : child_(std::move(child)) {}
  void deliver(Cell& supervisor) override {
    supervisor.remove_child(*child_);
    delete this;
  }
  void discard() noexcept override { delete this; }

 private:
  const Ref<Cell> child_;
};

/// The child failed too often and waits for the supervisor's decision.
class ChildGaveUp final : public ControlNode {
 public:
  ChildGaveUp(Ref<Cell> child, std::string error) noexcept
      : child_(std::move(child)), error_(std::move(error)) {}
  void deliver(Cell& supervisor) override {
    supervisor.on_child_gave_up(*child_, error_);
    delete this;
  }
  void discard() noexcept override {
    child_->request_orphan();
    delete this;
  }

 private:
  const Ref<Cell> child_;
  const std::string error_;
};

}  // namespace hts::runtime::detail
