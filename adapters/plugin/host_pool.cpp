#include "adapters/plugin/host_pool.hpp"

namespace hts::plugin {
namespace {

/// As many as a machine computes strategies at the same time.
constexpr std::size_t max_idle = 16;

}  // namespace

result::Result<std::unique_ptr<HostProcess>> HostPool::take() {
  {
    const std::lock_guard lock{mutex_};
    if (!idle_.empty()) {
      auto process = std::move(idle_.back());
      idle_.pop_back();
      return process;
    }
  }
  return HostProcess::start(image_, options_);
}

void HostPool::give_back(std::unique_ptr<HostProcess> process) noexcept {
  if (process == nullptr || !process->alive()) return;
  const std::lock_guard lock{mutex_};
  if (idle_.size() >= max_idle) return;
  try {
    idle_.push_back(std::move(process));
  } catch (...) {
    // Without memory for the list the process ends; the next strategy starts a new one.
  }
}

}  // namespace hts::plugin
