#include "adapters/http/market/screener_request.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "adapters/http/body_members.hpp"
#include "engine/screener/market_days.hpp"

namespace hts::http {
namespace {

using boost::json::object;
using result::ErrorCode;
using result::make_error;
using result::Result;
using result::Status;
using result::success;
using screener::Condition;

constexpr std::size_t most_conditions = 5;
constexpr std::size_t most_averages = 5;

/// A text that `parse` understands; without one `into` stays as it is.
template <class Value, class Parse>
Status read_word(const object& body, std::string_view name, Parse parse, Value& into) {
  std::string text;
  if (auto read = read_text(body, name, text); !read || text.empty()) return read;
  auto parsed = parse(text);
  if (!parsed) return std::move(parsed).error();
  into = *parsed;
  return success();
}

Status read_averages(const object& body, std::vector<std::uint32_t>& into) {
  const boost::json::value* given = member_of(body, "ma_periods");
  if (given == nullptr) return success();
  const auto refusal =
      make_error(ErrorCode::invalid,
                 "ma_periods takes 1 to 5 numbers of days from 1 to 200, for example [5, 20, 60].",
                 "ma_periods");
  if (!given->is_array() || given->get_array().empty() ||
      given->get_array().size() > most_averages) {
    return refusal;
  }
  into.clear();
  for (const auto& item : given->get_array()) {
    if (!item.is_int64() || item.get_int64() < 1 ||
        item.get_int64() > static_cast<std::int64_t>(screener::longest_average)) {
      return refusal;
    }
    into.push_back(static_cast<std::uint32_t>(item.get_int64()));
  }
  return success();
}

Result<Condition> read_condition(const object& body) {
  Condition condition;
  for (const char* name : {"type", "operator"}) {
    if (member_of(body, name) == nullptr)
      return missing(name, name[0] == 't' ? "\"volume\"" : "\">\"");
  }
  if (member_of(body, "value") == nullptr) return missing("value", "5");
  auto read = read_word(body, "type", &screener::parse_figure, condition.figure);
  if (read) read = read_word(body, "operator", &screener::parse_comparison, condition.comparison);
  if (read) read = read_number(body, "value", condition.value);
  if (read) read = read_word(body, "period", &screener::parse_period, condition.days);
  if (read) read = read_averages(body, condition.averages);
  if (!read) return std::move(read).error();
  if (!std::isfinite(condition.value)) {
    return make_error(ErrorCode::invalid, "value must be a number.", "value");
  }
  if (condition.figure != screener::Figure::ma_alignment) return condition;
  std::ranges::sort(condition.averages);
  const bool has_equal = std::ranges::adjacent_find(condition.averages) != condition.averages.end();
  if (condition.averages.size() >= 2 && !has_equal) return condition;
  return make_error(ErrorCode::invalid, "An alignment compares at least two averages, each once.",
                    "ma_periods");
}

Status read_conditions(const object& body, std::vector<Condition>& into) {
  const boost::json::value* given = member_of(body, "conditions");
  if (given == nullptr || !given->is_array() || given->get_array().empty() ||
      given->get_array().size() > most_conditions) {
    return make_error(ErrorCode::invalid,
                      "conditions takes 1 to 5 of them, for example [{\"type\": \"change_rate\", "
                      "\"operator\": \">\", \"value\": 5, \"period\": \"1D\"}].",
                      "conditions");
  }
  for (std::size_t i = 0; i < given->get_array().size(); ++i) {
    const std::string field = "conditions[" + std::to_string(i) + "]";
    const auto& item = given->get_array()[i];
    if (!item.is_object()) {
      return make_error(ErrorCode::invalid, field + " must be an object.", field);
    }
    auto condition = read_condition(item.get_object());
    if (!condition) {
      result::Error error = std::move(condition).error();
      error.field = field + "." + error.field;
      return error;
    }
    into.push_back(std::move(condition).value());
  }
  return success();
}

}  // namespace

Result<ScreenerRequest> parse_screener_request(std::string_view body) {
  const auto fields = parse_object(body);
  if (!fields) return fields.error();
  ScreenerRequest request;
  if (auto read = read_conditions(*fields, request.conditions); !read) {
    return std::move(read).error();
  }
  std::string logic;
  auto read = read_text(*fields, "logic", logic);
  if (read) read = read_text(*fields, "quote", request.quote);
  if (!read) return std::move(read).error();
  if (logic == "OR" || logic == "or") {
    request.logic = ScreenerLogic::any;
  } else if (!logic.empty() && logic != "AND" && logic != "and") {
    return make_error(ErrorCode::invalid, "logic must be AND or OR.", "logic");
  }
  std::ranges::transform(request.quote, request.quote.begin(), [](char letter) {
    return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
  });
  return request;
}

}  // namespace hts::http
