#include "engine/paper/position_id.hpp"

#include "engine/hash/hash128.hpp"

namespace hts::paper {

std::string position_id(std::string_view session_id, std::uint64_t event) {
  std::string text = hash::to_hex(hash::HashChain{}.text(session_id).number(event).hash());
  constexpr std::size_t version_digit = 12;
  constexpr std::size_t variant_digit = 16;
  text[version_digit] = '8';
  text[variant_digit] = 'a';
  for (const std::size_t hyphen : {20U, 16U, 12U, 8U}) text.insert(hyphen, 1, '-');
  return text;
}

}  // namespace hts::paper
