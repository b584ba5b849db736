#include "adapters/alert_channels/curl_exchange.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>

#include <curl/curl.h>

#include "adapters/alert_channels/web_address.hpp"

namespace hts::alert_channels {
namespace {

using result::ErrorCode;
using result::make_error;
using result::Result;

/// Once a process; curl_easy_init would do it lazily, and not safely with threads.
bool is_curl_ready() {
  static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
  return code == CURLE_OK;
}

struct CurlClose {
  void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
  void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};
using CurlHandle = std::unique_ptr<CURL, CurlClose>;
using CurlList = std::unique_ptr<curl_slist, CurlClose>;

void append(CurlList& list, const std::string& line) {
  if (curl_slist* longer = curl_slist_append(list.get(), line.c_str()); longer != nullptr) {
    (void)list.release();
    list.reset(longer);
  }
}

int ask_interrupted(void* options, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  const auto& interrupted = static_cast<const ExchangeOptions*>(options)->interrupted;
  return interrupted != nullptr && interrupted->load(std::memory_order_relaxed) ? 1 : 0;
}

Result<CurlHandle> open_handle(const ExchangeOptions& options, const std::string& url) {
  CurlHandle handle{is_curl_ready() ? curl_easy_init() : nullptr};
  if (handle == nullptr) {
    return make_error(ErrorCode::internal,
                      "The network library did not start: restart the daemon.");
  }
  const auto set = [&](auto option, auto value) {
    (void)curl_easy_setopt(handle.get(), option, value);
  };
  set(CURLOPT_URL, url.c_str());
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(options.timeout.count()));
  set(CURLOPT_CONNECTTIMEOUT_MS, std::max(static_cast<long>(options.timeout.count() / 2), 1L));
  set(CURLOPT_NOPROGRESS, 0L);
  set(CURLOPT_XFERINFOFUNCTION, &ask_interrupted);
  set(CURLOPT_XFERINFODATA, const_cast<ExchangeOptions*>(&options));
  if (!options.ca_file.empty()) set(CURLOPT_CAINFO, options.ca_file.c_str());
  return handle;
}

/// libcurl's own words are about the host at most; its error buffer may quote the address.
result::Error failure_of(CURLcode code, const std::string& host) {
  const std::string why = std::string{curl_easy_strerror(code)};
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      return make_error(
          ErrorCode::timed_out,
          host + " did not answer in time: check the server, or notify.timeout_seconds.");
    case CURLE_ABORTED_BY_CALLBACK:
      return make_error(ErrorCode::timed_out, "The daemon stopped before " + host + " answered.");
    case CURLE_PEER_FAILED_VERIFICATION:
      return make_error(ErrorCode::invalid,
                        "The certificate of " + host +
                            " is not one for this host that is trusted: check the address, or name "
                            "its authority in notify.ca_file.");
    case CURLE_SSL_CACERT_BADFILE:
      return make_error(ErrorCode::invalid,
                        "notify.ca_file cannot be read as certificates: give a PEM file.",
                        "notify.ca_file");
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
      return make_error(ErrorCode::invalid,
                        "The address of " + host + " cannot be used: check the setting.");
    default:
      return make_error(ErrorCode::network, host + " cannot be reached (" + why +
                                                "): check that it runs and that the network leads "
                                                "there.");
  }
}

/// What a server says beside its status is nobody's business: it may quote the address.
std::size_t pass_over(char*, std::size_t, std::size_t count, void*) {
  return count;
}

/// A letter on its way, and what the server said of its receivers.
struct MailTalk {
  std::string_view rest;             ///< of the letter
  std::vector<std::string> asked;    ///< receivers, in the order of their commands
  std::vector<std::string> refused;  ///< of them
  std::size_t answered = 0;          ///< of them
};

std::size_t give_letter(char* buffer, std::size_t, std::size_t room, void* target) {
  auto& talk = *static_cast<MailTalk*>(target);
  const std::size_t given = std::min(room, talk.rest.size());
  std::memcpy(buffer, talk.rest.data(), given);
  talk.rest.remove_prefix(given);
  return given;
}

