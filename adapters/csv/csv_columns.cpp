#include "adapters/csv/csv_columns.hpp"

#include <algorithm>

#include "adapters/csv/text_defects.hpp"

namespace hts::csv {
namespace {

constexpr std::array<std::string_view, part_count> part_names = {"timestamp", "open",  "high",
                                                                 "low",       "close", "volume"};
constexpr std::array<std::string_view, 5> time_names = {"timestamp", "time", "open_time", "date",
                                                        "datetime"};
constexpr const char* accepted_headers =
    "the first line must name the columns, as 'timestamp,open,high,low,close,volume' or "
    "',Open,High,Low,Close,Volume'";

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

Part part_named(std::string_view name, std::size_t column) {
  if (name.empty()) return column == 0 ? Part::open_time : Part::ignored;
  std::string lower{name.substr(0, 32)};
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  if (std::find(time_names.begin(), time_names.end(), lower) != time_names.end()) {
    return Part::open_time;
  }
  const auto found = std::find(part_names.begin() + 1, part_names.end(), lower);
  return static_cast<Part>(found - part_names.begin());
}

result::Error header_error(std::string problem) {
  return result::make_error(result::ErrorCode::malformed,
                            std::move(problem) + ": " + accepted_headers);
}

}  // namespace

std::string CsvColumns::describe(std::size_t column) const {
  std::string text = "column " + std::to_string(column + 1);
  if (column < parts.size() && parts[column] != Part::ignored) {
    text += " (" + std::string{part_names[static_cast<std::size_t>(parts[column])]} + ")";
  }
  return text;
}

result::Result<std::vector<std::string_view>> split_fields(std::string_view line) {
  std::vector<std::string_view> fields;
  std::string_view rest = line;
  for (;;) {
    const std::string_view ahead = trimmed(rest);
    if (ahead.starts_with('"')) {
      const std::size_t close = ahead.find('"', 1);
      const std::string_view behind =
          close == std::string_view::npos ? std::string_view{} : ahead.substr(close + 1);
      const std::size_t comma = behind.find(',');
      if (close == std::string_view::npos || !trimmed(behind.substr(0, comma)).empty()) {
        return result::make_error(result::ErrorCode::malformed,
                                  close == std::string_view::npos
                                      ? "a quote is opened and not closed on this line"
                                      : "there is text behind a closing quote",
                                  std::to_string(fields.size()));
      }
      fields.push_back(trimmed(ahead.substr(1, close - 1)));
      if (comma == std::string_view::npos) return fields;
      rest = behind.substr(comma + 1);
    } else {
      const std::size_t comma = rest.find(',');
      fields.push_back(trimmed(rest.substr(0, comma)));
      if (comma == std::string_view::npos) return fields;
      rest.remove_prefix(comma + 1);
    }
  }
}

result::Result<CsvColumns> parse_header(std::string_view line) {
  auto fields = split_fields(line);
  if (!fields) return header_error("the header is damaged, " + fields.error().message);
  if (!fields->empty() && !fields->front().empty() &&
      fields->front().find_first_not_of("0123456789-: T.Z+") == std::string_view::npos) {
    return header_error("there is no header, the file begins with " + quote_text(line));
  }

  CsvColumns columns;
  std::array<bool, part_count> found{};
  for (std::size_t i = 0; i < fields->size(); ++i) {
    const Part part = part_named((*fields)[i], i);
    columns.parts.push_back(part);
    if (part == Part::ignored) continue;
    const auto index = static_cast<std::size_t>(part);
    if (found[index]) {
      return header_error("the header " + quote_text(line) + " names " +
                          std::string{part_names[index]} + " twice");
    }
    found[index] = true;
    columns.position[index] = i;
  }
  std::string missing;
  for (std::size_t i = 0; i < part_count; ++i) {
    if (!found[i]) missing += (missing.empty() ? "" : ", ") + std::string{part_names[i]};
  }
  if (!missing.empty()) {
    return header_error("the header " + quote_text(line) + " has no column " + missing);
  }
  return columns;
}

}  // namespace hts::csv
