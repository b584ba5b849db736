#include "adapters/daemon_client/daemon_client.hpp"

#include <memory>

#include <curl/curl.h>

namespace hts::daemon_client {
namespace {

/// More than any run within the limits of the API makes.
constexpr std::size_t largest_answer = 1U << 30U;

struct CurlDeleter {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

std::size_t append_body(char* data, std::size_t size, std::size_t count, void* target) {
  auto& body = *static_cast<std::string*>(target);
  if (body.size() + size * count > largest_answer) return 0;
  body.append(data, size * count);
  return size * count;
}

result::Result<Answer> exchange(const std::string& url, const std::string* body,
                                std::chrono::milliseconds timeout) {
  using result::ErrorCode;
  using result::make_error;
  const std::unique_ptr<CURL, CurlDeleter> handle{curl_easy_init()};
  if (!handle)
    return make_error(ErrorCode::internal, "The HTTP client cannot start: out of memory.");
  Answer answer;
  std::unique_ptr<curl_slist, CurlDeleter> headers{
      curl_slist_append(nullptr, "Content-Type: application/json")};
  curl_easy_setopt(handle.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle.get(), CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle.get(), CURLOPT_NOPROXY, "*");
  curl_easy_setopt(handle.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle.get(), CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count()));
  curl_easy_setopt(handle.get(), CURLOPT_CONNECTTIMEOUT_MS, 3000L);
  curl_easy_setopt(handle.get(), CURLOPT_WRITEFUNCTION, append_body);
  curl_easy_setopt(handle.get(), CURLOPT_WRITEDATA, &answer.body);
  if (body != nullptr) {
    curl_easy_setopt(handle.get(), CURLOPT_POSTFIELDS, body->c_str());
    curl_easy_setopt(handle.get(), CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(body->size()));
    curl_easy_setopt(handle.get(), CURLOPT_HTTPHEADER, headers.get());
  }
  const CURLcode code = curl_easy_perform(handle.get());
  if (code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST) {
    return make_error(
        ErrorCode::network,
        "No daemon answers at " + url + ": start one with 'hts serve' or correct the address.",
        "daemon");
  }
  if (code != CURLE_OK) {
    return make_error(ErrorCode::network,
                      "The exchange with " + url + " failed (" + curl_easy_strerror(code) +
                          "): see the daemon's log.",
                      "daemon");
  }
  curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &answer.status);
  return answer;
}

}  // namespace

result::Result<Answer> get(const std::string& url, std::chrono::milliseconds timeout) {
  return exchange(url, nullptr, timeout);
}

result::Result<Answer> post_json(const std::string& url, const std::string& body,
                                 std::chrono::milliseconds timeout) {
  return exchange(url, &body, timeout);
}

}  // namespace hts::daemon_client
