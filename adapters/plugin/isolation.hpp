#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace hts::plugin {

enum class Isolation {
  process,  ///< a process of its own: a crash, an endless loop or exit() ends a run, nothing else
  none,     ///< inside this process: as fast as built in, and as dangerous as its code
};

struct PluginOptions {
  Isolation isolation = Isolation::process;
  /// Longest processor time for one candle; one that waits for something may take ten times as
  /// long; process only.
  std::chrono::milliseconds bar_budget{1000};
  std::size_t memory_limit_mb = 1024;  ///< of a strategy's process; process only
  /// The command that becomes a strategy's process: it calls `run_strategy_host`.
  std::vector<std::string> host_command = {"/proc/self/exe", "strategy-host"};
};

}  // namespace hts::plugin
