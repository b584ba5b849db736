#include "adapters/http/request_parser.hpp"

#include <optional>
#include <string>
#include <vector>

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

namespace hts::http {

namespace beast_http = boost::beast::http;

// Named, since the parser's implementation holds these types and units may be joined.
namespace request_reading {

using BeastError = boost::beast::error_code;
using BeastView = boost::beast::string_view;

std::string_view std_view(BeastView text) {
  return {text.data(), text.size()};
}

Method method_of(beast_http::verb verb) {
  switch (verb) {
    case beast_http::verb::get:
      return Method::get;
    case beast_http::verb::head:
      return Method::head;
    case beast_http::verb::post:
      return Method::post;
    case beast_http::verb::put:
      return Method::put;
    case beast_http::verb::patch:
      return Method::patch;
    case beast_http::verb::delete_:
      return Method::remove;
    case beast_http::verb::options:
      return Method::options;
    default:
      return Method::other;
  }
}

// A body larger than this gives its memory back: a thousand idle connections would hold a gibibyte.
constexpr std::size_t kept_body_bytes = 65'536;

// A piece of `head`, kept as an offset because `head` moves while it grows.
struct HeadPiece {
  std::size_t offset = 0;
  std::size_t size = 0;
};

struct FieldPieces {
  HeadPiece name;
  HeadPiece value;
};

// What one request leaves behind; its capacity is kept for the next.
struct RequestStorage {
  std::string head;  // target, names and values, end to end
  std::string body;
  std::vector<FieldPieces> pieces;
  std::vector<HeaderField> fields;
  Method method = Method::get;
  HeadPiece target;
  bool http10 = false;
  bool expects_continue = false;
  bool chunked = false;
  bool request_line_done = false;
  bool fields_done = false;
  std::size_t hosts = 0;
  int failure_status = 0;
  std::string_view failure_detail;

  HeadPiece keep(std::string_view text) {
    const HeadPiece piece{head.size(), text.size()};
    head.append(text);
    return piece;
  }
  [[nodiscard]] std::string_view view(HeadPiece piece) const {
    return std::string_view{head}.substr(piece.offset, piece.size);
  }
  void fail(int status, std::string_view detail) {
    failure_status = status;
    failure_detail = detail;
  }
  void clear() {
    if (body.capacity() > kept_body_bytes) body = std::string{};
    head.clear();
    body.clear();
    pieces.clear();
    fields.clear();
    target = {};
    http10 = expects_continue = chunked = request_line_done = fields_done = false;
    hosts = 0;
    failure_status = 0;
    failure_detail = {};
  }
};

// Beast finds the pieces; this keeps them.
class BeastReader final : public beast_http::basic_parser<true> {
 public:
  BeastReader(RequestStorage& storage, const ParserLimits& limits)
      : storage_(storage), limits_(limits) {
    header_limit(static_cast<std::uint32_t>(limits.header_bytes));
    body_limit(limits.body_bytes);
    eager(true);
  }

 private:
  void on_request_impl(beast_http::verb verb, BeastView, BeastView target, int version,
                       BeastError&) override {
    storage_.request_line_done = true;
    storage_.method = method_of(verb);
    storage_.target = storage_.keep(std_view(target));
    storage_.http10 = version == 10;
  }
  void on_response_impl(int, BeastView, int, BeastError&) override {}

  void on_field_impl(beast_http::field field, BeastView name, BeastView value,
                     BeastError& error) override {
    if (storage_.fields_done) return;  // trailers mean nothing here
    if (storage_.pieces.size() >= limits_.header_fields) {
      storage_.fail(431, "The request has too many header fields; send fewer.");
      error = beast_http::error::header_limit;
      return;
    }
    if (field == beast_http::field::host) ++storage_.hosts;
    if (field == beast_http::field::transfer_encoding) {
      if (!equal_ignoring_case(std_view(value), "chunked")) {
        storage_.fail(501, "Only the transfer coding 'chunked' is understood.");
        error = beast_http::error::bad_transfer_encoding;
        return;
      }
      storage_.chunked = true;
    }
    if (field == beast_http::field::expect) {
      if (!equal_ignoring_case(std_view(value), "100-continue")) {
        storage_.fail(417, "The only expectation understood is '100-continue'.");
        error = beast_http::error::bad_value;
        return;
      }
      storage_.expects_continue = true;
    }
    const HeadPiece kept_name = storage_.keep(std_view(name));
    storage_.pieces.push_back({kept_name, storage_.keep(std_view(value))});
  }

  void on_header_impl(BeastError& error) override {
    storage_.fields_done = true;
    if (storage_.hosts > 1 || (storage_.hosts == 0 && !storage_.http10)) {
      storage_.fail(400, "An HTTP/1.1 request needs exactly one Host field.");
      error = beast_http::error::bad_field;
    }
  }
  void on_body_init_impl(const boost::optional<std::uint64_t>&, BeastError&) override {}
  std::size_t on_body_impl(BeastView data, BeastError&) override {
    storage_.body.append(data.data(), data.size());
    return data.size();
  }
  void on_chunk_header_impl(std::uint64_t, BeastView, BeastError&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, BeastView data, BeastError&) override {
    storage_.body.append(data.data(), data.size());
    return data.size();
  }
  void on_finish_impl(BeastError&) override {}

