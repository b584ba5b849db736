#include "driver/mutations.hpp"

#include <algorithm>
#include <cctype>
#include <set>

namespace hts::fuzz {
namespace {

/// What parsers stumble over whatever they read: edges of numbers, of nesting and of encodings.
std::vector<std::string> hard_words() {
  using namespace std::string_literals;
  return {"\0"s,
          "\xff"s,
          "\xff\xff\xff\xff\xff\xff\xff\xff"s,
          "\x7f\xff\xff\xff"s,
          "\xef\xbb\xbf"s,
          "\xed\xa0\x80"s,
          "\xdd\xff\xff\xff\xff"s,
          "0",
          "-1",
          "-0",
          "1e308",
          "1e-320",
          "1E18",
          "9223372036854775807",
          "9223372036854775808",
          "-9223372036854775808",
          "18446744073709551616",
          "NaN",
          "null",
          "{",
          "}",
          "[[[[[[[[",
          "\"",
          "\\u0000",
          "\\ud800",
          ",",
          ":",
          "\r\n",
          "\r\n\r\n",
          "*/0",
          "%00",
          "="};
}

void add_words(const std::string& text, std::set<std::string>& into) {
  const auto is_part = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.';
  };
  for (auto at = text.begin(); at != text.end();) {
    const auto begin = std::find_if(at, text.end(), is_part);
    at = std::find_if_not(begin, text.end(), is_part);
    if (at - begin >= 2 && at - begin <= 32) into.emplace(begin, at);
  }
}

}  // namespace

Mutations::Mutations(std::vector<std::string> known, std::uint64_t seed, std::size_t longest)
    : known_(std::move(known)), words_(hard_words()), random_(seed), longest_(longest) {
  std::set<std::string> words;
  for (const auto& text : known_) add_words(text, words);
  words_.insert(words_.end(), words.begin(), words.end());
}

std::size_t Mutations::below(std::size_t limit) {
  return limit == 0 ? 0 : static_cast<std::size_t>(random_() % limit);
}

std::string Mutations::next() {
  std::string text = any(known_);
  // Mostly a small step away from what is sound; sometimes far.
  const std::size_t steps = std::size_t{1} << below(5);
  for (std::size_t step = 0; step < steps; ++step) change(text);
  if (text.size() > longest_) text.resize(longest_);
  return text;
}

void Mutations::change(std::string& text) {
  const std::size_t place = below(text.size() + 1);
  const std::size_t length = std::min(text.size() - place, 1 + below(16));
  switch (below(9)) {
    case 0:
      if (place < text.size()) text[place] = static_cast<char>(text[place] ^ (1 << below(8)));
      return;
    case 1:
      if (place < text.size()) text[place] = static_cast<char>(below(256));
      return;
    case 2: {
      const std::string& other = any(known_);
      text.replace(place, std::string::npos, other, below(other.size() + 1), std::string::npos);
      return;
    }
    case 3:
      text.insert(place, any(words_));
      return;
    case 4:
      text.replace(place, length, any(words_));
      return;
    case 5:
      text.resize(place);
      return;
    case 6:
      text.erase(place, length);
      return;
    case 7:
      text.insert(below(text.size() + 1), text.substr(place, length));
      return;
    default: {
      // One digit more or less, another digit: what numbers mean changes, their form does not.
      const auto digit = text.find_first_of("0123456789", place);
      if (digit != std::string::npos) text[digit] = static_cast<char>('0' + below(10));
      return;
    }
  }
}

}  // namespace hts::fuzz
