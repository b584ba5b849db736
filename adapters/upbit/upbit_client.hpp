#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "adapters/upbit/http_get.hpp"
#include "adapters/upbit/upbit_page.hpp"
#include "engine/market/symbol.hpp"
#include "engine/market/timeframe.hpp"
#include "engine/result/result.hpp"
#include "engine/time/timestamp.hpp"

namespace hts::upbit {

/// How to talk to Upbit. Clock, sleep and randomness are given so that tests do not wait.
struct ClientOptions {
  std::string base_url = "https://api.upbit.com";
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

/// Upbit's public candle endpoints, one page a call, paced and retried. Blocking; one thread.
class UpbitClient {
 public:
  static constexpr int candles_a_page = 200;

  explicit UpbitClient(ClientOptions options);

  /// Up to 200 candles that open before `before`, newest first. A 429 waits as long as the server
  /// says (at most a minute) or exponentially; network errors, 5xx and damaged answers are tried
  /// again, with exponential back-off and jitter. Errors: unknown_symbol when Upbit does not know
  /// the market; unavailable when it is too busy; timed_out, network or malformed, naming the
  /// address; cancelled.
  [[nodiscard]] result::Result<UpbitPage> page_before(const market::Symbol& symbol,
                                                      market::Timeframe timeframe,
                                                      time::Timestamp before);

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
  /// A page, an error that stays, or a setback.
  [[nodiscard]] result::Result<UpbitPage> request(const std::string& url,
                                                  const market::Symbol& symbol,
                                                  std::optional<Setback>& setback);

  ClientOptions options_;
  HttpGet http_;
  std::optional<time::Timestamp> last_request_;
  std::uint64_t requests_ = 0;
  std::uint64_t retries_ = 0;
};

/// `{base}/v1/candles/minutes/3?market=KRW-BTC&to=2020-02-20T11:20:00Z&count=200`.
[[nodiscard]] std::string page_url(const std::string& base_url, const market::Symbol& symbol,
                                   market::Timeframe timeframe, time::Timestamp before);

}  // namespace hts::upbit
