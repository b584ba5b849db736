#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "adapters/feed/http_get.hpp"
#include "engine/result/result.hpp"
#include "engine/time/timestamp.hpp"

namespace hts::feed {

/// How to talk to an exchange's REST interface. Clock, sleep and randomness are given so that tests
/// do not wait.
struct RestOptions {
  std::string base_url;
  std::chrono::milliseconds timeout{15'000};  ///< of one request
  std::chrono::milliseconds pace{100};        ///< between the starts of two requests: 10 a second
  int busy_tries = 8;                         ///< requests in a row that are told to wait (429)
  int failure_tries = 5;                      ///< requests in a row that fail (network, 5xx)
  std::function<time::Timestamp()> now;       ///< empty: the wall clock
  /// Empty: really sleeps, and wakes up early when `cancelled` says so.
  std::function<void(std::chrono::milliseconds)> sleep;
  std::function<double()> jitter;   ///< [0, 1); empty: random
  std::function<bool()> cancelled;  ///< may be empty
};

/// Asks an exchange, paced, and again when that may help. Blocking; one thread.
class RestClient {
 public:
  /// Takes the body of an answer. Its error makes the question be asked again: a body that was cut
  /// off or damaged may come whole the next time.
  using Read = std::function<result::Status(const std::string& body)>;

  /// `exchange` is its name in sentences.
  RestClient(RestOptions options, std::string exchange);

  /// A 429 or 418 waits as long as the server says (at most a minute) or exponentially; network
  /// errors, 5xx and damaged answers are tried again, with exponential back-off and jitter.
  /// `market` is the exchange's name of the symbol that the question is about. Errors:
  /// unknown_symbol when the exchange does not know it; unavailable when it is too busy; timed_out,
  /// network or malformed, naming the address; cancelled.
  [[nodiscard]] result::Status ask(const std::string& url, const std::string& market,
                                   const Read& read);

  [[nodiscard]] const std::string& base_url() const noexcept { return options_.base_url; }
  [[nodiscard]] time::Timestamp now() const { return options_.now(); }
  [[nodiscard]] bool cancelled() const { return options_.cancelled && options_.cancelled(); }
  /// Requests made so far, and how many of them were repetitions.
  [[nodiscard]] std::uint64_t requests() const noexcept { return requests_; }
  [[nodiscard]] std::uint64_t retries() const noexcept { return retries_; }

 private:
  /// An answer that may be better next time, and how long to wait for it at least.
  struct Setback {
    result::Error error;
    bool busy = false;
    std::optional<std::chrono::milliseconds> wait;
  };

  void keep_pace();
  [[nodiscard]] std::chrono::milliseconds back_off(const Setback& setback, int attempt) const;
  /// Success, an error that stays, or a setback.
  [[nodiscard]] result::Status request(const std::string& url, const std::string& market,
                                       const Read& read, std::optional<Setback>& setback);

  RestOptions options_;
  std::string exchange_;
  HttpGet http_;
  std::optional<time::Timestamp> last_request_;
  std::uint64_t requests_ = 0;
  std::uint64_t retries_ = 0;
};

}  // namespace hts::feed
