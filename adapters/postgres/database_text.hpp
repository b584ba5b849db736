#pragma once

#include <string>
#include <string_view>

namespace hts::postgres {

/// What PostgreSQL can keep of a text: the zero character and bytes that are not UTF-8 become
/// U+FFFD.
[[nodiscard]] std::string database_text(std::string_view text);

}  // namespace hts::postgres
