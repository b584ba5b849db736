#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "engine/result/result.hpp"

/// Request bodies read member by member. Errors are those of whoever sent it: malformed for what is
/// not JSON; invalid, with the member as field, for one that is missing or of a wrong type.
namespace hts::http {

[[nodiscard]] result::Result<boost::json::object> parse_object(std::string_view body);

/// Null when it is absent or null, which are the same to clients.
[[nodiscard]] const boost::json::value* member_of(const boost::json::object& body,
                                                  std::string_view name);

/// "NAME is missing; give it, for example EXAMPLE."
[[nodiscard]] result::Error missing(std::string_view name, std::string_view example);

/// These leave `into` as it is when the member is absent.
[[nodiscard]] result::Status read_text(const boost::json::object& body, std::string_view name,
                                       std::string& into);
/// Appends the texts of an array.
[[nodiscard]] result::Status read_texts(const boost::json::object& body, std::string_view name,
                                        std::string_view example, std::vector<std::string>& into);
[[nodiscard]] result::Status read_flag(const boost::json::object& body, std::string_view name,
                                       bool& into);
[[nodiscard]] result::Status read_number(const boost::json::object& body, std::string_view name,
                                         double& into);

/// A number as exact decimal digits, `0.1` and not the double nearest to it; a text is taken as it
/// is. Nothing when it is absent.
[[nodiscard]] result::Result<std::optional<std::string>> read_decimal(
    const boost::json::object& body, std::string_view name);

}  // namespace hts::http
