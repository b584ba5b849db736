#pragma once

#include <string>

#include "engine/ports/alerts.hpp"

/// Alerts for the tests of what keeps and sends them.
namespace hts::testing {

inline constexpr time::Timestamp alert_day{std::chrono::days{19'000}};

/// Alerts of a larger number were made later.
inline ports::Alert sample_alert(int number) {
  ports::Alert alert;
  alert.id = "session-1:" + std::to_string(number);
  alert.kind = number % 2 == 0 ? "position_opened" : "risk_halt";
  alert.severity = number % 2 == 0 ? "info" : "critical";
  alert.subject = "주문 \"" + std::to_string(number) + "\" BTC_KRW";
  alert.text = "A first line.\nA second one; it's \"quoted\".";
  alert.details = R"({"symbol": "BTC_KRW", "price": 0.30000000000000004})";
  alert.created_at = alert_day + std::chrono::seconds{number};
  return alert;
}

}  // namespace hts::testing
