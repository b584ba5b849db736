#include "adapters/csv/csv_row_parser.hpp"

#include <charconv>
#include <cmath>
#include <cstring>
#include <utility>

#include "adapters/csv/text_defects.hpp"
#include "engine/json/decimal.hpp"
#include "engine/time/timestamp.hpp"

namespace hts::csv {
namespace {

using result::ErrorCode;

constexpr std::int64_t first_milliseconds = 100'000'000'000;  // 1973-03-03
constexpr std::int64_t first_seconds = 100'000'000;           // 1973-03-03
constexpr std::int64_t end_of_time_ms = 7'289'654'400'000;    // 2201-01-01

constexpr std::array<double market::Candle::*, part_count> part_members = {nullptr,
                                                                           &market::Candle::open,
                                                                           &market::Candle::high,
                                                                           &market::Candle::low,
                                                                           &market::Candle::close,
                                                                           &market::Candle::volume};

TimeForm form_of(std::int64_t number) {
  if (number >= first_milliseconds) return TimeForm::milliseconds;
  return number >= first_seconds ? TimeForm::seconds : TimeForm::early_milliseconds;
}

/// Whether a number can be a time of the file, and in milliseconds.
bool is_in_1970_to_2200(std::int64_t number, TimeForm form) {
  return number >= 0 &&
         number < (form == TimeForm::seconds ? end_of_time_ms / 1000 : end_of_time_ms);
}

/// A number that reads as seconds among milliseconds.
bool mixes_units(std::int64_t number, TimeForm form) {
  return form == TimeForm::milliseconds && form_of(number) == TimeForm::seconds;
}

time::Timestamp time_of(std::int64_t number, TimeForm form) {
  return time::from_milliseconds(form == TimeForm::seconds ? number * 1000 : number);
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t whole = 0;
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  const auto integer = std::from_chars(begin, end, whole);
  if (integer.ec == std::errc{} && integer.ptr == end) return whole;
  // Spreadsheets and pandas write whole numbers as 1582185600000.0 or 1.5821856E12.
  double number = 0;
  const auto decimal = std::from_chars(begin, end, number);
  constexpr double exact_limit = 9e15;
  if (decimal.ec != std::errc{} || decimal.ptr != end || std::abs(number) > exact_limit ||
      number != std::floor(number)) {
    return std::nullopt;
  }
  return static_cast<std::int64_t>(number);
}

bool looks_like_a_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("+-.0123456789eE") == std::string_view::npos &&
         text.find('-', 1) == std::string_view::npos;
}

}  // namespace

bool CsvRowParser::parse_plainly(std::string_view line, market::Candle& candle) const noexcept {
  const char* at = line.data();
  const char* const end = at + line.size();
  const std::size_t columns = columns_.parts.size();
  for (std::size_t column = 0; column < columns; ++column) {
    if (column > 0) {
      if (at == end || *at != ',') return false;
      ++at;
    }
    const Part part = columns_.parts[column];
    if (part == Part::ignored) {
      while (at != end && *at != ',') {
        if (*at == '"') return false;
        ++at;
      }
    } else if (part != Part::open_time) {
      if (!json::read_plain_decimal(at, end,
                                    candle.*part_members[static_cast<std::size_t>(part)])) {
        return false;
      }
    } else if (time_form_ == TimeForm::iso8601) {
      const auto* comma =
          static_cast<const char*>(std::memchr(at, ',', static_cast<std::size_t>(end - at)));
      if (comma == nullptr) comma = end;
      const auto open_time = time::parse_iso8601({at, static_cast<std::size_t>(comma - at)}, false);
      if (!open_time) return false;
      candle.open_time = *open_time;
      at = comma;
    } else {
      std::int64_t number = 0;
      const TimeForm form = *time_form_;
      if (!json::read_plain_integer(at, end, number) || !is_in_1970_to_2200(number, form) ||
          mixes_units(number, form)) {
        return false;
      }
      candle.open_time = time_of(number, form);
    }
  }
  return at == end;
}

