#include "engine/runtime/context.hpp"

namespace hts::runtime {

Timestamp Context::now() const {
  const detail::Host& host = cell_.host();
  return host.wall_clock ? host.wall_clock() : host.executor->now();
}

SteadyTime Context::steady_now() const noexcept {
  return cell_.host().executor->steady_now();
}

void Context::log(LogLevel level, std::string_view text) const {
  cell_.host().log(level, cell_.name(), text);
}

WatchId Context::next_watch_id() noexcept {
  // Unique in the whole runtime: the watched cell tells watches apart by it.
  return {cell_.id() << 32 | ++watches_};
}

}  // namespace hts::runtime
