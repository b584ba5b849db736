#include "integration/feed/loopback_exchange.hpp"

#include <algorithm>
#include <optional>
#include <type_traits>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

namespace hts::testing {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace ssl = boost::asio::ssl;
using asio::ip::tcp;
using Code = boost::system::error_code;
using Request = beast::http::request<beast::http::string_body>;

template <class Stream>
class StreamPeer final : public Peer {
 public:
  StreamPeer(beast::websocket::stream<Stream&>& stream, std::string target)
      : stream_(stream), target_(std::move(target)) {}

  [[nodiscard]] std::string target() const override { return target_; }
  std::string read() override {
    if (is_gone_) return {};
    beast::flat_buffer buffer;
    Code code;
    stream_.read(buffer, code);
    is_gone_ = code.failed();
    return is_gone_ ? std::string() : beast::buffers_to_string(buffer.data());
  }
  void send(std::string_view text, bool is_binary) override {
    if (is_gone_) return;
    Code code;
    stream_.binary(is_binary);
    stream_.write(asio::buffer(text), code);
    is_gone_ = code.failed();
  }
  void send_raw(std::string_view bytes) override {
    if (is_gone_) return;
    Code code;
    asio::write(stream_.next_layer(), asio::buffer(bytes), code);
    is_gone_ = code.failed();
  }
  void close() override {
    Code code;
    if (!is_gone_) stream_.close(beast::websocket::close_code::going_away, code);
    is_gone_ = true;
  }

 private:
  beast::websocket::stream<Stream&>& stream_;
  std::string target_;
  bool is_gone_ = false;
};

template <class Stream>
void talk(Stream& stream, const std::string& answer, const LoopbackExchange::Script& script,
          const std::function<void(std::string)>& note_request) {
  Code code;
  beast::flat_buffer buffer;
  Request request;
  beast::http::read(stream, buffer, request, code);
  if (code) return;
  if (!answer.empty()) {
    note_request(std::string(request.target()));
    asio::write(stream, asio::buffer(answer), code);
    return;
  }
  beast::websocket::stream<Stream&> socket(stream);
  socket.accept(request, code);
  if (code) return;
  StreamPeer<Stream> peer(socket, std::string(request.target()));
  script(peer);
}

std::string pem_of(const std::function<int(BIO*)>& write) {
  BIO* const memory = BIO_new(BIO_s_mem());
  write(memory);
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory, &data);
  std::string text(data, static_cast<std::size_t>(size));
  BIO_free(memory);
  return text;
}

EVP_PKEY* key_from(const std::string& pem) {
  BIO* const memory = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  EVP_PKEY* const key = PEM_read_bio_PrivateKey(memory, nullptr, nullptr, nullptr);
  BIO_free(memory);
  return key;
}

X509* certificate_from(const std::string& pem) {
  BIO* const memory = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  X509* const certificate = PEM_read_bio_X509(memory, nullptr, nullptr, nullptr);
  BIO_free(memory);
  return certificate;
}

}  // namespace

struct LoopbackExchange::Listener {
  asio::io_context io;
  tcp::acceptor acceptor{io, {asio::ip::address_v4::loopback(), 0}};
  std::optional<ssl::context> tls;
};

LoopbackExchange::LoopbackExchange(std::vector<Script> scripts, const Certificate* certificate)
    : scripts_(std::move(scripts)), listener_(std::make_unique<Listener>()) {
  if (certificate != nullptr) {
    listener_->tls.emplace(ssl::context::tls_server);
    listener_->tls->use_certificate_chain(asio::buffer(certificate->certificate));
    listener_->tls->use_private_key(asio::buffer(certificate->key), ssl::context::pem);
  }
  thread_ = std::thread([this] { serve(); });
}

LoopbackExchange::~LoopbackExchange() {
  std::vector<std::thread> threads;
  {
    const std::lock_guard lock(mutex_);
    is_over_ = true;
    for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
    ::shutdown(listener_->acceptor.native_handle(), SHUT_RDWR);
  }
  thread_.join();
  threads.swap(threads_);
  for (std::thread& thread : threads) thread.join();
  for (const int socket : sockets_) ::close(socket);
}

