#include "engine/parameters/nearest_name.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <vector>

namespace hts::parameters {
namespace {

/// Letters to add, take away or change (Levenshtein).
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substitution = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substitution});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string_view nearest_name(std::string_view typed, std::span<const std::string_view> known) {
  constexpr std::size_t longest_typed = 80;  // nobody means a known name by more
  if (typed.size() > longest_typed) return {};
  std::string_view nearest;
  std::size_t smallest = 4;
  for (const auto name : known) {
    const std::size_t distance = edit_distance(typed, name);
    if (distance < smallest && distance < std::max(typed.size(), name.size())) {
      smallest = distance;
      nearest = name;
    }
  }
  return nearest;
}

}  // namespace hts::parameters
