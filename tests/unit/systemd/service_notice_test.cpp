#include "adapters/systemd/service_notice.hpp"

#include <array>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace hts::systemd {
namespace {

/// The socket on which systemd would listen.
class Listener {
 public:
  Listener() : name_("@hts-service-notice-" + std::to_string(getpid())) {
    descriptor_ = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path + 1, name_.data() + 1, name_.size() - 1);
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name_.size());
    EXPECT_EQ(bind(descriptor_, reinterpret_cast<const sockaddr*>(&address), length), 0);
    setenv("NOTIFY_SOCKET", name_.c_str(), 1);  // NOLINT(concurrency-mt-unsafe)
  }
  ~Listener() {
    close(descriptor_);
    ServiceNotice::forget_environment();
  }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  /// The next message; empty when there is none.
  std::string next() {
    std::array<char, 512> bytes{};
    const auto count = recv(descriptor_, bytes.data(), bytes.size(), 0);
    return count <= 0 ? "" : std::string(bytes.data(), static_cast<std::size_t>(count));
  }

 private:
  std::string name_;
  int descriptor_ = -1;
};

TEST(ServiceNotice, tells_systemd_in_its_own_words) {
  Listener systemd;
  const ServiceNotice notice = ServiceNotice::of_environment();
  EXPECT_TRUE(notice.is_heard());
  notice.ready("Listening at\nhttp://127.0.0.1:8000");
  EXPECT_EQ(systemd.next(), "READY=1\nSTATUS=Listening at http://127.0.0.1:8000");
  notice.reloading();
  EXPECT_EQ(systemd.next().find("RELOADING=1\nMONOTONIC_USEC="), 0U);
  notice.is_alive();
  EXPECT_EQ(systemd.next(), "WATCHDOG=1");
  notice.stopping("Stopping");
  EXPECT_EQ(systemd.next(), "STOPPING=1\nSTATUS=Stopping");
  EXPECT_EQ(systemd.next(), "");
}

TEST(ServiceNotice, the_watchdog_is_fed_twice_as_often_as_asked) {
  const Listener systemd;
  setenv("WATCHDOG_USEC", "60000000", 1);                       // NOLINT(concurrency-mt-unsafe)
  setenv("WATCHDOG_PID", std::to_string(getpid()).c_str(), 1);  // NOLINT(concurrency-mt-unsafe)
  EXPECT_EQ(ServiceNotice::of_environment().watchdog_period(), std::chrono::seconds{30});
  setenv("WATCHDOG_PID", "1", 1);  // NOLINT(concurrency-mt-unsafe)
  EXPECT_EQ(ServiceNotice::of_environment().watchdog_period(), std::nullopt);
}

TEST(ServiceNotice, nobody_listens_to_what_systemd_did_not_start) {
  ServiceNotice::forget_environment();
  const ServiceNotice notice = ServiceNotice::of_environment();
  EXPECT_FALSE(notice.is_heard());
  EXPECT_EQ(notice.watchdog_period(), std::nullopt);
  notice.ready("nobody hears it");
}

}  // namespace
}  // namespace hts::systemd
