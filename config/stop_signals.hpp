#pragma once

#include <pthread.h>
#include <signal.h>

namespace hts::config {

/// The signals that end a daemon or a worker, held back from every thread that is started from now
/// on, so that one place waits for them.
[[nodiscard]] inline sigset_t block_stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

}  // namespace hts::config
