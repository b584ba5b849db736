#include "adapters/postgres/database_text.hpp"

#include "engine/json/utf8.hpp"

namespace hts::postgres {

std::string database_text(std::string_view text) {
  constexpr std::string_view replacement = "\xEF\xBF\xBD";
  std::string kept;
  kept.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = text.front() == '\0' ? 0 : json::utf8_length(text);
    if (length == 0) {
      kept += replacement;
      text.remove_prefix(1);
    } else {
      kept += text.substr(0, length);
      text.remove_prefix(length);
    }
  }
  return kept;
}

}  // namespace hts::postgres
