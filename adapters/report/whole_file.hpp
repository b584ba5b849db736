#pragma once

#include <filesystem>
#include <string_view>

#include "engine/result/result.hpp"

namespace hts::report {

/// What can be told before the work that makes a file's content: whether its folder is there, and
/// nothing that is no file in its place. Errors: storage, naming it.
[[nodiscard]] result::Status check_place(const std::filesystem::path& path);

/// Writes or replaces a file so that it appears whole or not at all. Errors: storage, naming it.
[[nodiscard]] result::Status write_whole(const std::filesystem::path& path, std::string_view text);

}  // namespace hts::report
