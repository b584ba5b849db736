#include "adapters/feed/instrument_table.hpp"

#include <bit>

namespace hts::feed {
namespace {

/// FNV-1a: codes are short.
std::size_t hash_of(std::string_view code) noexcept {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : code) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3ULL;
  }
  return static_cast<std::size_t>(hash ^ (hash >> 32U));
}

}  // namespace

InstrumentTable::InstrumentTable(const std::vector<std::string>& codes)
    : size_(codes.size()), slots_(std::bit_ceil(2 * codes.size() + 2)) {
  for (std::size_t i = 0; i < codes.size(); ++i) {
    if (codes[i].empty()) continue;
    Slot& slot = slots_[place_of(codes[i])];
    if (slot.code.empty()) slot = {codes[i], static_cast<ports::FeedInstrument>(i)};
  }
}

std::size_t InstrumentTable::place_of(std::string_view code) const noexcept {
  const std::size_t mask = slots_.size() - 1;
  std::size_t place = hash_of(code) & mask;
  while (!slots_[place].code.empty() && slots_[place].code != code) place = (place + 1) & mask;
  return place;
}

std::optional<ports::FeedInstrument> InstrumentTable::find(std::string_view code) const noexcept {
  if (code.empty()) return std::nullopt;
  const Slot& slot = slots_[place_of(code)];
  if (slot.code.empty()) return std::nullopt;
  return slot.instrument;
}

}  // namespace hts::feed