  RequestStorage& storage_;
  const ParserLimits& limits_;
};

// "http://host/path" is the same request as "/path" (RFC 9112, section 3.2.2).
std::string_view without_authority(std::string_view target) {
  const std::size_t scheme = target.find("://");
  if (target.empty() || target.front() == '/' || scheme == std::string_view::npos) return target;
  const std::size_t path = target.find_first_of("/?", scheme + 3);
  return path == std::string_view::npos ? std::string_view{"/"} : target.substr(path);
}

}  // namespace request_reading

struct RequestParser::Implementation {
  explicit Implementation(const ParserLimits& parser_limits) : limits(parser_limits) {
    reader.emplace(storage, limits);
  }

  ParserLimits limits;
  request_reading::RequestStorage storage;
  std::optional<request_reading::BeastReader> reader;
  HttpRequest request;
  std::size_t header_bytes_consumed = 0;
  bool started = false;

  void publish() {
    storage.fields.reserve(storage.pieces.size());
    for (const auto& pieces : storage.pieces) {
      storage.fields.push_back({storage.view(pieces.name), storage.view(pieces.value)});
    }
    std::string_view target = request_reading::without_authority(storage.view(storage.target));
    target = target.substr(0, target.find('#'));
    const std::size_t mark = target.find('?');
    request.method = storage.method;
    request.path = target.substr(0, mark);
    if (request.path.empty()) request.path = "/";
    request.query = mark == std::string_view::npos ? std::string_view{} : target.substr(mark + 1);
    request.headers = storage.fields;
    request.body = storage.body;
  }

  void fail_oversized(std::string_view unread) {
    if (storage.request_line_done || unread.find('\n') != std::string_view::npos) {
      storage.fail(431, "The header fields are larger than the server reads; send fewer.");
    } else {
      storage.fail(414, "The request line is longer than the server reads; shorten the URL.");
    }
  }

  void fail_for(const boost::beast::error_code& error, std::string_view unread) {
    if (storage.failure_status != 0) return;
    if (error == beast_http::error::header_limit) {
      fail_oversized(unread);
    } else if (error == beast_http::error::body_limit) {
      storage.fail(413, "The body is larger than the server takes (1 MiB by default).");
    } else if (error == beast_http::error::bad_version) {
      storage.fail(400, "The request line is not HTTP/1.0 or HTTP/1.1.");
    } else if (error == beast_http::error::bad_content_length ||
               error == beast_http::error::multiple_content_length ||
               error == beast_http::error::bad_transfer_encoding) {
      storage.fail(400,
                   "Content-Length and Transfer-Encoding contradict each other or themselves.");
    } else if (!storage.request_line_done) {
      storage.fail(400, "The request line cannot be read as HTTP.");
    } else if (!storage.fields_done) {
      storage.fail(400, "A header field cannot be read as HTTP.");
    } else {
      storage.fail(400, "The chunked body cannot be read as HTTP.");
    }
  }
};

RequestParser::RequestParser(const ParserLimits& limits)
    : implementation_(std::make_unique<Implementation>(limits)) {}
RequestParser::~RequestParser() = default;

RequestParser::State RequestParser::feed(std::string_view input, std::size_t& consumed) {
  Implementation& self = *implementation_;
  consumed = 0;
  if (self.storage.failure_status != 0) return State::failed;
  if (!self.started) {
    // Some clients end a body with a line break that belongs to nobody.
    while (consumed < input.size() && (input[consumed] == '\r' || input[consumed] == '\n')) {
      ++consumed;
    }
  }
  std::string_view unread = input.substr(consumed);
  if (unread.empty()) return State::need_more;
  self.started = true;
  // No chunk ends in fewer bytes, and Beast counts on having them.
  constexpr std::size_t shortest_chunk_end = 5;
  if (self.storage.fields_done && self.storage.chunked && unread.size() < shortest_chunk_end) {
    return State::need_more;
  }

  const bool had_fields = self.storage.fields_done;
  boost::beast::error_code error;
  const std::size_t taken =
      self.reader->put(boost::asio::const_buffer{unread.data(), unread.size()}, error);
  consumed += taken;
  unread.remove_prefix(taken);
  if (!had_fields) self.header_bytes_consumed += taken;
  if (error && error != beast_http::error::need_more) {
    self.fail_for(error, unread);
    self.publish();
    return State::failed;
  }
  if (!self.storage.fields_done &&
      self.header_bytes_consumed + unread.size() >= self.limits.header_bytes) {
    self.fail_oversized(unread);
    self.publish();
    return State::failed;
  }
  if (!self.reader->is_done()) return State::need_more;
  self.publish();
  return State::complete;
}

void RequestParser::reset() {
  Implementation& self = *implementation_;
  self.storage.clear();
  self.request = {};
  self.reader.emplace(self.storage, self.limits);
  self.header_bytes_consumed = 0;
  self.started = false;
}

bool RequestParser::started() const noexcept {
  return implementation_->started;
}

bool RequestParser::awaits_continue() const noexcept {
  const auto& storage = implementation_->storage;
  return storage.fields_done && storage.expects_continue && storage.body.empty() &&
         !storage.http10 && !implementation_->reader->is_done();
}

bool RequestParser::keep_alive() const noexcept {
  return implementation_->storage.fields_done && implementation_->reader->keep_alive();
}

bool RequestParser::is_http10() const noexcept {
  return implementation_->storage.http10;
}

HttpRequest& RequestParser::request() noexcept {
  return implementation_->request;
}
const HttpRequest& RequestParser::request() const noexcept {
  return implementation_->request;
}

int RequestParser::failure_status() const noexcept {
  return implementation_->storage.failure_status;
}
std::string_view RequestParser::failure_detail() const noexcept {
  return implementation_->storage.failure_detail;
}

}  // namespace hts::http
