#pragma once

#include <string>

#include "engine/parameters/parameters.hpp"
#include "engine/result/result.hpp"

namespace hts::cli {

/// The content of a file as the parameter `rules` of the strategy `rules`: compact when it is JSON,
/// as it is when not, so that the strategy's check can say what is wrong. Errors, field `rules`:
/// not_found when it cannot be read, too_large beyond the longest text of a parameter.
[[nodiscard]] result::Result<parameters::NamedValue> read_rules_file(const std::string& path);

}  // namespace hts::cli
