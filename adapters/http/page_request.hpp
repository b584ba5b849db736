#pragma once

#include <cstdint>
#include <string_view>

#include "engine/result/result.hpp"

namespace hts::http {

/// How long the pages of a list may be.
struct PageLimits {
  std::uint64_t usual = 50;
  std::uint64_t most = 1'000;
  std::uint64_t last_offset = 1'000'000'000;
};

/// The part of a list that a client wants.
struct PageRequest {
  std::uint64_t limit = 0;
  std::uint64_t offset = 0;
};

/// `limit` and `offset` of a query. Errors: malformed, or invalid outside the limits, with the
/// parameter's name as field.
[[nodiscard]] result::Result<PageRequest> parse_page(std::string_view query,
                                                     const PageLimits& limits);

}  // namespace hts::http
