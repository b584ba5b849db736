#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include "adapters/http/server.hpp"

namespace hts::http_test {

/// A value that one thread leaves and another waits for.
template <class T>
class Handover {
 public:
  void put(T value) {
    {
      const std::lock_guard lock{mutex_};
      values_.push_back(std::move(value));
    }
    filled_.notify_one();
  }
  T take() {
    std::unique_lock lock{mutex_};
    filled_.wait(lock, [this] { return !values_.empty(); });
    T value = std::move(values_.front());
    values_.erase(values_.begin());
    return value;
  }

 private:
  std::mutex mutex_;
  std::condition_variable filled_;
  std::vector<T> values_;
};

/// A server on a free loopback port, run by two threads. `GET /hello` answers at once; `/later`
/// leaves its Responder in `waiting`; `/throw` throws; `/drop` forgets to answer; `/big` answers 8
/// MiB; `POST /echo` sends the body back.
class ServerUnderTest {
 public:
  explicit ServerUnderTest(const http::ServerOptions& options = {});
  ~ServerUnderTest();

  [[nodiscard]] std::uint16_t port() const { return server_->port(); }
  [[nodiscard]] http::Server& server() { return *server_; }

  Handover<http::Responder> waiting;
  struct Access {
    std::string method;
    std::string route;
    int status;
    std::string request_id;
  };
  Handover<Access> log;

 private:
  void handle(const http::HttpRequest& request, http::Responder responder);

  boost::asio::io_context io_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::unique_ptr<http::Server> server_;
  std::vector<std::jthread> threads_;
};

}  // namespace hts::http_test
