#include "adapters/cli/rules_file.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

#include "engine/json/json_text.hpp"

namespace hts::cli {

result::Result<parameters::NamedValue> read_rules_file(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  std::string text(parameters::max_text_bytes + 1, '\0');
  errno = 0;
  if (!file ||
      (!file.read(text.data(), static_cast<std::streamsize>(text.size())) && !file.eof())) {
    return result::make_error(
        result::ErrorCode::not_found,
        "The rules in " + path + " cannot be read" +
            (errno != 0 ? std::string{": "} + std::strerror(errno) : std::string{}) +
            "; check the path.",
        "rules");
  }
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > parameters::max_text_bytes) {
    return result::make_error(result::ErrorCode::too_large,
                              "The rules in " + path + " are longer than " +
                                  std::to_string(parameters::max_text_bytes) +
                                  " bytes: shorten them.",
                              "rules");
  }
  if (const auto document = json::parse_json(text)) text = json::to_text(*document);
  return parameters::NamedValue{"rules", std::move(text)};
}

}  // namespace hts::cli
