#include "adapters/alert_channels/webhook_channel.hpp"

#include <chrono>
#include <utility>

#include "adapters/alert_channels/web_address.hpp"
#include "adapters/webhook/webhook_signature.hpp"
#include "engine/json/json_text.hpp"
#include "engine/json/json_writer.hpp"

namespace hts::alert_channels {
namespace {

constexpr std::size_t shortest_key = 16;

void write_alert(json::Writer& writer, const ports::Alert& alert) {
  writer.begin_object();
  writer.member("id", alert.id);
  writer.member("kind", alert.kind);
  writer.member("severity", alert.severity);
  writer.member("subject", alert.subject);
  writer.member("text", alert.text);
  writer.key("details");
  if (const auto details = json::parse_json(alert.details); details && details->is_object()) {
    json::write_value(writer, *details);
  } else {
    writer.begin_object();
    writer.end_object();
  }
  writer.member("created_at", time::format_iso8601(alert.created_at));
  writer.end_object();
}

}  // namespace

std::string webhook_body(const ports::AlertMessage& message) {
  std::string body;
  json::Writer writer{body};
  writer.begin_object();
  writer.member("subject", message.subject);
  writer.member("text", message.text);
  writer.key("alerts");
  writer.begin_array();
  for (const ports::Alert& alert : message.alerts) write_alert(writer, alert);
  writer.end_array();
  writer.end_object();
  return body;
}

result::Result<std::unique_ptr<WebhookChannel>> WebhookChannel::make(WebhookOptions options) {
  if (auto sound = check_web_address(options.url, "notify.webhook_url"); !sound) {
    return std::move(sound).error();
  }
  if (options.key.size() < shortest_key) {
    return result::make_error(result::ErrorCode::invalid,
                              "notify.webhook_key_file holds a key of less than 16 characters: "
                              "write a longer one, `openssl rand -hex 32` makes one.",
                              "notify.webhook_key_file");
  }
  return std::unique_ptr<WebhookChannel>{new WebhookChannel{std::move(options)}};
}

result::Status WebhookChannel::deliver(const ports::AlertMessage& message) {
  const auto now = std::chrono::floor<std::chrono::seconds>(options_.now());
  const std::string timestamp = std::to_string(now.time_since_epoch().count());
  const std::string body = webhook_body(message);
  auto status = post(options_.exchange, options_.url, body,
                     {"Content-Type: application/json", "X-HTS-Timestamp: " + timestamp,
                      "X-HTS-Signature: " + webhook::signature_of(timestamp, body, options_.key)});
  if (!status) return std::move(status).error();
  return judge(*status, "webhook", host_of(options_.url));
}

}  // namespace hts::alert_channels
