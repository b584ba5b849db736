#include "adapters/feed/http_get.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <curl/curl.h>

namespace hts::feed {
namespace {

/// Once a process; curl_easy_init would do it lazily, and not safely with threads.
bool initialise_curl() {
  static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
  return code == CURLE_OK;
}

}  // namespace

struct HttpGet::Connection {
  explicit Connection(Options given) : options(std::move(given)) {}
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() {
    curl_slist_free_all(headers);
    if (handle != nullptr) curl_easy_cleanup(handle);
  }

  static std::size_t take_body(char* data, std::size_t, std::size_t count, void* self) {
    auto& connection = *static_cast<Connection*>(self);
    if (connection.body.size() + count > connection.options.most_bytes) {
      connection.is_too_large = true;
      return 0;
    }
    connection.body.append(data, count);
    return count;
  }

  static int ask_cancelled(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    const auto& cancelled = static_cast<Connection*>(self)->options.cancelled;
    return cancelled && cancelled() ? 1 : 0;
  }

  Options options;
  CURL* handle = nullptr;
  curl_slist* headers = nullptr;
  std::string body;
  bool is_too_large = false;
  std::array<char, CURL_ERROR_SIZE> problem{};
};

HttpGet::HttpGet(Options options) : connection_(std::make_unique<Connection>(std::move(options))) {
  Connection& connection = *connection_;
  if (!initialise_curl()) return;
  connection.handle = curl_easy_init();
  if (connection.handle == nullptr) return;
  connection.headers = curl_slist_append(nullptr, "Accept: application/json");
  const auto timeout = static_cast<long>(connection.options.timeout.count());
  const auto set = [&](auto option, auto value) {
    (void)curl_easy_setopt(connection.handle, option, value);
  };
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  set(CURLOPT_TIMEOUT_MS, timeout);
  set(CURLOPT_CONNECTTIMEOUT_MS, std::max(timeout / 3, 1L));
  set(CURLOPT_ACCEPT_ENCODING, "");
  set(CURLOPT_USERAGENT, "hts-engine");
  set(CURLOPT_HTTPHEADER, connection.headers);
  set(CURLOPT_ERRORBUFFER, connection.problem.data());
  set(CURLOPT_WRITEFUNCTION, &Connection::take_body);
  set(CURLOPT_WRITEDATA, static_cast<void*>(&connection));
  set(CURLOPT_NOPROGRESS, 0L);
  set(CURLOPT_XFERINFOFUNCTION, &Connection::ask_cancelled);
  set(CURLOPT_XFERINFODATA, static_cast<void*>(&connection));
}

HttpGet::HttpGet(HttpGet&&) noexcept = default;
HttpGet::~HttpGet() = default;

result::Result<HttpAnswer> HttpGet::get(const std::string& url) {
  Connection& connection = *connection_;
  if (connection.handle == nullptr) {
    return result::make_error(result::ErrorCode::internal, "libcurl cannot be initialised.");
  }
  connection.body.clear();
  connection.is_too_large = false;
  connection.problem.front() = '\0';
  (void)curl_easy_setopt(connection.handle, CURLOPT_URL, url.c_str());
  const CURLcode code = curl_easy_perform(connection.handle);

  if (code != CURLE_OK) {
    const std::string why =
        connection.problem.front() != '\0' ? connection.problem.data() : curl_easy_strerror(code);
    if (connection.is_too_large) {
      return result::make_error(
          result::ErrorCode::too_large,
          "The answer is larger than " + std::to_string(connection.options.most_bytes) + " bytes.");
    }
    switch (code) {
      case CURLE_ABORTED_BY_CALLBACK:
        return result::make_error(result::ErrorCode::cancelled, "Stopped.");
      case CURLE_OPERATION_TIMEDOUT:
        return result::make_error(result::ErrorCode::timed_out, why);
      case CURLE_URL_MALFORMAT:
      case CURLE_UNSUPPORTED_PROTOCOL:
        return result::make_error(result::ErrorCode::invalid, why);
      default:
        return result::make_error(result::ErrorCode::network, why);
    }
  }
  HttpAnswer answer;
  long status = 0;
  curl_off_t retry_after = 0;
  (void)curl_easy_getinfo(connection.handle, CURLINFO_RESPONSE_CODE, &status);
  (void)curl_easy_getinfo(connection.handle, CURLINFO_RETRY_AFTER, &retry_after);
  answer.status = static_cast<int>(status);
  answer.body = std::move(connection.body);
  if (retry_after > 0) answer.retry_after = std::chrono::seconds{retry_after};
  return answer;
}

}  // namespace hts::feed
