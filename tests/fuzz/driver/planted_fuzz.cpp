// Fails on what a mutation of its seed soon finds; proves that the driver sees and tells it.
#include <climits>

#include "fuzz_input.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = hts::fuzz::text_of(data, size);
  if (text.starts_with("overflow")) {
    volatile int most = INT_MAX;
    most = most + static_cast<int>(size);
  }
  if (text.starts_with("beyond")) return data[size] == 0 ? 0 : 1;
  hts::fuzz::require(text.find("10E18") == std::string_view::npos);
  return 0;
}
