#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "adapters/alert_channels/curl_exchange.hpp"
#include "engine/ports/alerts.hpp"

namespace hts::alert_channels {

struct EmailOptions {
  /// smtp://host:587 (upgraded with STARTTLS, never without) or smtps://host:465.
  std::string server;
  std::string user;      ///< empty: no AUTH
  std::string password;  ///< a secret
  std::string from;
  std::vector<std::string> to;
  ExchangeOptions exchange;
  std::function<time::Timestamp()> now;
  /// Hears of receivers that the server refuses while it takes others; once each time that they
  /// change. May be empty.
  std::function<void(const std::string&)> on_problem;
};

/// Alerts as e-mail, one letter to all receivers. The server's certificate is checked. Thread-safe
/// as long as deliveries do not overlap, as on a lane of one thread.
class EmailChannel final : public ports::AlertChannel {
 public:
  /// Errors: invalid with the setting.
  [[nodiscard]] static result::Result<std::unique_ptr<EmailChannel>> make(EmailOptions options);

  [[nodiscard]] std::string_view name() const noexcept override { return "email"; }
  [[nodiscard]] result::Status deliver(const ports::AlertMessage& message) override;

 private:
  explicit EmailChannel(EmailOptions options) : options_(std::move(options)) {}

  const EmailOptions options_;
  std::vector<std::string> refused_;  ///< as told
};

}  // namespace hts::alert_channels
