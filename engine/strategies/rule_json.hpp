#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "engine/result/result.hpp"

/// Reading rules: values of the document, and errors that say where. Only for the files that parse
/// rules.
namespace hts::strategies {

/// A place in the document, for errors: `rules.entry.and[1].left`.
class RulePath {
 public:
  explicit RulePath(std::string text) : text_(std::move(text)) {}
  [[nodiscard]] RulePath operator/(std::string_view key) const {
    return RulePath{text_ + "." + std::string{key.substr(0, 40)}};
  }
  [[nodiscard]] RulePath operator[](std::size_t index) const {
    return RulePath{text_ + "[" + std::to_string(index) + "]"};
  }
  [[nodiscard]] result::Error wrong(const std::string& sentence) const {
    return result::make_error(result::ErrorCode::invalid, text_ + ": " + sentence,
                              "params." + text_);
  }

 private:
  std::string text_;
};

/// Requires a string.
[[nodiscard]] std::string_view text_of(const boost::json::value& content);
/// Any number, or nothing.
[[nodiscard]] std::optional<double> number_of(const boost::json::value& content);

/// `"sma"`, a long text only by its beginning.
[[nodiscard]] std::string quoted(std::string_view text);
/// "open, high, low".
[[nodiscard]] std::string joined(std::span<const std::string_view> names);

/// Error: the first other key, with the nearest known one.
[[nodiscard]] result::Status known_keys(const boost::json::object& content,
                                        std::span<const std::string_view> known,
                                        const RulePath& path);

}  // namespace hts::strategies