/// Pairs each command RCPT with its answer. The password passes here too: nothing is kept but
/// receivers.
int note_mail_talk(CURL*, curl_infotype type, char* data, std::size_t size, void* target) {
  constexpr std::string_view command = "RCPT TO:<";
  auto& talk = *static_cast<MailTalk*>(target);
  const std::string_view line{data, size};
  if (type == CURLINFO_HEADER_OUT && line.starts_with(command)) {
    talk.asked.emplace_back(line.substr(command.size(), line.find('>') - command.size()));
  }
  const bool is_last_line = line.size() > 3 && line[3] == ' ';
  if (type == CURLINFO_HEADER_IN && is_last_line && talk.answered < talk.asked.size()) {
    if (line.front() == '4' || line.front() == '5') {
      talk.refused.push_back(talk.asked[talk.answered]);
    }
    ++talk.answered;
  }
  return 0;
}

Result<std::vector<std::string>> mail_outcome(CURLcode code, CURL* curl, const MailLetter& letter,
                                              MailTalk talk) {
  if (code == CURLE_OK) return std::move(talk.refused);
  const std::string host = host_of(letter.url);
  if (code == CURLE_LOGIN_DENIED) {
    return make_error(ErrorCode::invalid,
                      host + " refused the user or the password of notify.email_user: check both.",
                      "notify.email_user");
  }
  if (code == CURLE_USE_SSL_FAILED) {
    return make_error(ErrorCode::invalid,
                      host + " offers no encryption: give a server that does, or smtps://.",
                      "notify.email_server");
  }
  long answer = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer);
  if (answer >= 400 && answer < 600) {
    const bool is_final = answer >= 500;
    const std::string whom = talk.asked.empty() || talk.refused.size() < talk.asked.size()
                                 ? "the sender or the letter"
                                 : "every receiver of notify.email_to";
    return make_error(is_final ? ErrorCode::invalid : ErrorCode::unavailable,
                      host + " refused " + whom + " with " + std::to_string(answer) +
                          (is_final ? ": check the addresses." : ": it is tried again."));
  }
  return failure_of(code, host);
}

}  // namespace

Result<long> post(const ExchangeOptions& options, const std::string& url, const std::string& body,
                  const std::vector<std::string>& headers) {
  auto handle = open_handle(options, url);
  if (!handle) return std::move(handle).error();
  CURL* const curl = handle->get();
  CurlList list;
  for (const std::string& header : headers) append(list, header);
  // A server that does not know it would hold up the delivery by a second.
  append(list, "Expect:");
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "hts-engine");
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list.get());
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.c_str());
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &pass_over);
  if (const CURLcode code = curl_easy_perform(curl); code != CURLE_OK) {
    return failure_of(code, host_of(url));
  }
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  return status;
}

result::Status judge(long status, const std::string& channel, const std::string& host) {
  if (status >= 200 && status < 300) return result::success();
  const bool is_passing =
      status == 408 || status == 425 || status == 429 || (status >= 500 && status < 600);
  return make_error(is_passing ? ErrorCode::unavailable : ErrorCode::invalid,
                    host + " answered " + std::to_string(status) + " to an alert by " + channel +
                        (is_passing ? ": it is tried again."
                                    : ": check the address and the key of this channel."));
}

Result<std::vector<std::string>> send_mail(const ExchangeOptions& options,
                                           const MailLetter& letter) {
  auto handle = open_handle(options, letter.url);
  if (!handle) return std::move(handle).error();
  CURL* const curl = handle->get();
  CurlList receivers;
  for (const std::string& receiver : letter.to) append(receivers, "<" + receiver + ">");
  const std::string sender = "<" + letter.from + ">";
  MailTalk talk{letter.text, {}, {}, 0};
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  // With smtp:// the connection is upgraded, and given up when the server offers no encryption.
  curl_easy_setopt(curl, CURLOPT_USE_SSL,
                   static_cast<long>(letter.must_encrypt ? CURLUSESSL_ALL : CURLUSESSL_NONE));
  if (!letter.user.empty()) {
    curl_easy_setopt(curl, CURLOPT_USERNAME, letter.user.c_str());
    curl_easy_setopt(curl, CURLOPT_PASSWORD, letter.password.c_str());
  }
  curl_easy_setopt(curl, CURLOPT_MAIL_FROM, sender.c_str());
  curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, receivers.get());
  // One address that is wrong must not keep the alert from the others.
  curl_easy_setopt(curl, CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L);
  curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(curl, CURLOPT_READFUNCTION, &give_letter);
  curl_easy_setopt(curl, CURLOPT_READDATA, &talk);
  curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L);
  curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, &note_mail_talk);
  curl_easy_setopt(curl, CURLOPT_DEBUGDATA, &talk);
  const CURLcode code = curl_easy_perform(curl);
  return mail_outcome(code, curl, letter, std::move(talk));
}

}  // namespace hts::alert_channels
