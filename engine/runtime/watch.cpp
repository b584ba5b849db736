#include "engine/runtime/watch.hpp"

namespace hts::runtime::detail {

void WatchErrand::visit_dead() noexcept {
  ActorSnapshot last = target_->snapshot();
  const bool failed = last.state == ActorState::failed;
  report({std::move(last.name), failed, failed ? std::move(last.last_error) : std::string{}});
}

}  // namespace hts::runtime::detail
