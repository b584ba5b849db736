#include "adapters/http/body_members.hpp"

#include <array>
#include <charconv>
#include <system_error>
#include <utility>

#include "engine/json/json_text.hpp"

namespace hts::http {

using boost::json::object;
using boost::json::value;
using result::ErrorCode;
using result::make_error;

result::Result<object> parse_object(std::string_view body) {
  if (body.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    return make_error(ErrorCode::malformed,
                      "The body is empty; send a JSON object such as "
                      "{\"strategy\": \"volume_long_candle\", ...}.",
                      "body");
  }
  auto parsed = json::parse_json(body);
  if (!parsed.ok()) {
    result::Error error = std::move(parsed).error();
    if (error.field.empty()) error.field = "body";
    return error;
  }
  if (!parsed->is_object()) {
    return make_error(ErrorCode::invalid, "The body must be a JSON object, written in { }.",
                      "body");
  }
  return std::move(parsed->get_object());
}

const value* member_of(const object& body, std::string_view name) {
  const value* found = body.if_contains({name.data(), name.size()});
  return found != nullptr && found->is_null() ? nullptr : found;
}

result::Error missing(std::string_view name, std::string_view example) {
  return make_error(
      ErrorCode::invalid,
      std::string{name} + " is missing; give it, for example " + std::string{example} + ".",
      std::string{name});
}

result::Status read_text(const object& body, std::string_view name, std::string& into) {
  const value* found = member_of(body, name);
  if (found == nullptr) return result::success();
  if (!found->is_string()) {
    return make_error(ErrorCode::invalid, std::string{name} + " must be a text in quotes.",
                      std::string{name});
  }
  into = std::string_view{found->get_string().data(), found->get_string().size()};
  return result::success();
}

result::Status read_texts(const object& body, std::string_view name, std::string_view example,
                          std::vector<std::string>& into) {
  const value* found = member_of(body, name);
  if (found == nullptr) return result::success();
  if (!found->is_array()) {
    return make_error(
        ErrorCode::invalid,
        std::string{name} + " must be an array of texts, for example " + std::string{example} + ".",
        std::string{name});
  }
  for (const value& element : found->get_array()) {
    if (!element.is_string()) {
      const std::string field = std::string{name} + "[" + std::to_string(into.size()) + "]";
      return make_error(ErrorCode::invalid, field + " must be a text in quotes.", field);
    }
    into.emplace_back(element.get_string().data(), element.get_string().size());
  }
  return result::success();
}

result::Status read_flag(const object& body, std::string_view name, bool& into) {
  const value* found = member_of(body, name);
  if (found == nullptr) return result::success();
  if (!found->is_bool()) {
    return make_error(ErrorCode::invalid, std::string{name} + " must be true or false.",
                      std::string{name});
  }
  into = found->get_bool();
  return result::success();
}

result::Status read_number(const object& body, std::string_view name, double& into) {
  const value* found = member_of(body, name);
  if (found == nullptr) return result::success();
  if (!found->is_number()) {
    return make_error(ErrorCode::invalid, std::string{name} + " must be a number.",
                      std::string{name});
  }
  into = found->to_number<double>();
  return result::success();
}

result::Result<std::optional<std::string>> read_decimal(const object& body, std::string_view name) {
  const value* found = member_of(body, name);
  if (found == nullptr) return std::optional<std::string>{};
  if (found->is_string()) return std::optional{std::string{found->get_string()}};
  if (found->is_int64()) return std::optional{std::to_string(found->get_int64())};
  if (found->is_uint64()) return std::optional{std::to_string(found->get_uint64())};
  if (found->is_double()) {
    // The shortest digits that read back as this double are those that the client wrote.
    std::array<char, 400> digits{};
    const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(),
                                            found->get_double(), std::chars_format::fixed);
    if (error == std::errc{}) return std::optional{std::string{digits.data(), end}};
  }
  return make_error(ErrorCode::invalid, std::string{name} + " must be a number.",
                    std::string{name});
}

}  // namespace hts::http
