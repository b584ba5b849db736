#include "config/schedule/task_options.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <initializer_list>
#include <string_view>
#include <utility>

#include "adapters/disk/disk.hpp"
#include "adapters/disk/durable.hpp"

namespace hts::config {
namespace {

using result::ErrorCode;
using result::make_error;
using result::Result;
using result::Status;
using schedule::ScheduleLine;

constexpr std::int64_t most_days = 3'650;

Status check_keys(const ScheduleLine& line, std::initializer_list<std::string_view> known) {
  for (const auto& [key, value] : line.options) {
    if (std::ranges::find(known, key) != known.end()) continue;
    std::string names;
    for (const std::string_view name : known) {
      names += std::string{names.empty() ? "" : ", "} + std::string{name};
    }
    return make_error(ErrorCode::invalid,
                      "The task " + line.task + " has no option '" + key + "'" +
                          (names.empty() ? ": it has none." : ": it has " + names + "."),
                      key);
  }
  return result::success();
}

Result<std::int64_t> whole_number(const ScheduleLine& line, std::string_view key,
                                  std::int64_t otherwise, std::int64_t lowest,
                                  std::int64_t highest) {
  const std::string_view text = line.option(key);
  if (text.empty()) return otherwise;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc{} && end == text.data() + text.size() && number >= lowest &&
      number <= highest) {
    return number;
  }
  return make_error(ErrorCode::invalid,
                    std::string{key} + " is a whole number from " + std::to_string(lowest) +
                        " to " + std::to_string(highest) + ", not '" +
                        std::string{text.substr(0, 40)} + "'.",
                    std::string{key});
}

/// The parts between commas, each parsed.
template <class T>
Result<std::vector<T>> listed(std::string_view text, Result<T> (*parse)(std::string_view)) {
  std::vector<T> all;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(','));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    auto one = parse(word);
    if (!one) return std::move(one).error();
    all.push_back(std::move(one).value());
  }
  return all;
}

Status check_line(const ScheduleLine& line, const Settings& settings) {
  if (line.task == "collect") {
    auto options = collect_options(line, settings);
    return options ? result::success() : Status{std::move(options).error()};
  }
  if (line.task == "clean_up") {
    auto options = clean_up_options(line, settings);
    return options ? result::success() : Status{std::move(options).error()};
  }
  if (line.task == "backup") {
    auto options = backup_options(line, settings);
    return options ? result::success() : Status{std::move(options).error()};
  }
  if (line.task == "report" || line.task == "compact") return check_keys(line, {});
  return make_error(
      ErrorCode::invalid,
      "'" + line.task + "' is no task: there are backup, clean_up, collect, compact and report.",
      "task");
}

/// The number of the line of that name, counted from 1.
std::size_t number_of(std::string_view text, std::string_view name) {
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::string_view content = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(content.size() + 1, text.size()));
    const auto parsed = schedule::parse_schedule_line(content);
    if (parsed && parsed->name == name) return number;
  }
  return 0;
}

}  // namespace

Result<CollectOptions> collect_options(const ScheduleLine& line, const Settings& settings) {
  if (auto known = check_keys(line, {"exchange", "symbols", "timeframes", "days"}); !known) {
    return std::move(known).error();
  }
  CollectOptions options;
  options.exchange = line.option("exchange");
  if (options.exchange.empty()) options.exchange = settings.text("feed.source");
  if (options.exchange != "upbit" && options.exchange != "binance") {
    return make_error(ErrorCode::invalid,
                      "Candles are collected from exchange=upbit or "
                      "exchange=binance: give one.",
                      "exchange");
  }
  auto symbols = listed<market::Symbol>(line.option("symbols"), &market::Symbol::parse);
  if (!symbols) return std::move(symbols).error();
  if (symbols->empty()) {
    return make_error(ErrorCode::invalid,
                      "symbols are missing: symbols=KRW-BTC,KRW-ETH says what to collect.",
                      "symbols");
  }
  options.symbols = *std::move(symbols);
  const std::string_view timeframes = line.option("timeframes");
  auto parsed =
      listed<market::Timeframe>(timeframes.empty() ? "1m" : timeframes, &market::Timeframe::parse);
  if (!parsed) return std::move(parsed).error();
  options.timeframes = *std::move(parsed);
  const auto days = whole_number(line, "days", options.days, 1, most_days);
  if (!days) return days.error();
  options.days = *days;
  return options;
}

Result<CleanUpOptions> clean_up_options(const ScheduleLine& line, const Settings& settings) {
  if (auto known = check_keys(line, {"results_days"}); !known) return std::move(known).error();
  CleanUpOptions options;
  if (line.option("results_days").empty()) return options;
  // A job that is still there would bring its run back.
  const std::int64_t lowest = std::min(settings.integer("jobs.keep_days"), most_days);
  const auto days = whole_number(line, "results_days", 0, lowest, most_days);
  if (!days) {
    result::Error error = days.error();
    error.message += " It is not below jobs.keep_days.";
    return error;
  }
  options.results_days = *days;
  return options;
}

Result<BackupOptions> backup_options(const ScheduleLine& line, const Settings& settings) {
  if (auto known = check_keys(line, {"to", "keep"}); !known) return std::move(known).error();
  constexpr std::int64_t most_backups = 1'000;
  const auto keep = whole_number(line, "keep", 7, 1, most_backups);
  if (!keep) return keep.error();
  const std::string_view to = line.option("to");
  return BackupOptions{to.empty() ? std::filesystem::path{settings.text("state.root")} / "backups"
                                  : std::filesystem::path{to},
                       static_cast<std::size_t>(*keep)};
}

Result<std::optional<std::vector<ScheduleLine>>> read_schedule(const Settings& settings) {
  const std::string& file = settings.text("schedule.file");
  if (file == "-") return std::optional<std::vector<ScheduleLine>>{};
  const auto text = disk::read_text(*disk::system_disk(), file);
  if (!text) {
    return make_error(ErrorCode::storage,
                      "The schedule cannot be read: " + text.error().message +
                          " schedule.file names it; - means none.",
                      "schedule.file");
  }
  auto lines = schedule::parse_schedule(*text, file);
  if (!lines) return std::move(lines).error();
  for (const ScheduleLine& line : *lines) {
    const auto sound = check_line(line, settings);
    if (sound) continue;
    const std::string where = file + ":" + std::to_string(number_of(*text, line.name));
    return make_error(ErrorCode::invalid, where + ": " + sound.error().message, where);
  }
  return std::optional{*std::move(lines)};
}

}  // namespace hts::config
