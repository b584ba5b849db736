#pragma once

#include <string>
#include <string_view>

namespace hts::cli {

/// Every `from` in `text` becomes `to`; what was put in is not searched again. `from` is not empty.
inline void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

}  // namespace hts::cli
