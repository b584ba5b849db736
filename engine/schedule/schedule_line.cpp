#include "engine/schedule/schedule_line.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace hts::schedule {
namespace {

using result::ErrorCode;
using result::make_error;
using result::Result;

constexpr std::string_view blanks = " \t\r";
constexpr std::size_t longest_name = 64;

/// The next word, and what is behind it.
std::string_view take_word(std::string_view& rest) {
  rest.remove_prefix(std::min(rest.find_first_not_of(blanks), rest.size()));
  const std::string_view word = rest.substr(0, rest.find_first_of(blanks));
  rest.remove_prefix(word.size());
  return word;
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= longest_name &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '_';
         });
}

result::Error wrong(std::string_view field, const std::string& message) {
  return make_error(ErrorCode::invalid, message, std::string{field});
}

std::optional<MissedRuns> parse_missed(std::string_view text) {
  for (const MissedRuns missed : {MissedRuns::skip, MissedRuns::run_once, MissedRuns::run_all}) {
    if (name_of(missed) == text) return missed;
  }
  return std::nullopt;
}

/// `90s`, `10m`, `2h`; a second to a week.
std::optional<std::chrono::seconds> parse_length(std::string_view text) {
  constexpr std::int64_t longest = 7 * 24 * 3600;
  if (text.empty()) return std::nullopt;
  const char unit = text.back();
  const std::int64_t seconds = unit == 's' ? 1 : unit == 'm' ? 60 : unit == 'h' ? 3600 : 0;
  text.remove_suffix(1);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (seconds == 0 || error != std::errc{} || end != text.data() + text.size() || number < 1 ||
      number > longest / seconds) {
    return std::nullopt;
  }
  return std::chrono::seconds{number * seconds};
}

result::Status take_option(ScheduleLine& line, std::string_view word) {
  const auto equals = word.find('=');
  const std::string_view key = word.substr(0, equals);
  if (equals == std::string_view::npos || !is_name(key)) {
    return wrong("option", "'" + std::string{word.substr(0, longest_name)} +
                               "' is no option: write key=value without blanks.");
  }
  const std::string_view value = word.substr(equals + 1);
  if (key == "missed") {
    const auto missed = parse_missed(value);
    if (!missed) return wrong("missed", "missed is skip, run_once or run_all.");
    line.missed = *missed;
    return result::success();
  }
  if (key == "timeout") {
    const auto timeout = parse_length(value);
    if (!timeout) {
      return wrong("timeout", "timeout is a length such as 90s, 10m or 2h, a week at most.");
    }
    line.timeout = *timeout;
    return result::success();
  }
  if (!line.option(key).empty()) {
    return wrong(key, "'" + std::string{key} + "' is given twice: keep one.");
  }
  if (value.empty()) {
    return wrong(key, "'" + std::string{key} + "' has no value: write key=value without blanks.");
  }
  line.options.emplace_back(key, value);
  return result::success();
}

}  // namespace

std::string_view name_of(MissedRuns missed) noexcept {
  switch (missed) {
    case MissedRuns::skip:
      return "skip";
    case MissedRuns::run_once:
      return "run_once";
    case MissedRuns::run_all:
      return "run_all";
  }
  return "run_once";
}

std::string_view ScheduleLine::option(std::string_view key) const noexcept {
  const auto found = std::find_if(options.begin(), options.end(),
                                  [&](const auto& option) { return option.first == key; });
  return found == options.end() ? std::string_view{} : std::string_view{found->second};
}

Result<ScheduleLine> parse_schedule_line(std::string_view text) {
  std::string_view rest = text;
  ScheduleLine line;
  line.name = take_word(rest);
  if (!is_name(line.name)) {
    return wrong("name",
                 "A line begins with its name, up to 64 letters, digits, - and _: 'nightly 30 3 * "
                 "* * KST backup'.");
  }
  const std::string_view before = rest;
  std::string_view word = take_word(rest);
  const auto begin = static_cast<std::size_t>(word.data() - before.data());
  if (!word.starts_with('@')) {
    constexpr int fields = 5;
    for (int i = 1; i < fields && !word.empty(); ++i) word = take_word(rest);
  }
  auto cron = CronExpression::parse(before.substr(begin, before.size() - rest.size() - begin));
  if (!cron) return std::move(cron).error();
  line.cron = std::move(cron).value();

  line.zone_name = take_word(rest);
  if (line.zone_name == "KST") {
    line.zone = time::kst_offset;
  } else if (line.zone_name != "UTC") {
    return wrong("zone", "After the five fields comes the time zone: KST or UTC.");
  }
  line.task = take_word(rest);
  if (!is_name(line.task)) return wrong("task", "After the time zone comes the task: 'backup'.");
  for (word = take_word(rest); !word.empty(); word = take_word(rest)) {
    if (auto taken = take_option(line, word); !taken) return std::move(taken).error();
  }
  return line;
}

Result<std::vector<ScheduleLine>> parse_schedule(std::string_view text, std::string_view file) {
  std::vector<ScheduleLine> lines;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::string_view content = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(content.size() + 1, text.size()));
    const auto begin = content.find_first_not_of(blanks);
    if (begin == std::string_view::npos || content[begin] == '#') continue;
    const std::string where = std::string{file} + ":" + std::to_string(number);
    auto line = parse_schedule_line(content);
    if (!line) return wrong(where, where + ": " + line.error().message);
    if (std::any_of(lines.begin(), lines.end(),
                    [&](const ScheduleLine& other) { return other.name == line->name; })) {
      return wrong(where,
                   where + ": the name '" + line->name + "' is taken by a line above: change it.");
    }
    lines.push_back(std::move(line).value());
  }
  return lines;
}

}  // namespace hts::schedule
