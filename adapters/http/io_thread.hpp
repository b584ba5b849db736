#pragma once

#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

namespace hts::http {

/// The thread that serves a server's sockets, apart from those that do the work: pages that are
/// known are answered without waiting for a turn of an actor, and a burst of requests wakes nobody.
/// One is enough for as many requests as two cores can make.
///
/// Outlives the server and every Responder; stop it before anything that handlers use ends.
class IoThread {
 public:
  /// Starts it.
  IoThread();
  /// Stops it.
  ~IoThread();
  IoThread(const IoThread&) = delete;
  IoThread& operator=(const IoThread&) = delete;

  [[nodiscard]] boost::asio::io_context& io() noexcept { return io_; }
  /// No handler runs from now on. Idempotent; not from a handler.
  void stop();

 private:
  void serve() noexcept;

  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::thread thread_;
};

}  // namespace hts::http
