#include "config/notify/notify_settings.hpp"

#include <chrono>
#include <string_view>
#include <utility>

#include "adapters/alert_channels/email_channel.hpp"
#include "adapters/alert_channels/slack_channel.hpp"
#include "adapters/alert_channels/webhook_channel.hpp"
#include "adapters/credentials/url_password.hpp"

namespace hts::config {
namespace {

using result::Result;
using ChannelResult = Result<std::unique_ptr<ports::AlertChannel>>;

bool is_set(const Settings& settings, const char* key) {
  return settings.text(key) != "-";
}

std::string text_or_empty(const Settings& settings, const char* key) {
  return is_set(settings, key) ? settings.text(key) : std::string{};
}

time::Timestamp wall_clock() {
  return std::chrono::time_point_cast<time::Duration>(std::chrono::system_clock::now());
}

std::vector<std::string> addresses_of(std::string_view list) {
  std::vector<std::string> addresses;
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    std::string_view address = list.substr(0, comma);
    list.remove_prefix(std::min(comma + 1, list.size()));
    const auto first = address.find_first_not_of(' ');
    if (first == std::string_view::npos) continue;
    addresses.emplace_back(address.substr(first, address.find_last_not_of(' ') - first + 1));
  }
  return addresses;
}

alert_channels::ExchangeOptions exchange_of(const Settings& settings,
                                            const ChannelSurroundings& surroundings) {
  alert_channels::ExchangeOptions exchange;
  exchange.timeout = std::chrono::seconds{settings.integer("notify.timeout_seconds")};
  exchange.ca_file = text_or_empty(settings, "notify.ca_file");
  exchange.interrupted = surroundings.interrupted;
  return exchange;
}

/// A channel as the port, or the error.
template <class Made>
ChannelResult as_port(Made made) {
  if (!made) return std::move(made).error();
  return std::unique_ptr<ports::AlertChannel>{*std::move(made)};
}

ChannelResult open_slack(const Settings& settings, const ChannelSurroundings& surroundings) {
  auto url =
      credentials::read_secret(settings.text("notify.slack_url_file"), "notify.slack_url_file");
  if (!url) return std::move(url).error();
  return as_port(
      alert_channels::SlackChannel::make(*std::move(url), exchange_of(settings, surroundings)));
}

ChannelResult open_email(const Settings& settings, const ChannelSurroundings& surroundings) {
  alert_channels::EmailOptions options;
  options.server = settings.text("notify.email_server");
  options.user = text_or_empty(settings, "notify.email_user");
  if (!options.user.empty()) {
    auto password = credentials::read_secret(settings.text("notify.email_password_file"),
                                             "notify.email_password_file");
    if (!password) return std::move(password).error();
    options.password = *std::move(password);
  }
  options.from = text_or_empty(settings, "notify.email_from");
  options.to = addresses_of(text_or_empty(settings, "notify.email_to"));
  options.exchange = exchange_of(settings, surroundings);
  options.now = &wall_clock;
  options.on_problem = surroundings.on_problem;
  return as_port(alert_channels::EmailChannel::make(std::move(options)));
}

ChannelResult open_webhook(const Settings& settings, const ChannelSurroundings& surroundings) {
  auto key =
      credentials::read_secret(settings.text("notify.webhook_key_file"), "notify.webhook_key_file");
  if (!key) return std::move(key).error();
  alert_channels::WebhookOptions options;
  options.url = settings.text("notify.webhook_url");
  options.key = *std::move(key);
  options.exchange = exchange_of(settings, surroundings);
  options.now = &wall_clock;
  return as_port(alert_channels::WebhookChannel::make(std::move(options)));
}

struct ChannelKind {
  const char* name;
  const char* setting;  ///< set: the channel is set up
  ChannelResult (*open)(const Settings&, const ChannelSurroundings&);
};
constexpr ChannelKind channel_kinds[] = {{"slack", "notify.slack_url_file", &open_slack},
                                         {"email", "notify.email_server", &open_email},
                                         {"webhook", "notify.webhook_url", &open_webhook}};

}  // namespace

Result<alerts::AlertRules> alert_rules(const Settings& settings) {
  const auto figure = [&](const char* key) {
    return static_cast<std::uint32_t>(settings.integer(key));
  };
  alerts::AlertRules rules;
  for (const ChannelKind& kind : channel_kinds) {
    if (is_set(settings, kind.setting)) rules.channels.emplace_back(kind.name);
  }
  rules.routes = settings.text("notify.routes");
  rules.subject = settings.text("notify.subject");
  rules.line = settings.text("notify.line");
  rules.time_zone = settings.text("notify.time_zone");
  rules.quiet_hours = settings.text("notify.quiet_hours");
  rules.batch = std::chrono::seconds{settings.integer("notify.batch_seconds")};
  rules.repeat = std::chrono::seconds{settings.integer("notify.repeat_seconds")};
  rules.messages_per_minute = figure("notify.messages_per_minute");
  rules.burst = figure("notify.burst");
  rules.failures_to_hand_on = figure("notify.failures_to_hand_on");
  rules.give_up = std::chrono::hours{settings.integer("notify.give_up_hours")};
  auto plan = alerts::make_alert_plan(rules);
  if (!plan) return std::move(plan).error();
  return rules;
}

Result<std::vector<std::unique_ptr<ports::AlertChannel>>> open_channels(
    const Settings& settings, const ChannelSurroundings& surroundings) {
  std::vector<std::unique_ptr<ports::AlertChannel>> channels;
  for (const ChannelKind& kind : channel_kinds) {
    if (!is_set(settings, kind.setting)) continue;
    auto channel = kind.open(settings, surroundings);
    if (!channel) return std::move(channel).error();
    channels.push_back(*std::move(channel));
  }
  return channels;
}

}  // namespace hts::config
