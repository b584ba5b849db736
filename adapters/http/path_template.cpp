#include "adapters/http/path_template.hpp"

#include <algorithm>

#include "engine/json/utf8.hpp"

namespace hts::http {
namespace {

int hex_digit(char character) noexcept {
  if (character >= '0' && character <= '9') return character - '0';
  if (character >= 'a' && character <= 'f') return character - 'a' + 10;
  if (character >= 'A' && character <= 'F') return character - 'A' + 10;
  return -1;
}

bool is_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    const std::size_t length = json::utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

template <class Visit>
void for_each_part(std::string_view text, char separator, Visit visit) {
  while (true) {
    const std::size_t end = text.find(separator);
    if (!visit(text.substr(0, end)) || end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

}  // namespace

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char character = text[i];
    if (character == '+' && plus_is_space) {
      character = ' ';
    } else if (character == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hex_digit(text[i + 1]);
      const int low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      character = static_cast<char>(high * 16 + low);
      i += 2;
    }
    if (static_cast<unsigned char>(character) < 0x20 || character == 0x7f) return std::nullopt;
    out.push_back(character);
  }
  if (!is_utf8(out)) return std::nullopt;
  return out;
}

std::string quotable_path(std::string_view path) {
  constexpr std::size_t longest = 120;
  std::string out;
  for (const char character : path.substr(0, longest)) {
    const bool printable = character > 0x20 && character < 0x7f;
    out.push_back(printable ? character : '?');
  }
  if (path.size() > longest) out += "...";
  return out;
}

result::Result<std::vector<std::string>> split_path(std::string_view path) {
  std::vector<std::string> segments;
  bool sound = true;
  if (path.starts_with('/')) path.remove_prefix(1);
  for_each_part(path, '/', [&](std::string_view part) {
    auto decoded = percent_decode(part, false);
    sound = decoded && *decoded != "." && *decoded != "..";
    if (sound) segments.push_back(std::move(*decoded));
    return sound;
  });
  if (!sound) {
    return result::make_error(result::ErrorCode::malformed,
                              "The path has a broken %-escape, a control character, bytes that are "
                              "not UTF-8, or a segment '.' or '..'; write the address out.",
                              "path");
  }
  return segments;
}

result::Result<std::optional<std::string>> query_parameter(std::string_view query,
                                                           std::string_view name) {
  std::optional<std::string> value;
  bool sound = true;
  for_each_part(query, '&', [&](std::string_view part) {
    const std::size_t equals = part.find('=');
    if (percent_decode(part.substr(0, equals), true) != name) return true;
    value = equals == std::string_view::npos ? std::string{}
                                             : percent_decode(part.substr(equals + 1), true);
    sound = value.has_value();
    return false;
  });
  if (!sound) {
    return result::make_error(
        result::ErrorCode::malformed,
        "The query parameter '" + std::string{name} +
            "' has a broken %-escape, a control character, or bytes that are not UTF-8.",
        std::string{name});
  }
  return value;
}

PathTemplate::PathTemplate(std::string text) : text_(std::move(text)) {
  std::string_view path = text_;
  path.remove_prefix(1);
  for_each_part(path, '/', [&](std::string_view part) {
    const bool named = part.size() > 2 && part.front() == '{' && part.back() == '}';
    segments_.push_back({std::string{named ? part.substr(1, part.size() - 2) : part}, named});
    return true;
  });
}

std::optional<PathParameters> PathTemplate::match(const std::vector<std::string>& segments) const {
  if (segments.size() != segments_.size()) return std::nullopt;
  PathParameters parameters;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    if (segments_[i].named && !segments[i].empty()) {
      parameters.emplace_back(segments_[i].text, segments[i]);
    } else if (segments_[i].named || segments_[i].text != segments[i]) {
      return std::nullopt;
    }
  }
  return parameters;
}

bool PathTemplate::goes_before(const PathTemplate& other) const {
  return std::ranges::lexicographical_compare(
      segments_, other.segments_,
      [](const Segment& a, const Segment& b) { return !a.named && b.named; });
}

}  // namespace hts::http
