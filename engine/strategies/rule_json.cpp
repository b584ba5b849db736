#include "engine/strategies/rule_json.hpp"

#include <algorithm>

#include "engine/parameters/nearest_name.hpp"

namespace hts::strategies {

using boost::json::object;
using boost::json::value;

std::string_view text_of(const value& content) {
  const auto& text = content.get_string();
  return {text.data(), text.size()};
}

std::string quoted(std::string_view text) {
  return '"' + std::string{text.substr(0, 40)} + '"';
}

std::string joined(std::span<const std::string_view> names) {
  std::string all;
  for (const auto name : names) all += (all.empty() ? "" : ", ") + std::string{name};
  return all;
}

std::optional<double> number_of(const value& content) {
  if (content.is_int64()) return static_cast<double>(content.get_int64());
  if (content.is_uint64()) return static_cast<double>(content.get_uint64());
  if (content.is_double()) return content.get_double();
  return std::nullopt;
}

result::Status known_keys(const object& content, std::span<const std::string_view> known,
                          const RulePath& path) {
  for (const auto& member : content) {
    const std::string_view key{member.key().data(), member.key().size()};
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    const auto nearest = parameters::nearest_name(key, known);
    return (path / key)
        .wrong("there is no such key" +
               (nearest.empty() ? std::string{} : "; did you mean " + std::string{nearest} + "?") +
               (nearest.empty() ? "; here are known: " : " Known are ") + joined(known) + ".");
  }
  return result::success();
}

}  // namespace hts::strategies
