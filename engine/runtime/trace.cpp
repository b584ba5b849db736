#include "engine/runtime/trace.hpp"

#include <array>
#include <cstdio>

#include "engine/runtime/random.hpp"

namespace hts::runtime {

TraceId trace_of(std::string_view request_id) noexcept {
  // The draw spreads ids that differ in their last character only over all digits.
  std::uint64_t state = detail::stable_hash(request_id);
  const TraceId trace = detail::next_random(state);
  return trace != 0 ? trace : 1;
}

std::string trace_text(TraceId trace) {
  std::array<char, 17> digits{};
  std::snprintf(digits.data(), digits.size(), "%016llx", static_cast<unsigned long long>(trace));
  return digits.data();
}

}  // namespace hts::runtime
