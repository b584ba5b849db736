#include "engine/time/timestamp.hpp"

#include <array>
#include <cstdio>
#include <optional>

namespace hts::time {
namespace {

using result::Error;
using result::ErrorCode;
using result::Result;
namespace chrono = std::chrono;

/// Reads exactly `count` digits from the front of `text`.
std::optional<int> take_digits(std::string_view& text, std::size_t count) {
  if (text.size() < count) return std::nullopt;
  int value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const char c = text[i];
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  text.remove_prefix(count);
  return value;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<Timestamp> take_date(std::string_view& text) {
  const auto year = take_digits(text, 4);
  if (!year || !take(text, '-')) return std::nullopt;
  const auto month = take_digits(text, 2);
  if (!month || !take(text, '-')) return std::nullopt;
  const auto day = take_digits(text, 2);
  if (!day) return std::nullopt;
  const chrono::year_month_day date{chrono::year{*year},
                                    chrono::month{static_cast<unsigned>(*month)},
                                    chrono::day{static_cast<unsigned>(*day)}};
  // int64 nanoseconds end in 2262; the bound leaves room for offsets and day arithmetic.
  if (!date.ok() || *year < 1970 || *year > 2200) return std::nullopt;
  return Timestamp{chrono::sys_days{date}};
}

std::optional<Duration> take_time_of_day(std::string_view& text) {
  const auto hour = take_digits(text, 2);
  if (!hour || !take(text, ':')) return std::nullopt;
  const auto minute = take_digits(text, 2);
  if (!minute) return std::nullopt;
  int second = 0;
  std::int64_t fraction_ns = 0;
  if (take(text, ':')) {
    const auto parsed = take_digits(text, 2);
    if (!parsed) return std::nullopt;
    second = *parsed;
    if (take(text, '.')) {
      std::int64_t scale = 100'000'000;
      bool any = false;
      while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
        fraction_ns += scale * (text.front() - '0');
        scale /= 10;
        text.remove_prefix(1);
        any = true;
      }
      if (!any) return std::nullopt;
    }
  }
  if (*hour > 23 || *minute > 59 || second > 59) return std::nullopt;
  return chrono::hours{*hour} + chrono::minutes{*minute} + chrono::seconds{second} +
         Duration{fraction_ns};
}

/// `Z` or `±HH:MM` or `±HHMM`; nothing left is no zone.
std::optional<std::optional<Duration>> take_zone(std::string_view text) {
  if (text.empty()) return std::optional<Duration>{};
  if (text == "Z" || text == "z") return std::optional<Duration>{Duration::zero()};
  const bool negative = text.front() == '-';
  if (!negative && text.front() != '+') return std::nullopt;
  text.remove_prefix(1);
  const auto hours = take_digits(text, 2);
  (void)take(text, ':');
  const auto minutes = take_digits(text, 2);
  if (!hours || !minutes || !text.empty() || *hours > 14 || *minutes > 59) return std::nullopt;
  const Duration offset = chrono::hours{*hours} + chrono::minutes{*minutes};
  return std::optional<Duration>{negative ? -offset : offset};
}

Error malformed(std::string_view text, std::string_view expected) {
  constexpr std::size_t longest_quote = 64;
  std::string shown{text.substr(0, longest_quote)};
  return result::make_error(ErrorCode::malformed, "'" + shown + "' is not a date: write it as " +
                                                      std::string{expected} + ".");
}

std::string format(const char* pattern, Timestamp t) {
  const auto day = chrono::floor<chrono::days>(t);
  const chrono::year_month_day date{day};
  const chrono::hh_mm_ss clock{chrono::floor<chrono::seconds>(t - day)};
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), pattern, static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text.data();
}

}  // namespace

int utc_year(Timestamp t) noexcept {
  return static_cast<int>(chrono::year_month_day{chrono::floor<chrono::days>(t)}.year());
}

Timestamp utc_year_begin(int year) noexcept {
  return Timestamp{chrono::sys_days{chrono::year{year} / chrono::January / 1}};
}

