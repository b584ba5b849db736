#pragma once

#include <atomic>
#include <string>
#include <thread>

namespace hts::testing {

/// Something that speaks Redis as far as one who asks what it is needs: INFO says `info`, all else
/// is OK. It counts what it was asked to change.
class FakeRedis {
 public:
  explicit FakeRedis(std::string info);
  ~FakeRedis();
  FakeRedis(const FakeRedis&) = delete;
  FakeRedis& operator=(const FakeRedis&) = delete;

  [[nodiscard]] std::string url() const { return "redis://127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] int changes() const { return changes_; }

 private:
  void serve();
  void answer(int connection);

  const std::string info_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> is_over_ = false;
  std::atomic<int> changes_ = 0;
  std::thread thread_;
};

}  // namespace hts::testing
