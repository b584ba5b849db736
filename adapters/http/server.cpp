#include "adapters/http/server.hpp"

#include <array>
#include <cstdio>
#include <random>
#include <utility>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/dispatch.hpp>

#include "adapters/http/connection.hpp"

namespace hts::http {
namespace {

using Acceptor = boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, Strand>;
using ListenError = boost::system::error_code;

// So many clients beyond the limit are told that it is full; more are just closed.
constexpr std::size_t refused_at_once = 64;
constexpr std::chrono::milliseconds accept_pause{100};

std::string random_prefix() {
  std::random_device device;
  std::array<char, 10> text;
  std::snprintf(text.data(), text.size(), "%08x-", static_cast<unsigned>(device()));
  return text.data();
}

result::Error listen_error(const ServerOptions& options, const ListenError& error) {
  const std::string where = options.address + ":" + std::to_string(options.port);
  if (error == boost::asio::error::address_in_use) {
    return result::make_error(result::ErrorCode::conflict,
                              "Another program listens on " + where +
                                  "; stop it or choose another port (0 takes any free one).",
                              "http.port");
  }
  if (error == boost::asio::error::access_denied) {
    return result::make_error(
        result::ErrorCode::conflict,
        "The system does not allow listening on " + where + "; choose a port from 1024 on.",
        "http.port");
  }
  return result::make_error(result::ErrorCode::invalid,
                            "Cannot listen on " + where + " (" + error.message() +
                                "); give an address of this machine, such as 127.0.0.1.",
                            "http.address");
}

}  // namespace

void ConnectionRegistry::add(const std::shared_ptr<Connection>& connection) {
  const std::lock_guard lock{mutex_};
  connections_.emplace(connection.get(), connection);
}

void ConnectionRegistry::remove(const Connection* connection) {
  std::function<void()> empty;
  {
    const std::lock_guard lock{mutex_};
    connections_.erase(connection);
    if (connections_.empty()) empty = std::exchange(empty_, nullptr);
  }
  if (empty) empty();
}

std::size_t ConnectionRegistry::size() const {
  const std::lock_guard lock{mutex_};
  return connections_.size();
}

std::vector<std::shared_ptr<Connection>> ConnectionRegistry::all() const {
  std::vector<std::shared_ptr<Connection>> open;
  const std::lock_guard lock{mutex_};
  open.reserve(connections_.size());
  for (const auto& [key, weak] : connections_) {
    if (auto connection = weak.lock()) open.push_back(std::move(connection));
  }
  return open;
}

void ConnectionRegistry::notify_when_empty(std::function<void()> empty) {
  {
    const std::lock_guard lock{mutex_};
    if (!connections_.empty()) {
      empty_ = std::move(empty);
      return;
    }
  }
  empty();
}

class Server::Implementation : public std::enable_shared_from_this<Server::Implementation> {
 public:
  Implementation(boost::asio::io_context& io, const ServerOptions& options, RequestHandler handler,
                 AccessHook hook)
      : io_(io),
        acceptor_(boost::asio::make_strand(io.get_executor())),
        timer_(acceptor_.get_executor()),
        context_(std::make_shared<ServerContext>()) {
    context_->options = options;
    context_->handler = std::move(handler);
    context_->hook = std::move(hook);
    context_->id_prefix = random_prefix();
  }

  [[nodiscard]] result::Status open() {
    const ServerOptions& options = context_->options;
    ListenError error;
    const auto address = boost::asio::ip::make_address(options.address, error);
    if (error) return listen_error(options, error);
    const boost::asio::ip::tcp::endpoint endpoint{address, options.port};
    error = acceptor_.open(endpoint.protocol(), error);
    if (!error) error = acceptor_.set_option(Acceptor::reuse_address{true}, error);
    if (!error) error = acceptor_.bind(endpoint, error);
    if (!error) error = acceptor_.listen(Acceptor::max_listen_connections, error);
    if (error) return listen_error(options, error);
    port_ = acceptor_.local_endpoint(error).port();
    return result::success();
  }

  void start() {
    boost::asio::dispatch(acceptor_.get_executor(),
                          [self = shared_from_this()] { self->accept(); });
  }

