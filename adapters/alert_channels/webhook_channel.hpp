#pragma once

#include <functional>
#include <memory>
#include <string>

#include "adapters/alert_channels/curl_exchange.hpp"
#include "engine/ports/alerts.hpp"

namespace hts::alert_channels {

struct WebhookOptions {
  std::string url;
  std::string key;  ///< a secret
  ExchangeOptions exchange;
  std::function<time::Timestamp()> now;
};

/// Alerts as signed JSON to any HTTP server. Thread-safe.
///
/// `POST` with `X-HTS-Timestamp` (seconds since 1970 UTC) and `X-HTS-Signature: sha256=HEX`, the
/// HMAC-SHA256 with the key of the timestamp, a dot, and the body. A receiver computes the same,
/// refuses old timestamps, and passes over alerts whose id it has seen.
class WebhookChannel final : public ports::AlertChannel {
 public:
  /// Errors: invalid, field `notify.webhook_url` or `notify.webhook_key_file`.
  [[nodiscard]] static result::Result<std::unique_ptr<WebhookChannel>> make(WebhookOptions options);

  [[nodiscard]] std::string_view name() const noexcept override { return "webhook"; }
  [[nodiscard]] result::Status deliver(const ports::AlertMessage& message) override;

 private:
  explicit WebhookChannel(WebhookOptions options) : options_(std::move(options)) {}

  const WebhookOptions options_;
};

/// The body of the request.
[[nodiscard]] std::string webhook_body(const ports::AlertMessage& message);

}  // namespace hts::alert_channels
