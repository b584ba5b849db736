#include "adapters/alert_channels/slack_channel.hpp"

#include <algorithm>
#include <utility>

#include "adapters/alert_channels/web_address.hpp"
#include "engine/json/json_writer.hpp"
#include "engine/json/utf8.hpp"

namespace hts::alert_channels {
namespace {

constexpr std::size_t most_text = 30'000;
constexpr std::size_t most_ids = 20;

/// Whole characters, escaped as Slack wants it.
void append_escaped(std::string& text, std::string_view more) {
  while (!more.empty()) {
    const std::size_t length = std::max<std::size_t>(json::utf8_length(more), 1);
    if (text.size() + length > most_text) {
      text += "...";
      return;
    }
    switch (more.front()) {
      case '&':
        text += "&amp;";
        break;
      case '<':
        text += "&lt;";
        break;
      case '>':
        text += "&gt;";
        break;
      default:
        text += more.substr(0, length);
    }
    more.remove_prefix(length);
  }
}

}  // namespace

std::string slack_body(const ports::AlertMessage& message) {
  std::string text = "*";
  append_escaped(text, message.subject);
  text += "*\n";
  append_escaped(text, message.text);
  text += "\nid:";
  for (std::size_t i = 0; i < std::min(message.alerts.size(), most_ids); ++i) {
    text += ' ';
    append_escaped(text, message.alerts[i].id);
  }
  if (message.alerts.size() > most_ids) {
    text += " and " + std::to_string(message.alerts.size() - most_ids) + " more";
  }
  std::string body;
  json::Writer writer{body};
  writer.begin_object();
  writer.member("text", text);
  writer.end_object();
  return body;
}

result::Result<std::unique_ptr<SlackChannel>> SlackChannel::make(std::string url,
                                                                 ExchangeOptions exchange) {
  if (auto sound = check_web_address(url, "notify.slack_url_file"); !sound) {
    return std::move(sound).error();
  }
  return std::unique_ptr<SlackChannel>{new SlackChannel{std::move(url), std::move(exchange)}};
}

result::Status SlackChannel::deliver(const ports::AlertMessage& message) {
  auto status =
      post(exchange_, url_, slack_body(message), {"Content-Type: application/json; charset=utf-8"});
  if (!status) return std::move(status).error();
  return judge(*status, "slack", host_of(url_));
}

}  // namespace hts::alert_channels
