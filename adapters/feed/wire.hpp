#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

#include "adapters/feed/stream_url.hpp"
#include "engine/result/result.hpp"

namespace hts::feed {

/// A TCP connection, encrypted or not. Handlers run on its executor, one at a time; after `close`
/// they run with an error, and the wire must live until they have.
class Wire {
 public:
  using Done = std::function<void(const boost::system::error_code&, std::size_t)>;

  virtual ~Wire() = default;
  /// TCP, then TLS with the server's certificate and host name checked.
  virtual void connect(const boost::asio::ip::tcp::resolver::results_type& endpoints,
                       Done done) = 0;
  virtual void read_some(boost::asio::mutable_buffer buffer, Done done) = 0;
  /// All of it, which stays where it is until then. One at a time.
  virtual void write(boost::asio::const_buffer bytes, Done done) = 0;
  virtual void close() noexcept = 0;
  /// The end of a sentence: why it failed.
  [[nodiscard]] virtual std::string explain(const boost::system::error_code& code) const = 0;
};

/// What certificates are checked with. `ca_file` empty: those that the system trusts. Error:
/// invalid, field `feed.ca_file`.
[[nodiscard]] result::Result<std::shared_ptr<boost::asio::ssl::context>> make_tls(
    const std::string& ca_file);

/// `tls` outlives the wire; not looked at for an address that is not encrypted.
[[nodiscard]] std::unique_ptr<Wire> make_wire(const boost::asio::any_io_executor& executor,
                                              const StreamUrl& url, boost::asio::ssl::context* tls);

}  // namespace hts::feed
