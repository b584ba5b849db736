#include "adapters/report/markup.hpp"

#include "engine/json/utf8.hpp"

namespace hts::report {

std::string escape_markup(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = json::utf8_length(text);
    if (length == 0) {
      escaped += "\xEF\xBF\xBD";
      text.remove_prefix(1);
      continue;
    }
    const char first = text.front();
    switch (first) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        if (length == 1 && (static_cast<unsigned char>(first) < 0x20 || first == 0x7f)) {
          escaped += ' ';
        } else {
          escaped += text.substr(0, length);
        }
    }
    text.remove_prefix(length);
  }
  return escaped;
}

}  // namespace hts::report
