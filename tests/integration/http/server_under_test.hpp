#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include "adapters/http/server.hpp"
#include "handover.hpp"

namespace hts::http_test {

/// A server on a free loopback port, run by two threads. `GET /hello` answers at once; `/later`
/// leaves its Responder in `waiting`; `/throw` throws; `/drop` forgets to answer; `/big` answers 8
/// MiB; `/stream` streams one word and then silence; `POST /echo` sends the body back.
class ServerUnderTest {
 public:
  explicit ServerUnderTest(const http::ServerOptions& options = {});
  ~ServerUnderTest();

  [[nodiscard]] std::uint16_t port() const { return server_->port(); }
  [[nodiscard]] http::Server& server() { return *server_; }

  Handover<http::Responder> waiting;
  Handover<int> ended_streams;
  struct Access {
    std::string method;
    std::string route;
    int status;
    std::string request_id;
    std::uint64_t trace = 0;
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
