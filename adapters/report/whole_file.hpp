#pragma once

#include <filesystem>
#include <string_view>

#include "engine/result/result.hpp"

namespace hts::report {

/// Writes or replaces a file so that it appears whole or not at all. Errors: storage, naming it.
[[nodiscard]] result::Status write_whole(const std::filesystem::path& path, std::string_view text);

}  // namespace hts::report
