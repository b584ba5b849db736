#include "config/wiring/notify_session.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace hts::config {
namespace {

template <class Number>
void read_figure(std::string_view text, Number& number) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  // A journal that asks for more is none of ours.
  constexpr std::int64_t largest = 100'000'000;
  if (error == std::errc{} && end == text.data() + text.size() && value >= 0 && value <= largest) {
    number = Number(static_cast<std::uint32_t>(value));
  }
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ",") + word;
  return text;
}

}  // namespace

void write_notify_settings(const alerts::AlertRules& rules, journal::SegmentHeader& header) {
  header.settings.insert(header.settings.end(),
                         {{"notify.channels", joined(rules.channels)},
                          {"notify.routes", rules.routes},
                          {"notify.subject", rules.subject},
                          {"notify.line", rules.line},
                          {"notify.time_zone", rules.time_zone},
                          {"notify.quiet_hours", rules.quiet_hours},
                          {"notify.batch_seconds", std::to_string(rules.batch.count())},
                          {"notify.repeat_seconds", std::to_string(rules.repeat.count())},
                          {"notify.messages_per_minute", std::to_string(rules.messages_per_minute)},
                          {"notify.burst", std::to_string(rules.burst)},
                          {"notify.failures_to_hand_on", std::to_string(rules.failures_to_hand_on)},
                          {"notify.give_up_hours", std::to_string(rules.give_up.count())},
                          {"notify.keep_hours", std::to_string(rules.keep.count())}});
}

void read_notify_setting(std::string_view key, const std::string& value,
                         std::optional<alerts::AlertRules>& rules) {
  if (!key.starts_with("notify.")) return;
  if (!rules) rules.emplace();
  if (key == "notify.channels") {
    rules->channels.clear();
    std::string_view rest = value;
    while (!rest.empty()) {
      const auto comma = std::min(rest.find(','), rest.size());
      rules->channels.emplace_back(rest.substr(0, comma));
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
  }
  if (key == "notify.routes") rules->routes = value;
  if (key == "notify.subject") rules->subject = value;
  if (key == "notify.line") rules->line = value;
  if (key == "notify.time_zone") rules->time_zone = value;
  if (key == "notify.quiet_hours") rules->quiet_hours = value;
  if (key == "notify.batch_seconds") read_figure(value, rules->batch);
  if (key == "notify.repeat_seconds") read_figure(value, rules->repeat);
  if (key == "notify.messages_per_minute") read_figure(value, rules->messages_per_minute);
  if (key == "notify.burst") read_figure(value, rules->burst);
  if (key == "notify.failures_to_hand_on") read_figure(value, rules->failures_to_hand_on);
  if (key == "notify.give_up_hours") read_figure(value, rules->give_up);
  if (key == "notify.keep_hours") read_figure(value, rules->keep);
}

}  // namespace hts::config
