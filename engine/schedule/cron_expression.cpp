#include "engine/schedule/cron_expression.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace hts::schedule {
namespace {

namespace chrono = std::chrono;
using result::Result;

constexpr std::array<std::string_view, 12> month_names = {"jan", "feb", "mar", "apr", "may", "jun",
                                                          "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> weekday_names = {"sun", "mon", "tue", "wed",
                                                           "thu", "fri", "sat"};
constexpr std::size_t field_count = 5;

const std::array<CronFieldKind, field_count>& field_kinds() {
  static const std::array<CronFieldKind, field_count> kinds = {{
      {"minute", 0, 59},
      {"hour", 0, 23},
      {"day of the month", 1, 31},
      {"month", 1, 12, month_names},
      {"day of the week", 0, 7, weekday_names},
  }};
  return kinds;
}

struct Nickname {
  std::string_view name;
  std::string_view expression;
};
constexpr std::array<Nickname, 7> nicknames = {{{"@hourly", "0 * * * *"},
                                                {"@daily", "0 0 * * *"},
                                                {"@midnight", "0 0 * * *"},
                                                {"@weekly", "0 0 * * 0"},
                                                {"@monthly", "0 0 1 * *"},
                                                {"@yearly", "0 0 1 1 *"},
                                                {"@annually", "0 0 1 1 *"}}};

/// Of any year.
unsigned longest(unsigned month) {
  return month == 2 ? 29U : (month == 4 || month == 6 || month == 9 || month == 11 ? 30U : 31U);
}

/// The first value at or after `from`; none: nullopt.
std::optional<unsigned> first_from(const CronField& field, unsigned from) {
  const std::uint64_t left = from < 64 ? field.values >> from << from : 0;
  if (left == 0) return std::nullopt;
  return static_cast<unsigned>(std::countr_zero(left));
}

/// Of a day, at or after `from` minutes since midnight.
std::optional<unsigned> minute_of_day(const CronField& hours, const CronField& minutes,
                                      unsigned from) {
  const unsigned hour = from / 60;
  if (hours.holds(hour)) {
    if (const auto minute = first_from(minutes, from % 60)) return hour * 60 + *minute;
  }
  const auto later = first_from(hours, hour + 1);
  if (!later) return std::nullopt;
  return *later * 60 + *first_from(minutes, 0);
}

}  // namespace

Result<CronExpression> CronExpression::parse(std::string_view text) {
  constexpr std::size_t longest_expression = 1000;
  constexpr std::string_view blanks = " \t";
  if (text.size() > longest_expression) {
    return cron_error("text", longest_expression + 1, "it is too long");
  }
  const auto begin = text.find_first_not_of(blanks);
  if (begin != std::string_view::npos && text[begin] == '@') {
    const std::string_view name = text.substr(begin, text.find_last_not_of(blanks) + 1 - begin);
    const auto* const found =
        std::find_if(nicknames.begin(), nicknames.end(),
                     [&](const Nickname& nickname) { return nickname.name == name; });
    if (found == nicknames.end()) {
      return cron_error("name", begin + 1,
                        "give @hourly, @daily, @weekly, @monthly, @yearly or five fields");
    }
    auto expression = parse(found->expression);
    if (expression) expression->text_ = found->name;
    return expression;
  }

  CronExpression expression;
  const std::array<CronField*, field_count> fields = {&expression.minutes_, &expression.hours_,
                                                      &expression.days_, &expression.months_,
                                                      &expression.weekdays_};
  std::size_t next = 0;
  for (std::size_t i = 0; i < field_count; ++i) {
    const CronFieldKind& kind = field_kinds()[i];
    next = std::min(text.find_first_not_of(blanks, next), text.size());
    const std::size_t end = std::min(text.find_first_of(blanks, next), text.size());
    if (next == end) {
      return cron_error(kind.name, next + 1,
                        "it is missing: give minute, hour, day of the month, month and day of the "
                        "week");
    }
    auto field = parse_cron_field(text.substr(next, end - next), kind, next);
    if (!field) return std::move(field).error();
    *fields[i] = *field;
    if (i > 0) expression.text_ += ' ';
    expression.text_ += text.substr(next, end - next);
    next = end;
  }
  if (const auto more = text.find_first_not_of(blanks, next); more != std::string_view::npos) {
    return cron_error("end", more + 1, "there are more than five fields; leave the rest out");
  }
  if (expression.weekdays_.holds(7)) expression.weekdays_.values |= 1U;
  if (!expression.ever_comes()) {
    return cron_error("day of the month", 1, "no year has such a day, so it would never be due");
  }
  return expression;
}

bool CronExpression::ever_comes() const {
  if (!days_.is_star && !weekdays_.is_star) return true;
  for (unsigned month = 1; month <= 12; ++month) {
    const auto day = first_from(days_, 1);
    if (months_.holds(month) && day && *day <= longest(month)) return true;
  }
  return false;
}

bool CronExpression::has_day(chrono::year_month_day day) const {
  const bool by_day = days_.holds(static_cast<unsigned>(day.day()));
  const bool by_weekday = weekdays_.holds(chrono::weekday{chrono::sys_days{day}}.c_encoding());
  return days_.is_star || weekdays_.is_star ? by_day && by_weekday : by_day || by_weekday;
}

std::optional<time::Timestamp> CronExpression::next_after(time::Timestamp t,
                                                          time::Duration zone) const {
  // int64 nanoseconds end in 2262; the bound leaves room for zones.
  constexpr chrono::year last_year{2261};
  constexpr chrono::sys_days first_day{chrono::year{1678} / 1 / 1};
  constexpr chrono::sys_days end_day{chrono::year{2261} / 12 / 31};
  if (t >= time::Timestamp{end_day}) return std::nullopt;
  t = std::max(t, time::Timestamp{first_day});
  const auto minute = chrono::floor<chrono::minutes>(t + zone) + chrono::minutes{1};
  auto day = chrono::floor<chrono::days>(minute);
  auto from = static_cast<unsigned>((minute - day).count());
  for (;;) {
    chrono::year_month_day date{day};
    if (date.year() > last_year) return std::nullopt;
    if (!months_.holds(static_cast<unsigned>(date.month()))) {
      const auto next_month = date.year() / date.month() + chrono::months{1};
      day = chrono::sys_days{next_month / 1};
      from = 0;
      continue;
    }
    if (has_day(date)) {
      if (const auto found = minute_of_day(hours_, minutes_, from)) {
        return time::Timestamp{day} + chrono::minutes{*found} - zone;
      }
    }
    day += chrono::days{1};
    from = 0;
  }
}

}  // namespace hts::schedule
