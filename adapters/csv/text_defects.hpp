#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

/// What keeps a block of bytes from being plain text.
namespace hts::csv {

/// A byte that does not belong into text.
struct BadByte {
  std::size_t offset = 0;
  std::string problem;  ///< "a NUL byte", "a byte that is not UTF-8 (0xFF)"
};

/// The first NUL or byte that is not well-formed UTF-8. O(n), and about as fast as memory for
/// ASCII.
[[nodiscard]] std::optional<BadByte> find_bad_byte(std::string_view text);

/// What a file's first bytes say when it is no text at all: "a gzip archive; unpack it first".
[[nodiscard]] std::optional<std::string> recognise_binary(std::string_view head);

/// Text shortened and made printable, in single quotes.
[[nodiscard]] std::string quote_text(std::string_view text);

}  // namespace hts::csv
