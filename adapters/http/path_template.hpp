#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/result/result.hpp"

/// Request paths and queries, decoded.
namespace hts::http {

/// `%41` is `A`. Nothing when an escape is cut short or not hexadecimal, or when the text has a
/// control character or is not UTF-8. `plus_is_space` as HTML forms write queries.
[[nodiscard]] std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space);

/// A path as messages quote it: ASCII, at most 120 characters.
[[nodiscard]] std::string quotable_path(std::string_view path);

/// The decoded segments of a path, without the empty one before the first slash. Error: malformed,
/// field `path`, for broken escapes and for segments `.` and `..`, which no address here has.
[[nodiscard]] result::Result<std::vector<std::string>> split_path(std::string_view path);

/// The decoded value of a query parameter; the first one when it is given twice. Nothing when it is
/// absent. Error: malformed with the parameter's name as field.
[[nodiscard]] result::Result<std::optional<std::string>> query_parameter(std::string_view query,
                                                                         std::string_view name);

/// Names and values of the `{name}` parts of a matched path.
using PathParameters = std::vector<std::pair<std::string_view, std::string>>;

/// `/api/backtests/{run_id}`: literal segments and named ones.
class PathTemplate {
 public:
  explicit PathTemplate(std::string text);

  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  /// The parameters when the segments match. Names view this template.
  [[nodiscard]] std::optional<PathParameters> match(const std::vector<std::string>& segments) const;
  /// Literal segments before named ones: `/runs/latest` is tried before `/runs/{id}`.
  [[nodiscard]] bool goes_before(const PathTemplate& other) const;

 private:
  struct Segment {
    std::string text;
    bool named = false;
  };
  std::string text_;
  std::vector<Segment> segments_;
};

}  // namespace hts::http
