#pragma once

#include <atomic>
#include <functional>

namespace hts::backtest {

/// How a caller watches a computation and stops it. Both may be left empty.
struct StudyControl {
  /// Called on the computation's thread with the share done, 0 first and 1 last, rising, at most
  /// about a hundred times.
  std::function<void(double)> progress;
  /// Looked at often enough for an end within 50 ms; any thread may set it. Must outlive the
  /// computation.
  const std::atomic<bool>* cancel = nullptr;
};

}  // namespace hts::backtest
