#include "adapters/feed/rest_client.hpp"

#include <algorithm>
#include <random>
#include <string_view>
#include <thread>
#include <utility>

namespace hts::feed {
namespace {

using result::ErrorCode;
using std::chrono::milliseconds;

constexpr milliseconds longest_wait = std::chrono::minutes{1};

RestOptions with_defaults(RestOptions options) {
  while (options.base_url.ends_with('/')) options.base_url.pop_back();
  if (!options.now) {
    options.now = [] {
      return std::chrono::time_point_cast<time::Duration>(std::chrono::system_clock::now());
    };
  }
  if (!options.sleep) {
    options.sleep = [cancelled = options.cancelled](milliseconds duration) {
      constexpr milliseconds slice{50};
      for (; duration > milliseconds::zero(); duration -= slice) {
        if (cancelled && cancelled()) return;
        std::this_thread::sleep_for(std::min(duration, slice));
      }
    };
  }
  if (!options.jitter) {
    options.jitter = [engine = std::mt19937{std::random_device{}()}]() mutable {
      return std::uniform_real_distribution<double>{0, 1}(engine);
    };
  }
  return options;
}

/// The beginning of an answer's body, on one line.
std::string excerpt(std::string_view body) {
  std::string text;
  for (const char c : body.substr(0, 200)) {
    const bool printable = static_cast<unsigned char>(c) >= 0x20 && c != 0x7F;
    if (printable) text += c;
  }
  return text;
}

}  // namespace

RestClient::RestClient(RestOptions options, std::string exchange)
    : options_(with_defaults(std::move(options))),
      exchange_(std::move(exchange)),
      http_({.timeout = options_.timeout,
             .most_bytes = std::size_t{4} << 20U,
             .cancelled = options_.cancelled}) {}

void RestClient::keep_pace() {
  const time::Timestamp now = options_.now();
  if (last_request_) {
    const auto since = std::chrono::duration_cast<milliseconds>(now - *last_request_);
    // A clock set back must not stop us for longer than the pace.
    const auto wait = std::min(options_.pace - since, options_.pace);
    if (wait > milliseconds::zero()) options_.sleep(wait);
  }
  last_request_ = options_.now();
  ++requests_;
}

milliseconds RestClient::back_off(const Setback& setback, int attempt) const {
  if (setback.wait) return std::min(*setback.wait, longest_wait);
  const auto doubled = milliseconds{500} * (1 << std::min(attempt, 6));
  const auto half = std::min(doubled, longest_wait) / 2;
  return half + milliseconds{static_cast<std::int64_t>(options_.jitter() *
                                                       static_cast<double>(half.count()))};
}

result::Status RestClient::ask(const std::string& url, const std::string& market,
                               const Read& read) {
  int busy = 0;
  int failures = 0;
  for (;;) {
    if (cancelled()) return result::make_error(ErrorCode::cancelled, "Stopped.");
    std::optional<Setback> setback;
    auto answered = request(url, market, read, setback);
    if (!setback) return answered;
    int& attempts = setback->busy ? busy : failures;
    ++attempts;
    if (attempts >= (setback->busy ? options_.busy_tries : options_.failure_tries)) {
      result::Error error = std::move(setback->error);
      error.message += " Tried " + std::to_string(attempts) + " times; try again later.";
      return error;
    }
    options_.sleep(back_off(*setback, attempts - 1));
    ++retries_;
  }
}

result::Status RestClient::request(const std::string& url, const std::string& market,
                                   const Read& read, std::optional<Setback>& setback) {
  const auto failed = [&](ErrorCode code, std::string message) {
    return result::make_error(code, std::move(message), options_.base_url);
  };
  keep_pace();
  auto answer = http_.get(url);
  if (!answer) {
    const result::Error& error = answer.error();
    if (error.code == ErrorCode::cancelled) return error;
    const auto described = failed(error.code, exchange_ + " at " + options_.base_url +
                                                  " cannot be reached: " + error.message + ".");
    const bool may_pass = error.code == ErrorCode::network || error.code == ErrorCode::timed_out;
    if (may_pass) setback = Setback{described, false, std::nullopt};
    return described;
  }
  const std::string status = std::to_string(answer->status);
  if (answer->status == 429 || answer->status == 418) {
    setback = Setback{
        failed(ErrorCode::unavailable, exchange_ + " says that we ask too often (" + status + ")."),
        true, answer->retry_after};
    return setback->error;
  }
  if (answer->status >= 500) {
    setback = Setback{
        failed(ErrorCode::network, exchange_ + " has a problem of its own (" + status + ")."),
        false, answer->retry_after};
    return setback->error;
  }
  if (answer->status == 404 || answer->status == 400) {
    return result::make_error(ErrorCode::unknown_symbol,
                              exchange_ + " does not know the market " + market +
                                  ": check the symbol (" + status + " " + excerpt(answer->body) +
                                  ").",
                              "symbol");
  }
  if (answer->status != 200) {
    return failed(ErrorCode::network, exchange_ + " at " + options_.base_url + " answered " +
                                          status + " instead of candles: check --base-url (" +
                                          excerpt(answer->body) + ").");
  }
  auto taken = read(answer->body);
  if (!taken) {
    setback =
        Setback{failed(taken.error().code,
                       exchange_ + "'s answer is not a page of candles, " + taken.error().message),
                false, std::nullopt};
    return setback->error;
  }
  return result::success();
}

}  // namespace hts::feed
