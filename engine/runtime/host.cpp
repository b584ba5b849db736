#include "engine/runtime/host.hpp"

namespace hts::runtime::detail {

void Host::log(LogLevel level, std::string_view actor, std::string_view text) const noexcept {
  if (!log_sink) return;
  log_sink({level, wall_clock ? wall_clock() : executor->now(), actor, text, current_trace()});
}

}  // namespace hts::runtime::detail
