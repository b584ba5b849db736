#include "engine/backtest/sweep/parameter_axis.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>
#include <system_error>
#include <utility>

namespace hts::backtest {
namespace {

using parameters::ParameterSchema;
using parameters::ParameterValue;
using result::ErrorCode;
using result::make_error;

/// A typed number exactly: digits / 10^decimals.
struct Decimal {
  std::int64_t digits = 0;
  int decimals = 0;
};

constexpr int most_decimals = 9;
/// Keeps every sum and product of a range far inside 64 bits.
constexpr std::int64_t largest_digits = 1'000'000'000'000'000'000;

std::optional<Decimal> read_decimal(std::string_view text) {
  const auto point = text.find('.');
  std::string digits{text.substr(0, point)};
  Decimal read;
  if (point != std::string_view::npos) {
    const auto fraction = text.substr(point + 1);
    if (fraction.empty() || fraction.size() > most_decimals) return std::nullopt;
    if (fraction.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
    digits += fraction;
    read.decimals = static_cast<int>(fraction.size());
  }
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), read.digits);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  if (read.digits > largest_digits || read.digits < -largest_digits) return std::nullopt;
  return read;
}

/// The digits with as many decimals as the finest of a range has, or nothing out of range.
std::optional<std::int64_t> with_decimals(const Decimal& number, int decimals) {
  std::int64_t digits = number.digits;
  for (int i = number.decimals; i < decimals; ++i) {
    if (digits > largest_digits / 10 || digits < -largest_digits / 10) return std::nullopt;
    digits *= 10;
  }
  return digits;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto place = text.find(separator);
    parts.push_back(text.substr(0, place));
    if (place == std::string_view::npos) return parts;
    text.remove_prefix(place + 1);
  }
}

result::Error not_a_range(const std::string& name, std::string_view text) {
  return make_error(ErrorCode::invalid,
                    "\"" + std::string{text} + "\" is not a range for " + name +
                        "; write FIRST:LAST:STEP with numbers of at most 9 decimals and a step "
                        "above 0, for example " +
                        name + "=5:50:5.",
                    "params." + name);
}

const ParameterSchema* find(const std::vector<ParameterSchema>& schema, std::string_view name) {
  const auto found = std::find_if(schema.begin(), schema.end(),
                                  [&](const ParameterSchema& one) { return one.name == name; });
  return found == schema.end() ? nullptr : &*found;
}

}  // namespace

ParameterAxis ParameterAxis::listed(std::string name, std::vector<ParameterValue> values) {
  ParameterAxis axis;
  axis.name_ = std::move(name);
  axis.count_ = values.size();
  axis.values_ = std::move(values);
  return axis;
}

ParameterValue ParameterAxis::at(std::uint64_t i) const {
  if (!values_.empty()) return values_[static_cast<std::size_t>(i)];
  const std::int64_t digits = first_ + static_cast<std::int64_t>(i) * step_;
  if (scale_ == 1) return digits;
  return static_cast<double>(digits) / static_cast<double>(scale_);
}

result::Result<ParameterAxis> ParameterAxis::parse_range(std::string name, std::string_view text) {
  const auto parts = split(text, ':');
  if (parts.size() > 3) return not_a_range(name, text);
  std::vector<Decimal> numbers;
  for (const auto part : parts) {
    const auto number = read_decimal(part);
    if (!number) return not_a_range(name, text);
    numbers.push_back(*number);
  }
  if (numbers.size() == 2) numbers.push_back({1, 0});
  int decimals = 0;
  for (const auto& number : numbers) decimals = std::max(decimals, number.decimals);
  const auto first = with_decimals(numbers[0], decimals);
  const auto last = with_decimals(numbers[1], decimals);
  const auto step = with_decimals(numbers[2], decimals);
  if (!first || !last || !step || *step <= 0) return not_a_range(name, text);

  ParameterAxis axis;
  axis.name_ = std::move(name);
  axis.first_ = *first;
  axis.step_ = *last < *first ? -*step : *step;
  const std::int64_t distance = *last < *first ? *first - *last : *last - *first;
  axis.count_ = static_cast<std::uint64_t>(distance / *step) + 1;
  for (int i = 0; i < decimals; ++i) axis.scale_ *= 10;
  return axis;
}

result::Result<ParameterAxis> ParameterAxis::parse(const std::vector<ParameterSchema>& schema,
                                                   std::string_view text) {
  auto assignment = parameters::parse_assignment(text);
  if (!assignment) return std::move(assignment).error();
  const std::string name = assignment->first;
  const auto* parameter = find(schema, name);
  const auto* typed = std::get_if<std::string>(&assignment->second);
  const bool takes_text =
      parameter != nullptr && std::holds_alternative<std::string>(parameter->default_value);

  auto axis = [&]() -> result::Result<ParameterAxis> {
    if (takes_text || typed == nullptr) return listed(name, {assignment->second});
    if (typed->find(':') != std::string::npos) return parse_range(name, *typed);
    std::vector<ParameterValue> values;
    for (const auto part : split(*typed, ',')) {
      auto value = parameters::parse_assignment(name + "=" + std::string{part});
      if (!value) return std::move(value).error();
      if (std::find(values.begin(), values.end(), value->second) != values.end()) {
        return make_error(ErrorCode::invalid,
                          "The value " + parameters::to_text(value->second) + " of " + name +
                              " is given twice; give each value once.",
                          "params." + name);
      }
      values.push_back(std::move(value->second));
    }
    return listed(name, std::move(values));
  }();
  if (!axis) return axis;

  // The ends of a range say all about its bounds, and two neighbours all about its fractions.
  const std::uint64_t count = axis->size();
  const bool is_range = axis->values_.empty();
  for (std::uint64_t i = 0; i < count; ++i) {
    if (is_range && i == 2 && count > 3) i = count - 1;
    const auto checked = parameters::resolve(schema, {{name, axis->at(i)}});
    if (!checked) return checked.error();
  }
  return axis;
}

}  // namespace hts::backtest