  void stop_accepting() {
    boost::asio::dispatch(acceptor_.get_executor(),
                          [self = shared_from_this()] { self->close_port(); });
  }

  void drain(std::chrono::milliseconds deadline, std::function<void(std::size_t)> done) {
    boost::asio::dispatch(acceptor_.get_executor(),
                          [self = shared_from_this(), deadline, done = std::move(done)]() mutable {
                            self->drain_on_strand(deadline, std::move(done));
                          });
  }

  void close_all() {
    stop_accepting();
    for (const auto& connection : context_->registry.all()) connection->close_soon();
  }

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  [[nodiscard]] const ServerContext& context() const noexcept { return *context_; }

 private:
  void accept() {
    if (!acceptor_.is_open()) return;
    acceptor_.async_accept(boost::asio::make_strand(io_.get_executor()),
                           [self = shared_from_this()](const ListenError& error, Socket socket) {
                             self->on_accept(error, std::move(socket));
                           });
  }

  void on_accept(const ListenError& error, Socket socket) {
    if (!acceptor_.is_open()) return;
    if (error) {
      // Out of descriptors, mostly: others must close before a retry can succeed.
      timer_.expires_after(accept_pause);
      timer_.async_wait([self = shared_from_this()](const ListenError& cancelled) {
        if (!cancelled) self->accept();
      });
      return;
    }
    const std::size_t open = context_->registry.size();
    const std::size_t limit = context_->options.max_connections;
    if (open < limit + refused_at_once) {
      const auto executor = socket.get_executor();
      auto connection = std::make_shared<Connection>(std::move(socket), context_);
      context_->registry.add(connection);
      boost::asio::dispatch(executor, [connection, refused = open >= limit] {
        refused ? connection->refuse() : connection->start();
      });
    }
    accept();
  }

  void close_port() {
    ListenError error;
    error = acceptor_.close(error);  // closed it is in any case
    timer_.cancel();
  }

  // On the acceptor's strand: whoever was accepted before is in the registry, nobody follows.
  void drain_on_strand(std::chrono::milliseconds deadline, std::function<void(std::size_t)> done) {
    close_port();
    context_->draining.store(true, std::memory_order_relaxed);
    for (const auto& connection : context_->registry.all()) connection->begin_drain();

    timer_.expires_after(deadline);
    timer_.async_wait([self = shared_from_this()](const ListenError& cancelled) {
      if (cancelled) return;
      const auto late = self->context_->registry.all();
      self->cut_ = late.size();
      for (const auto& connection : late) connection->cut_off();
    });
    context_->registry.notify_when_empty([self = shared_from_this(), done = std::move(done)] {
      boost::asio::dispatch(self->acceptor_.get_executor(), [self, done] {
        self->timer_.cancel();
        done(self->cut_);
      });
    });
  }

  boost::asio::io_context& io_;
  Acceptor acceptor_;
  Timer timer_;
  std::shared_ptr<ServerContext> context_;
  std::uint16_t port_ = 0;
  std::size_t cut_ = 0;
};

result::Result<std::unique_ptr<Server>> Server::listen(boost::asio::io_context& io,
                                                       const ServerOptions& options,
                                                       RequestHandler handler, AccessHook hook) {
  auto implementation =
      std::make_shared<Implementation>(io, options, std::move(handler), std::move(hook));
  if (auto opened = implementation->open(); !opened.ok()) return opened.error();
  implementation->start();
  return std::unique_ptr<Server>{new Server(std::move(implementation))};
}

Server::Server(std::shared_ptr<Implementation> implementation)
    : implementation_(std::move(implementation)) {}

Server::~Server() {
  implementation_->close_all();
}

std::uint16_t Server::port() const noexcept {
  return implementation_->port();
}

std::size_t Server::open_connections() const {
  return implementation_->context().registry.size();
}

std::uint64_t Server::handler_exceptions() const noexcept {
  return implementation_->context().handler_exceptions.load(std::memory_order_relaxed);
}

void Server::stop_accepting() {
  implementation_->stop_accepting();
}

void Server::drain(std::chrono::milliseconds deadline, std::function<void(std::size_t cut)> done) {
  implementation_->drain(deadline, std::move(done));
}

}  // namespace hts::http
