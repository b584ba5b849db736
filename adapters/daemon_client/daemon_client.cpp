#include "adapters/daemon_client/daemon_client.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include <curl/curl.h>

namespace hts::daemon_client {
namespace {

/// More than any run within the limits of the API makes.
constexpr std::size_t largest_answer = 1U << 30U;
/// A daemon that lives says so every 15 s.
constexpr long longest_silence_seconds = 45;
/// Of the content of an answer that is not what was asked for.
constexpr std::size_t largest_complaint = 65'536;
constexpr long longest_pause_seconds = 15;
constexpr int look_milliseconds = 20;

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

using CurlHandle = std::unique_ptr<CURL, CurlDeleter>;

result::Result<CurlHandle> open_handle(const std::string& url) {
  CurlHandle handle{curl_easy_init()};
  if (!handle) {
    return result::make_error(result::ErrorCode::internal,
                              "The HTTP client cannot start: out of memory.");
  }
  curl_easy_setopt(handle.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle.get(), CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle.get(), CURLOPT_NOPROXY, "*");
  curl_easy_setopt(handle.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle.get(), CURLOPT_CONNECTTIMEOUT_MS, 3000L);
  return handle;
}

result::Error exchange_error(const std::string& url, CURLcode code) {
  if (code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST) {
    return result::make_error(
        result::ErrorCode::network,
        "No daemon answers at " + url + ": start one with 'hts serve' or correct the address.",
        "daemon");
  }
  return result::make_error(result::ErrorCode::network,
                            "The exchange with " + url + " failed (" + curl_easy_strerror(code) +
                                "): see the daemon's log.",
                            "daemon");
}

/// `method` null: GET without a body, POST with one.
result::Result<Answer> exchange(const std::string& url, const char* method, const std::string* body,
                                std::chrono::milliseconds timeout) {
  auto handle = open_handle(url);
  if (!handle) return std::move(handle).error();
  CURL* const curl = handle->get();
  Answer answer;
  const std::unique_ptr<curl_slist, CurlDeleter> headers{
      curl_slist_append(nullptr, "Content-Type: application/json")};
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count()));
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, append_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer.body);
  if (method != nullptr) curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
  if (body != nullptr) {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body->c_str());
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body->size()));
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
  }
  if (const CURLcode code = curl_easy_perform(curl); code != CURLE_OK) {
    return exchange_error(url, code);
  }
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer.status);
  return answer;
}

/// What the callbacks of a download need.
struct Downloading {
  CURL* curl;
  const std::function<result::Status(std::string_view)>& take;
  Answer answer;
  std::optional<result::Error> problem;
};

std::size_t take_content(char* data, std::size_t size, std::size_t count, void* target) {
  auto& download = *static_cast<Downloading*>(target);
  const std::string_view bytes{data, size * count};
  curl_easy_getinfo(download.curl, CURLINFO_RESPONSE_CODE, &download.answer.status);
  if (download.answer.status != 200) {
    std::string& body = download.answer.body;
    body.append(bytes.substr(0, largest_complaint - std::min(largest_complaint, body.size())));
    return bytes.size();
  }
  auto taken = download.take(bytes);
  if (taken) return bytes.size();
  download.problem = std::move(taken).error();
  return 0;
}

struct MultiDeleter {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};

/// Like curl_easy_perform, but looks every few milliseconds whether to go on.
CURLcode perform(CURL* curl, const std::function<bool()>& keep_going) {
  const std::unique_ptr<CURLM, MultiDeleter> multi{curl_multi_init()};
  if (!multi || curl_multi_add_handle(multi.get(), curl) != CURLM_OK) return CURLE_OUT_OF_MEMORY;
  CURLcode outcome = CURLE_ABORTED_BY_CALLBACK;
  int running = 1;
  while (running > 0 && keep_going()) {
    if (curl_multi_perform(multi.get(), &running) != CURLM_OK) break;
    if (running > 0) (void)curl_multi_poll(multi.get(), nullptr, 0, look_milliseconds, nullptr);
  }
  int left = 0;
  if (const CURLMsg* message = curl_multi_info_read(multi.get(), &left)) {
    outcome = message->data.result;
  }
  (void)curl_multi_remove_handle(multi.get(), curl);
  return outcome;
}

/// What the callbacks of a listening exchange need.
struct Listening {
  CURL* curl;
  const std::function<void()>& opened;
  const std::function<void(const Event&)>& use;
  const std::function<bool()>& keep_going;
  EventParser parser;
  bool is_open = false;
  bool is_refused = false;
};

std::size_t take_events(char* data, std::size_t size, std::size_t count, void* target) {
  auto& listening = *static_cast<Listening*>(target);
  if (!listening.is_open) {
    long status = 0;
    curl_easy_getinfo(listening.curl, CURLINFO_RESPONSE_CODE, &status);
    if (status != 200) {
      listening.is_refused = true;
      return 0;
    }
    listening.is_open = true;
    listening.opened();
  }
  listening.parser.feed({data, size * count}, listening.use);
  return listening.keep_going() ? size * count : 0;
}

int ask_whether_to_go_on(void* target, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<Listening*>(target)->keep_going() ? 0 : 1;
}

}  // namespace

result::Result<Answer> get(const std::string& url, std::chrono::milliseconds timeout) {
  return exchange(url, nullptr, nullptr, timeout);
}

result::Result<Answer> post_json(const std::string& url, const std::string& body,
                                 std::chrono::milliseconds timeout) {
  return exchange(url, nullptr, &body, timeout);
}

result::Result<Answer> post(const std::string& url, std::chrono::milliseconds timeout) {
  const std::string nothing;
  return exchange(url, nullptr, &nothing, timeout);
}

result::Result<Answer> remove(const std::string& url, std::chrono::milliseconds timeout) {
  return exchange(url, "DELETE", nullptr, timeout);
}

result::Result<Answer> download(const std::string& url,
                                const std::function<result::Status(std::string_view)>& take,
                                const std::function<bool()>& keep_going) {
  auto handle = open_handle(url);
  if (!handle) return std::move(handle).error();
  CURL* const curl = handle->get();
  Downloading download{curl, take, {}, {}};
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_content);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &download);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, longest_pause_seconds);
  const CURLcode code = perform(curl, keep_going);
  if (download.problem) return *std::move(download.problem);
  if (code == CURLE_ABORTED_BY_CALLBACK) {
    return result::make_error(result::ErrorCode::cancelled, "The download was stopped.");
  }
  if (code != CURLE_OK) return exchange_error(url, code);
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &download.answer.status);
  return std::move(download.answer);
}

result::Status listen(const std::string& url, const std::function<void()>& opened,
                      const std::function<void(const Event&)>& use,
                      const std::function<bool()>& keep_going) {
  auto handle = open_handle(url);
  if (!handle) return std::move(handle).error();
  CURL* const curl = handle->get();
  Listening listening{curl, opened, use, keep_going, {}};
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_events);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &listening);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, ask_whether_to_go_on);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &listening);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, longest_silence_seconds);
  const CURLcode code = curl_easy_perform(curl);
  if (listening.is_refused) {
    return result::make_error(result::ErrorCode::unavailable,
                              "The daemon at " + url + " offers no events: poll instead.",
                              "daemon");
  }
  if (code == CURLE_OK || !keep_going()) return result::success();
  return exchange_error(url, code);
}

}  // namespace hts::daemon_client
