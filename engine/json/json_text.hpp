#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <boost/json/value.hpp>

#include "engine/json/json_writer.hpp"
#include "engine/result/result.hpp"

/// JSON from outside and back. Parsing is our own for three reasons: numbers are read to the
/// nearest double (so that what we wrote comes back equal), a name that occurs twice is refused,
/// and every error says where.
namespace hts::json {

struct ParseLimits {
  std::size_t max_bytes = std::size_t{1} << 20U;
  std::size_t max_depth = 64;  ///< of nested arrays and objects
};

/// Strict RFC 8259. Integers become int64 or uint64 while they fit, else doubles. Never throws;
/// O(n), stack bounded by `max_depth`. Errors: too_large; malformed, with line and column, for
/// anything else, among it invalid UTF-8, too deep nesting, a repeated name, a number out of range.
[[nodiscard]] result::Result<boost::json::value> parse_json(std::string_view text,
                                                            ParseLimits limits = {});

/// The value as text, members in their order, numbers as `append_number` writes them.
[[nodiscard]] std::string to_text(const boost::json::value& value, Layout layout = Layout::compact);

/// The same into a document that is being written.
void write_value(Writer& writer, const boost::json::value& value);

}  // namespace hts::json
