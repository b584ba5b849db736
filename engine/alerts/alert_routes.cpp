#include "engine/alerts/alert_routes.hpp"

#include <algorithm>
#include <utility>

namespace hts::alerts {
namespace {

using result::Result;

std::string_view trim(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// At least one, trimmed.
std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto end = text.find(separator);
    parts.push_back(trim(text.substr(0, end)));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

bool is_word(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

result::Error refuse_rule(std::string_view rule, const std::string& why) {
  return result::make_error(
      result::ErrorCode::invalid,
      "The rule '" + std::string{rule} + "' " + why +
          ": write 'critical -> slack > email; info:signal -> none; * -> all'.",
      "notify.routes");
}

}  // namespace

bool is_severity(std::string_view text) noexcept {
  return text == "info" || text == "warning" || text == "critical";
}

Result<AlertRoutes::Rule> AlertRoutes::parse_rule(std::string_view text,
                                                  const std::vector<std::string>& channels) {
  const auto arrow = text.find("->");
  if (arrow == std::string_view::npos) return refuse_rule(text, "has no '->'");
  Rule rule;
  for (const std::string_view pattern : split(text.substr(0, arrow), ',')) {
    if (pattern == "*") {
      rule.patterns.emplace_back();
      continue;
    }
    const auto colon = pattern.find(':');
    const std::string_view head = trim(pattern.substr(0, colon));
    const std::string_view kind =
        colon == std::string_view::npos ? std::string_view{} : trim(pattern.substr(colon + 1));
    const bool is_pair = colon != std::string_view::npos;
    if (!is_word(head) || (is_pair && (!is_severity(head) || !is_word(kind)))) {
      return refuse_rule(text, "has the pattern '" + std::string{pattern} + "'");
    }
    rule.patterns.push_back(is_severity(head) ? Pattern{std::string{head}, std::string{kind}}
                                              : Pattern{{}, std::string{head}});
  }
  const std::string_view target = trim(text.substr(arrow + 2));
  if (target == "none") return rule;
  if (target == "all") {
    for (const std::string& channel : channels) rule.ways.push_back({channel});
    return rule;
  }
  for (const std::string_view way : split(target, ',')) {
    Way channels_of_way;
    for (const std::string_view channel : split(way, '>')) {
      if (std::ranges::find(channels, channel) == channels.end()) {
        return refuse_rule(text,
                           "names the channel '" + std::string{channel} + "', which is not set up");
      }
      if (std::ranges::find(channels_of_way, channel) != channels_of_way.end()) {
        return refuse_rule(text, "names '" + std::string{channel} + "' twice in one way");
      }
      channels_of_way.emplace_back(channel);
    }
    rule.ways.push_back(std::move(channels_of_way));
  }
  return rule;
}

Result<AlertRoutes> AlertRoutes::parse(std::string_view text,
                                       const std::vector<std::string>& channels) {
  AlertRoutes routes;
  for (const std::string_view line : split(text, ';')) {
    if (line.empty()) continue;
    auto rule = parse_rule(line, channels);
    if (!rule) return std::move(rule).error();
    routes.rules_.push_back(std::move(*rule));
  }
  return routes;
}

const std::vector<Way>& AlertRoutes::ways(const ports::Alert& alert) const noexcept {
  static const std::vector<Way> nobody;
  for (const Rule& rule : rules_) {
    const bool fits = std::ranges::any_of(rule.patterns, [&](const Pattern& pattern) {
      return (pattern.severity.empty() || pattern.severity == alert.severity) &&
             (pattern.kind.empty() || pattern.kind == alert.kind);
    });
    if (fits) return rule.ways;
  }
  return nobody;
}

std::string_view AlertRoutes::after(const ports::Alert& alert,
                                    std::string_view channel) const noexcept {
  for (const Way& way : ways(alert)) {
    const auto found = std::ranges::find(way, channel);
    if (found != way.end() && found + 1 != way.end()) return *(found + 1);
  }
  return {};
}

}  // namespace hts::alerts