void LoopbackExchange::serve() {
  for (;;) {
    tcp::socket socket(listener_->io);
    Code code;
    listener_->acceptor.accept(socket, code);
    const std::lock_guard lock(mutex_);
    if (code || is_over_) return;
    // A second handle, so that the destructor can wake a thread that reads.
    sockets_.push_back(::dup(socket.native_handle()));
    std::string answer;
    if (!answers_.empty()) {
      answer = answers_.front();
      answers_.erase(answers_.begin());
    }
    const Script& script = scripts_[std::min(connections_, scripts_.size() - 1)];
    // A refused request is no connection: the scripts wait for the next one.
    if (answer.empty()) ++connections_;
    threads_.emplace_back([this, answer, &script, number = sockets_.size() - 1,
                           socket = std::move(socket)]() mutable {
      Code ignored;
      const auto note = [this](std::string target) {
        const std::lock_guard guard(mutex_);
        requests_.push_back(std::move(target));
      };
      if (listener_->tls) {
        ssl::stream<tcp::socket&> stream(socket, *listener_->tls);
        stream.handshake(ssl::stream_base::server, ignored);
        if (!ignored) talk(stream, answer, script, note);
      } else {
        talk(socket, answer, script, note);
      }
      ::shutdown(socket.native_handle(), SHUT_RDWR);
    });
  }
}

std::string LoopbackExchange::url() const {
  return url_of("127.0.0.1");
}

std::string LoopbackExchange::url_of(const std::string& host) const {
  return (listener_->tls ? "wss://" : "ws://") + host + ":" +
         std::to_string(listener_->acceptor.local_endpoint().port());
}

void LoopbackExchange::answer_requests_with(std::vector<std::string> answers) {
  const std::lock_guard lock(mutex_);
  answers_ = std::move(answers);
}

std::size_t LoopbackExchange::connections() const {
  const std::lock_guard lock(mutex_);
  return connections_;
}

std::vector<std::string> LoopbackExchange::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

Certificate make_certificate(const std::string& host, int from_day, int until_day,
                             const Certificate* issuer) {
  EVP_PKEY* const key = EVP_EC_gen("P-256");
  X509* const certificate = X509_new();
  X509_set_version(certificate, 2);
  static int serial = 1;
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
  constexpr long day = 86'400;
  X509_gmtime_adj(X509_getm_notBefore(certificate), from_day * day);
  X509_gmtime_adj(X509_getm_notAfter(certificate), until_day * day);
  X509_set_pubkey(certificate, key);
  X509_NAME* const name = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(host.c_str()), -1, -1, 0);
  X509* const signer = issuer == nullptr ? nullptr : certificate_from(issuer->certificate);
  EVP_PKEY* const signing_key = issuer == nullptr ? key : key_from(issuer->key);
  X509_set_issuer_name(certificate, issuer == nullptr ? name : X509_get_subject_name(signer));
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer == nullptr ? certificate : signer, certificate, nullptr, nullptr,
                 0);
  const bool is_address = host.find_first_not_of("0123456789.") == std::string::npos;
  const std::string names = (is_address ? "IP:" : "DNS:") + host;
  const auto extend = [&](int kind, const char* value) {
    X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
  };
  extend(NID_subject_alt_name, names.c_str());
  if (issuer == nullptr) extend(NID_basic_constraints, "critical,CA:TRUE");
  X509_sign(certificate, signing_key, EVP_sha256());
  Certificate made{pem_of([&](BIO* memory) { return PEM_write_bio_X509(memory, certificate); }),
                   pem_of([&](BIO* memory) {
                     return PEM_write_bio_PrivateKey(memory, key, nullptr, nullptr, 0, nullptr,
                                                     nullptr);
                   })};
  if (issuer != nullptr) EVP_PKEY_free(signing_key);
  X509_free(signer);
  X509_free(certificate);
  EVP_PKEY_free(key);
  return made;
}

}  // namespace hts::testing
