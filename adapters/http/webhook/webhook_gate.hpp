#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/http/http_message.hpp"
#include "adapters/http/problem.hpp"
#include "adapters/prometheus/metrics.hpp"
#include "adapters/webhook/inbound_webhook.hpp"
#include "engine/time/timestamp.hpp"

namespace hts::http {

/// Where the signed requests of others enter; see adapters/webhook for what is signed and how.
inline constexpr std::string_view webhook_path = "/api/webhooks/{name}";

/// Stands before the router: of requests to `POST /api/webhooks/{name}` only those pass that were
/// signed with the secret of that name, just now, for the first time. What passes may be recorded;
/// signatures and secrets never are.
///
/// 1. Each request is accepted once, also over a restart: one that was signed before this process
///    began, or up to two seconds later, is refused, because the process before may have had it.
/// 2. What is refused is counted, and noted once for each name and reason until that name has sent
///    a good one.
///
/// Thread-safe. Cost: an HMAC of the body.
class WebhookGate {
 public:
  struct Options {
    std::map<std::string, std::string, std::less<>> secrets;  ///< by name; none is empty
    std::chrono::seconds window{300};  ///< between the signing and now, at most
    time::Timestamp started_at{};      ///< of the process
    /// Hears a sentence for the log, without anything secret. May be empty.
    std::function<void(const std::string& what)> note = {};
  };
  explicit WebhookGate(Options options);

  /// Why the request may not enter; nothing for one that may, and for those that are no webhooks.
  /// `now` is the wall clock's.
  [[nodiscard]] std::optional<Problem> refuse(const HttpRequest& request, time::Timestamp now);

  [[nodiscard]] std::vector<prometheus::WebhookReadings> readings() const;

 private:
  struct Door {
    std::string secret;
    webhook::SeenRequests seen;
    std::map<std::string_view, std::uint64_t> outcomes;
    std::set<std::string_view> noted;
  };
  [[nodiscard]] result::Status admit(Door& door, const webhook::Headers& headers,
                                     std::string_view body, time::Timestamp now) const;
  [[nodiscard]] Problem count(const std::string& name, Door& door, const result::Error& error);

  const std::chrono::seconds window_;
  const time::Timestamp started_at_;
  const std::function<void(const std::string& what)> note_;
  mutable std::mutex mutex_;
  std::map<std::string, Door, std::less<>> doors_;
};

}  // namespace hts::http
