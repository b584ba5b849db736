#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

/// A plain blocking socket that speaks exactly the bytes it is told. Every wait has a limit of 20
/// s, so a silent server fails a test instead of hanging it.
namespace hts::http_test {

struct Answer {
  int status = 0;                              ///< 0: no whole answer came
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;

  [[nodiscard]] std::string header(const std::string& lower_case_name) const {
    const auto found = headers.find(lower_case_name);
    return found == headers.end() ? std::string{} : found->second;
  }
};

class LoopbackClient {
 public:
  explicit LoopbackClient(std::uint16_t port);
  ~LoopbackClient();
  LoopbackClient(const LoopbackClient&) = delete;
  LoopbackClient& operator=(const LoopbackClient&) = delete;

  [[nodiscard]] bool connected() const { return socket_ >= 0; }
  /// Sends all of it; false when the server does not take it any more.
  bool send(std::string_view bytes);
  /// No more from this side; answers still arrive.
  void finish_sending();
  /// The next answer; for HEAD the content is not waited for.
  [[nodiscard]] Answer receive(bool head_only = false);
  /// Everything up to and with `mark`; what came, when the server closes before.
  [[nodiscard]] std::string receive_until(std::string_view mark);
  /// Everything until the server closes.
  [[nodiscard]] std::string receive_all();
  /// True when the server has closed and nothing unread is left. Waits for it.
  [[nodiscard]] bool closed_by_server();

  Answer exchange(std::string_view request) {
    send(request);
    return receive();
  }

 private:
  bool receive_more();
  int socket_ = -1;
  std::string unread_;
};

/// One request on a connection of its own.
[[nodiscard]] Answer request(std::uint16_t port, std::string_view method, std::string_view target,
                             std::string_view body = {},
                             std::string_view more_fields = "Content-Type: application/json\r\n");

}  // namespace hts::http_test
