#pragma once

#include <memory>
#include <string>

#include "adapters/alert_channels/curl_exchange.hpp"
#include "engine/ports/alerts.hpp"

namespace hts::alert_channels {

/// Alerts to an incoming webhook of Slack (api.slack.com/messaging/webhooks). Thread-safe.
class SlackChannel final : public ports::AlertChannel {
 public:
  /// `url` is a secret: who knows it can post. Error: invalid, field `notify.slack_url_file`.
  [[nodiscard]] static result::Result<std::unique_ptr<SlackChannel>> make(std::string url,
                                                                          ExchangeOptions exchange);

  [[nodiscard]] std::string_view name() const noexcept override { return "slack"; }
  [[nodiscard]] result::Status deliver(const ports::AlertMessage& message) override;

 private:
  SlackChannel(std::string url, ExchangeOptions exchange)
      : url_(std::move(url)), exchange_(std::move(exchange)) {}

  const std::string url_;
  const ExchangeOptions exchange_;
};

/// The body of the request: subject, lines, ids, with Slack's own marks escaped, at most 30,000
/// bytes of text.
[[nodiscard]] std::string slack_body(const ports::AlertMessage& message);

}  // namespace hts::alert_channels
