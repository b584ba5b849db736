#pragma once

#include <span>
#include <string_view>

namespace hts::parameters {

/// The known name that a typed one was probably meant to be (at most 3 letters away and nearer than
/// a wholly different word), for "did you mean"; empty when none is near. The first of equals.
[[nodiscard]] std::string_view nearest_name(std::string_view typed,
                                            std::span<const std::string_view> known);

}  // namespace hts::parameters
