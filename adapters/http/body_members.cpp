#include "adapters/http/body_members.hpp"

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

}  // namespace hts::http