result::Result<market::Candle> CsvRowParser::parse_carefully(std::string_view line,
                                                             bool open_line) {
  auto fields = split_fields(line);
  if (!fields) {
    const std::size_t column = std::stoul(fields.error().field);
    return column_error(column, fields.error().message, ErrorCode::malformed);
  }
  const std::size_t expected = columns_.parts.size();
  if (fields->size() != expected) {
    const std::string counts =
        std::to_string(fields->size()) + " instead of " + std::to_string(expected) + " columns";
    return result::make_error(
        ErrorCode::malformed,
        open_line ? "the file is cut off in this line, which has " + counts + "; get it again"
                  : "the row has " + counts);
  }

  market::Candle candle;
  for (std::size_t column = 0; column < expected; ++column) {
    const Part part = columns_.parts[column];
    if (part == Part::ignored) continue;
    const std::string_view field = (*fields)[column];
    const bool cut_off = open_line && column + 1 == expected && field.ends_with('.');
    if (cut_off) {
      return column_error(column, "the file is cut off in " + quote_text(field) + "; get it again",
                          ErrorCode::malformed);
    }
    if (field.empty()) return column_error(column, "there is nothing", ErrorCode::malformed);
    if (part == Part::open_time) {
      auto open_time = parse_time(field);
      if (!open_time) {
        return column_error(column, open_time.error().message, open_time.error().code);
      }
      candle.open_time = *open_time;
      continue;
    }
    double value = 0;
    const char* const begin = field.data();
    const char* const end = begin + field.size();
    const auto parsed = std::from_chars(begin, end, value);
    if (parsed.ec == std::errc::result_out_of_range && parsed.ptr == end) {
      return column_error(column, quote_text(field) + " is out of range", ErrorCode::invalid);
    }
    if (parsed.ec != std::errc{} || parsed.ptr != end) {
      return column_error(column, quote_text(field) + " is not a number", ErrorCode::malformed);
    }
    candle.*part_members[static_cast<std::size_t>(part)] = value;
  }
  if (const auto defect = market::find_defect(candle)) return defect_error(*defect);
  return candle;
}

result::Result<time::Timestamp> CsvRowParser::parse_time(std::string_view text) {
  const bool is_number = looks_like_a_number(text);
  if (!time_form_) {
    const auto number = is_number ? whole_number(text) : std::nullopt;
    time_form_ = is_number ? form_of(number.value_or(0)) : TimeForm::iso8601;
  }
  if (time_form_ == TimeForm::iso8601) {
    auto open_time = time::parse_iso8601(text);
    if (open_time) return *open_time;
    const bool date_like = text.size() >= 8 && text.find('-') != std::string_view::npos;
    return result::make_error(
        ErrorCode::malformed,
        quote_text(text) + (date_like
                                ? " is not a date between 1970 and 2200"
                                : " is not a time: write milliseconds since 1970, seconds, or "
                                  "2020-02-20T08:00:00Z"));
  }
  const char* const unit = time_form_ == TimeForm::seconds ? "seconds" : "milliseconds";
  const auto number = is_number ? whole_number(text) : std::nullopt;
  if (!number) {
    return result::make_error(
        ErrorCode::malformed,
        quote_text(text) + " is not a whole number of " + unit + ", as the first row's time is");
  }
  if (!is_in_1970_to_2200(*number, *time_form_)) {
    return result::make_error(
        ErrorCode::invalid,
        quote_text(text) + " is outside 1970 to 2200, read as " + unit + " since 1970");
  }
  if (mixes_units(*number, *time_form_)) {
    return result::make_error(
        ErrorCode::invalid,
        quote_text(text) + " is in seconds, while the first row's time is in milliseconds");
  }
  return time_of(*number, *time_form_);
}

result::Error CsvRowParser::column_error(std::size_t column, const std::string& problem,
                                         ErrorCode code) const {
  return result::make_error(code, columns_.describe(column) + ": " + problem,
                            std::to_string(column + 1));
}

result::Error CsvRowParser::defect_error(const std::string& defect) const {
  constexpr std::array<std::string_view, part_count> names = {"",    "open",  "high",
                                                              "low", "close", "volume"};
  for (std::size_t part = 1; part < part_count; ++part) {
    if (defect.starts_with(names[part])) {
      return column_error(columns_.position[part], defect, ErrorCode::invalid);
    }
  }
  return result::make_error(ErrorCode::invalid, defect);
}

}  // namespace hts::csv
