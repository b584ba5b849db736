#include "adapters/upbit/upbit_client.hpp"

#include <algorithm>
#include <chrono>
#include <random>
#include <thread>
#include <utility>

namespace hts::upbit {
namespace {

using result::ErrorCode;
using std::chrono::milliseconds;

constexpr milliseconds longest_wait = std::chrono::minutes{1};

ClientOptions with_defaults(ClientOptions options) {
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

std::string page_url(const std::string& base_url, const market::Symbol& symbol,
                     market::Timeframe timeframe, time::Timestamp before) {
  std::string path = "/v1/candles/minutes/" + std::to_string(timeframe.length().count());
  if (timeframe == market::Timeframe::day()) path = "/v1/candles/days";
  if (timeframe > market::Timeframe::day()) path = "/v1/candles/weeks";
  const auto whole_seconds = std::chrono::ceil<std::chrono::seconds>(before);
  return base_url + path + "?market=" + symbol.upbit_code() +
         "&to=" + time::format_iso8601(whole_seconds) +
         "&count=" + std::to_string(UpbitClient::candles_a_page);
}

UpbitClient::UpbitClient(ClientOptions options)
    : options_(with_defaults(std::move(options))),
      http_({.timeout = options_.timeout,
             .most_bytes = std::size_t{4} << 20U,
             .cancelled = options_.cancelled}) {}

void UpbitClient::keep_pace() {
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

milliseconds UpbitClient::back_off(const Setback& setback, int attempt) const {
  if (setback.wait) return std::min(*setback.wait, longest_wait);
  const auto doubled = milliseconds{500} * (1 << std::min(attempt, 6));
  const auto half = std::min(doubled, longest_wait) / 2;
  return half + milliseconds{static_cast<std::int64_t>(options_.jitter() *
                                                       static_cast<double>(half.count()))};
}

result::Result<UpbitPage> UpbitClient::page_before(const market::Symbol& symbol,
                                                   market::Timeframe timeframe,
                                                   time::Timestamp before) {
  const std::string url = page_url(options_.base_url, symbol, timeframe, before);
  int busy = 0;
  int failures = 0;
  for (;;) {
    if (cancelled()) return result::make_error(ErrorCode::cancelled, "Stopped.");
    std::optional<Setback> setback;
    auto page = request(url, symbol, setback);
    if (!setback) return page;
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

result::Result<UpbitPage> UpbitClient::request(const std::string& url, const market::Symbol& symbol,
                                               std::optional<Setback>& setback) {
  const auto failed = [&](ErrorCode code, std::string message) {
    return result::make_error(code, std::move(message), options_.base_url);
  };
  keep_pace();
  auto answer = http_.get(url);
  if (!answer) {
    const result::Error& error = answer.error();
    if (error.code == ErrorCode::cancelled) return error;
    const auto described = failed(
        error.code, "Upbit at " + options_.base_url + " cannot be reached: " + error.message + ".");
    const bool may_pass = error.code == ErrorCode::network || error.code == ErrorCode::timed_out;
    if (may_pass) setback = Setback{described, false, std::nullopt};
    return described;
  }
  const std::string status = std::to_string(answer->status);
  if (answer->status == 429 || answer->status == 418) {
    setback = Setback{
        failed(ErrorCode::unavailable, "Upbit says that we ask too often (" + status + ")."), true,
        answer->retry_after};
    return setback->error;
  }
  if (answer->status >= 500) {
    setback =
        Setback{failed(ErrorCode::network, "Upbit has a problem of its own (" + status + ")."),
                false, answer->retry_after};
    return setback->error;
  }
  if (answer->status == 404 || answer->status == 400) {
    return result::make_error(ErrorCode::unknown_symbol,
                              "Upbit does not know the market " + symbol.upbit_code() +
                                  ": check the symbol (" + status + " " + excerpt(answer->body) +
                                  ").",
                              "symbol");
  }
  if (answer->status != 200) {
    return failed(ErrorCode::network, "Upbit at " + options_.base_url + " answered " + status +
                                          " instead of candles: check --base-url (" +
                                          excerpt(answer->body) + ").");
  }
  auto page = parse_upbit_page(answer->body);
  if (!page) {
    setback = Setback{failed(page.error().code,
                             "Upbit's answer is not a page of candles, " + page.error().message),
                      false, std::nullopt};
    return setback->error;
  }
  if (page->symbol && *page->symbol != symbol) {
    return failed(ErrorCode::malformed, "Upbit answered with candles of " +
                                            page->symbol->upbit_code() + " instead of " +
                                            symbol.upbit_code() + ".");
  }
  return page;
}

}  // namespace hts::upbit
