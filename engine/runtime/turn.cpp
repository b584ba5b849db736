#include "engine/runtime/turn.hpp"

#include <utility>

#include "engine/runtime/executor.hpp"

namespace hts::runtime::detail {

void Turn::spill(Task& task) noexcept {
  spill_next();
  spilled_ = true;
  executor_.schedule(task);
}

void Turn::spill_next() noexcept {
  if (Task* waiting = std::exchange(next_, nullptr)) {
    spilled_ = true;
    executor_.schedule(*waiting);
  }
}

}  // namespace hts::runtime::detail
