#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "engine/market/symbol.hpp"
#include "engine/result/result.hpp"
#include "engine/time/timestamp.hpp"
#include "engine/trading/side.hpp"

/// Signals that others send us over HTTP, as alerts of charting sites do.
///
///     POST ...
///     X-Hts-Timestamp: 1730336862              seconds since 1970
///     X-Hts-Signature: sha256=5d6ec5...        see signature_of
///
///     {"symbol":"BTCUSDT","action":"buy","price":"61837.63","quantity":0.5,
///      "strategy":"breakout","comment":"..."}
namespace hts::webhook {

/// The headers of a request, empty when they are not there.
struct Headers {
  std::string_view timestamp;
  std::string_view signature;
};

enum class Action { buy, sell, close };

struct WebhookSignal {
  market::Symbol symbol;  ///< from `symbol` or `ticker`
  Action action = Action::buy;
  std::optional<double> price;     ///< quote currency
  std::optional<double> quantity;  ///< base currency
  std::string strategy;            ///< at most 100 bytes, as are the next ones
  std::string comment;
  time::Timestamp sent_at{};  ///< of the header
};

/// Requests that were accepted, so that each is accepted once. One thread.
///
/// Holds at most `capacity` of them, none older than the window; when it is full of young ones,
/// further requests are refused rather than an old one forgotten. O(log n).
class SeenRequests {
 public:
  explicit SeenRequests(std::chrono::seconds window = std::chrono::minutes{5},
                        std::size_t capacity = 100'000)
      : window_(window), capacity_(capacity) {}

  [[nodiscard]] std::chrono::seconds window() const noexcept { return window_; }
  enum class Verdict { is_new, is_repeated, is_full };
  [[nodiscard]] Verdict note(std::string_view signature, time::Timestamp sent_at,
                             time::Timestamp now);
  [[nodiscard]] std::size_t size() const noexcept { return seen_.size(); }

 private:
  std::chrono::seconds window_;
  std::size_t capacity_;
  std::set<std::string, std::less<>> seen_;
  std::multimap<time::Timestamp, std::string> by_time_;
};

/// The signal of a request that was signed with `secret` (not empty), now, for the first time. The
/// signature is checked before a byte of the body is read. No sentence holds the secret or what the
/// signature should have been. Errors: invalid with field `signature` or `timestamp` for whom it
/// may not come from; conflict, field `signature`, for a repetition; unavailable when too many
/// come; malformed, invalid, unknown_symbol with the member for the body; too_large.
[[nodiscard]] result::Result<WebhookSignal> verify_and_parse(const Headers& headers,
                                                             std::string_view body,
                                                             std::string_view secret,
                                                             time::Timestamp now,
                                                             SeenRequests& seen);

/// The body alone.
[[nodiscard]] result::Result<WebhookSignal> parse_signal(std::string_view body);

}  // namespace hts::webhook
