#include "adapters/feed/wire.hpp"

#include <optional>
#include <utility>

#include <boost/asio/connect.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

namespace hts::feed {
namespace {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using asio::ip::tcp;
using boost::system::error_code;

void close_socket(tcp::socket& socket) noexcept {
  error_code ignored;
  socket.shutdown(tcp::socket::shutdown_both, ignored);
  socket.close(ignored);
}

void prepare(tcp::socket& socket) noexcept {
  error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  socket.set_option(asio::socket_base::keep_alive(true), ignored);
}

std::string plain_reason(const error_code& code) {
  if (code == asio::error::eof || code == ssl::error::stream_truncated) {
    return "the server closed the connection";
  }
  return code.message();
}

class PlainWire final : public Wire {
 public:
  explicit PlainWire(const asio::any_io_executor& executor) : socket_(executor) {}

  void connect(const tcp::resolver::results_type& endpoints, Done done) override {
    asio::async_connect(
        socket_, endpoints,
        [this, done = std::move(done)](const error_code& code, const tcp::endpoint&) {
          if (!code) prepare(socket_);
          done(code, 0);
        });
  }
  void read_some(asio::mutable_buffer buffer, Done done) override {
    socket_.async_read_some(buffer, std::move(done));
  }
  void write(asio::const_buffer bytes, Done done) override {
    asio::async_write(socket_, bytes, std::move(done));
  }
  void close() noexcept override { close_socket(socket_); }
  [[nodiscard]] std::string explain(const error_code& code) const override {
    return plain_reason(code);
  }

 private:
  tcp::socket socket_;
};

class TlsWire final : public Wire {
 public:
  TlsWire(const asio::any_io_executor& executor, ssl::context& tls, std::string host)
      : stream_(executor, tls), host_(std::move(host)) {}

  void connect(const tcp::resolver::results_type& endpoints, Done done) override {
    error_code code;
    stream_.set_verify_mode(ssl::verify_peer, code);
    stream_.set_verify_callback(ssl::host_name_verification(host_), code);
    // The server may hold several names. A numeric address is none, and then this fails harmlessly.
    (void)SSL_set_tlsext_host_name(stream_.native_handle(), host_.c_str());
    asio::async_connect(
        stream_.lowest_layer(), endpoints,
        [this, done = std::move(done)](const error_code& connected, const tcp::endpoint&) mutable {
          if (connected) return done(connected, 0);
          prepare(stream_.next_layer());
          stream_.async_handshake(
              ssl::stream_base::client,
              [done = std::move(done)](const error_code& agreed) { done(agreed, 0); });
        });
  }
  void read_some(asio::mutable_buffer buffer, Done done) override {
    stream_.async_read_some(buffer, std::move(done));
  }
  void write(asio::const_buffer bytes, Done done) override {
    asio::async_write(stream_, bytes, std::move(done));
  }
  void close() noexcept override { close_socket(stream_.next_layer()); }
  [[nodiscard]] std::string explain(const error_code& code) const override {
    // host_name_verification leaves X509_V_OK behind when only the name is wrong.
    auto* const handle = const_cast<ssl::stream<tcp::socket>&>(stream_).native_handle();
    const bool is_certificate =
        code.category() == asio::error::get_ssl_category() &&
        ERR_GET_REASON(static_cast<unsigned long>(code.value())) == SSL_R_CERTIFICATE_VERIFY_FAILED;
    if (!is_certificate) return plain_reason(code);
    const long verdict = SSL_get_verify_result(handle);
    return "its certificate is refused (" +
           std::string(verdict == X509_V_OK || verdict == X509_V_ERR_APPLICATION_VERIFICATION
                           ? "it is not made out to " + host_
                           : X509_verify_cert_error_string(verdict)) +
           ")";
  }

 private:
  ssl::stream<tcp::socket> stream_;
  std::string host_;
};

}  // namespace

result::Result<std::shared_ptr<ssl::context>> make_tls(const std::string& ca_file) {
  auto tls = std::make_shared<ssl::context>(ssl::context::tls_client);
  error_code code;
  (void)SSL_CTX_set_min_proto_version(tls->native_handle(), TLS1_2_VERSION);
  if (ca_file.empty()) {
    tls->set_default_verify_paths(code);
  } else {
    tls->load_verify_file(ca_file, code);
  }
  if (!code) return tls;
  return result::make_error(result::ErrorCode::invalid,
                            "The certificates in '" + ca_file + "' cannot be read (" +
                                code.message() +
                                "): give a readable PEM file in feed.ca_file, or -.",
                            "feed.ca_file");
}

std::unique_ptr<Wire> make_wire(const asio::any_io_executor& executor, const StreamUrl& url,
                                ssl::context* tls) {
  if (url.is_encrypted) return std::make_unique<TlsWire>(executor, *tls, url.host);
  return std::make_unique<PlainWire>(executor);
}

}  // namespace hts::feed
