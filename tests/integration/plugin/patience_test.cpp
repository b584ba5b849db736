// How long a strategy's process is waited for.

#include "adapters/plugin/patience.hpp"

#include <chrono>
#include <thread>

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace hts::plugin {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

/// A child that computes for ever until this object ends.
class Computing {
 public:
  Computing() : pid_(fork()) {
    if (pid_ != 0) return;
    for (volatile bool on = true; on;) {
    }
  }
  Computing(const Computing&) = delete;
  Computing& operator=(const Computing&) = delete;
  ~Computing() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }

  [[nodiscard]] pid_t pid() const { return pid_; }
  void stop() const {
    kill(pid_, SIGSTOP);
    int status = 0;
    EXPECT_EQ(waitpid(pid_, &status, WUNTRACED), pid_);
  }

 private:
  pid_t pid_;
};

void wait_for_the_end_of(const Patience& patience) {
  while (!patience.ended()) std::this_thread::yield();
}

TEST(PluginPatience, ends_with_the_processor_time_that_a_process_uses) {
  const Computing child;
  const Patience patience{child.pid(), milliseconds{20}, hours{1}};
  wait_for_the_end_of(patience);
  EXPECT_TRUE(patience.ended());
}

TEST(PluginPatience, is_longer_with_one_that_gets_no_processor) {
  const Computing child;
  child.stop();
  const Patience patience{child.pid(), milliseconds{1}, hours{1}};
  const auto begin = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() - begin < milliseconds{5}) std::this_thread::yield();
  EXPECT_FALSE(patience.ended());
}

TEST(PluginPatience, ends_also_with_one_that_waits_for_ever) {
  const Computing child;
  child.stop();
  const Patience patience{child.pid(), milliseconds{10}, milliseconds{20}};
  wait_for_the_end_of(patience);
  EXPECT_TRUE(patience.ended());
}

}  // namespace
}  // namespace hts::plugin
