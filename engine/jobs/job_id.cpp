#include "engine/jobs/job_id.hpp"

#include <array>
#include <chrono>
#include <cstdio>

#include "engine/hash/hash128.hpp"

namespace hts::jobs {
namespace {

constexpr std::uint64_t version_bits(std::uint64_t high, std::uint64_t version) noexcept {
  return (high & 0xffffffffffff0fffU) | (version << 12U);
}

constexpr std::uint64_t variant_bits(std::uint64_t low) noexcept {
  return (low & 0x3fffffffffffffffU) | 0x8000000000000000U;
}

/// -1: not a hexadecimal digit.
constexpr int digit_of(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

JobId JobId::make(time::Timestamp now, std::uint64_t draw_high, std::uint64_t draw_low) noexcept {
  const auto milliseconds = static_cast<std::uint64_t>(time::to_milliseconds(now));
  return {version_bits((milliseconds << 16U) | (draw_high & 0xffffU), 7), variant_bits(draw_low)};
}

JobId JobId::part_of(const JobId& whole, std::uint32_t number) noexcept {
  const hash::Hash128 hash =
      hash::HashChain{}.number(whole.high_).number(whole.low_).number(number).hash();
  return {version_bits(hash.high, 8), variant_bits(hash.low)};
}

result::Result<JobId> JobId::parse(std::string_view text) {
  constexpr std::size_t length = 36;
  JobId id;
  bool is_sound = text.size() == length;
  int digits = 0;
  for (std::size_t i = 0; is_sound && i < length; ++i) {
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      is_sound = text[i] == '-';
      continue;
    }
    const int digit = digit_of(text[i]);
    is_sound = digit >= 0;
    auto& half = digits++ < 16 ? id.high_ : id.low_;
    half = (half << 4U) | static_cast<std::uint64_t>(digit);
  }
  if (!is_sound) {
    return result::make_error(result::ErrorCode::invalid,
                              "A task id is a UUID such as "
                              "01932d5e-7c00-7abc-8def-0123456789ab: send the one of the answer to "
                              "the submission.",
                              "task_id");
  }
  return id;
}

std::string JobId::text() const {
  std::array<char, 37> text{};
  std::snprintf(
      text.data(), text.size(), "%08x-%04x-%04x-%04x-%012llx", static_cast<unsigned>(high_ >> 32U),
      static_cast<unsigned>((high_ >> 16U) & 0xffffU), static_cast<unsigned>(high_ & 0xffffU),
      static_cast<unsigned>(low_ >> 48U), static_cast<unsigned long long>(low_ & 0xffffffffffffU));
  return text.data();
}

}  // namespace hts::jobs