std::string format_iso8601(Timestamp t) {
  const auto day = chrono::floor<chrono::days>(t);
  const chrono::year_month_day date{day};
  const int year = static_cast<int>(date.year());
  // The years of a Timestamp are of four digits: 1677 to 2262.
  const auto milliseconds =
      static_cast<unsigned>(chrono::floor<chrono::milliseconds>(t - day).count());
  std::array<char, 25> text{};
  char* next = text.data();
  const auto put = [&next](unsigned value, int digits) {
    for (int i = digits - 1; i >= 0; --i) {
      next[i] = static_cast<char>('0' + value % 10);
      value /= 10;
    }
    next += digits;
  };
  put(static_cast<unsigned>(year), 4);
  *next++ = '-';
  put(static_cast<unsigned>(date.month()), 2);
  *next++ = '-';
  put(static_cast<unsigned>(date.day()), 2);
  *next++ = 'T';
  put(milliseconds / 3'600'000, 2);
  *next++ = ':';
  put(milliseconds / 60'000 % 60, 2);
  *next++ = ':';
  put(milliseconds / 1'000 % 60, 2);
  if (milliseconds % 1'000 != 0) {
    *next++ = '.';
    put(milliseconds % 1'000, 3);
  }
  *next++ = 'Z';
  return {text.data(), next};
}

std::string format_minute(Timestamp t) {
  return format("%04d-%02u-%02u %02d:%02d", t);
}

std::string format_kst_date(Timestamp t) {
  const std::string text = format("%04d-%02u-%02u %02d", t + kst_offset);
  return text.substr(0, 10);
}

Result<Timestamp> parse_iso8601(std::string_view text, bool zone_required) {
  constexpr std::string_view expected = "2024-01-31T09:00:00Z or 2024-01-31T09:00:00+09:00";
  std::string_view rest = text;
  const auto date = take_date(rest);
  if (!date) return malformed(text, expected);
  if (rest.empty() && !zone_required) return *date;
  if (!take(rest, 'T') && !take(rest, ' ')) return malformed(text, expected);
  const auto time_of_day = take_time_of_day(rest);
  if (!time_of_day) return malformed(text, expected);
  const auto zone = take_zone(rest);
  if (!zone || (zone_required && !*zone)) return malformed(text, expected);
  return *date + *time_of_day - zone->value_or(Duration::zero());
}

Result<Timestamp> parse_kst_date(std::string_view text) {
  std::string_view rest = text;
  const auto date = take_date(rest);
  if (!date || !rest.empty()) return malformed(text, "YYYY-MM-DD, for example 2024-01-31");
  return *date - kst_offset;
}

Result<TimeRange> parse_date_range(std::string_view start_date, std::string_view end_date) {
  constexpr std::size_t date_length = 10;
  const auto parse = [](std::string_view text, const char* field, bool end) -> Result<Timestamp> {
    const bool whole_day = text.size() <= date_length;
    auto parsed = whole_day ? parse_kst_date(text) : parse_iso8601(text, true);
    if (!parsed) {
      return result::make_error(ErrorCode::invalid,
                                std::string{field} + ": " + parsed.error().message +
                                    " (YYYY-MM-DD is a day in Korea; other times need an offset)",
                                field);
    }
    if (!end) return *parsed;
    return *parsed + (whole_day ? Duration{chrono::days{1}} : Duration{chrono::milliseconds{1}});
  };
  auto begin = parse(start_date, "start_date", false);
  if (!begin) return std::move(begin).error();
  auto end = parse(end_date, "end_date", true);
  if (!end) return std::move(end).error();
  if (*end <= *begin) {
    return result::make_error(ErrorCode::invalid,
                              "end_date '" + std::string{end_date} + "' is before start_date '" +
                                  std::string{start_date} + "': swap them.",
                              "end_date");
  }
  return TimeRange{*begin, *end};
}

}  // namespace hts::time
