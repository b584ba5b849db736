#pragma once

#include <cstdio>

#include <sys/wait.h>
#include <unistd.h>

#include "engine/result/result.hpp"

namespace hts::testing {

/// Runs `work` in a process of its own, which ends with status 0 when it returns true.
template <class Work>
[[nodiscard]] pid_t in_child(Work work) {
  const pid_t child = fork();
  if (child == 0) _exit(work() ? 0 : 1);
  return child;
}

/// As above; a refusal is told on standard error and ends it with status 1.
template <class Work>
[[nodiscard]] pid_t in_telling_child(Work work) {
  return in_child([&work] {
    const result::Status status = work();
    if (!status) std::fprintf(stderr, "A child was refused: %s\n", status.error().message.c_str());
    return status.ok();
  });
}

/// Waits for a child's end.
[[nodiscard]] inline bool succeeded(pid_t child) {
  int status = 0;
  return waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace hts::testing
