#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <thread>

#include "adapters/redis/connection.hpp"
#include "engine/ports/job_store.hpp"

namespace hts::redis {

/// A thread that hears what other stores of the same queue publish, on a connection of its own that
/// it opens again whenever it is lost. After each connection it tells of `work`, since something
/// may have been said while nobody listened. Destroying it takes a tenth of a second at most, or
/// the time of a connection under way.
class SignalListener {
 public:
  struct Source {
    RedisAddress address;
    std::string password;
    ConnectionLimits limits;
    std::string channel;
    std::string own_origin;  ///< whose messages are not told
  };

  SignalListener(Source source, std::function<void(const ports::JobSignal&)> hear);
  ~SignalListener();
  SignalListener(const SignalListener&) = delete;
  SignalListener& operator=(const SignalListener&) = delete;

 private:
  void run();
  void listen(Connection& connection);
  void tell(std::string_view message);

  const Source source_;
  const std::function<void(const ports::JobSignal&)> hear_;
  std::atomic<bool> is_over_ = false;
  std::thread thread_;
};

}  // namespace hts::redis
