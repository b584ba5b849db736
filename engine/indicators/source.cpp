#include "engine/indicators/source.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace hts::indicators {
namespace {

constexpr std::array<std::string_view, 5> names = {"open", "high", "low", "close", "volume"};

}  // namespace

std::optional<Source> parse_source(std::string_view text) noexcept {
  const auto found = std::find(names.begin(), names.end(), text);
  if (found == names.end()) return std::nullopt;
  return static_cast<Source>(found - names.begin());
}

std::string_view source_name(Source source) noexcept {
  return names[static_cast<std::size_t>(source)];
}

std::string_view source_names() noexcept {
  return "open, high, low, close, volume";
}

}  // namespace hts::indicators
