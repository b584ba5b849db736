#pragma once

#include <filesystem>
#include <string_view>

#include "engine/result/result.hpp"

/// Errors of files, written for the person who has to do something about them.
namespace hts::disk {

/// "Cannot write /data/x: No space left on device. Free some space …". A reason that is none of the
/// system's ends with `otherwise`.
[[nodiscard]] result::Error file_error(
    std::string_view action, const std::filesystem::path& path, std::string_view reason,
    std::string_view otherwise = "Check the disk and try again.");
[[nodiscard]] result::Error file_error(std::string_view action, const std::filesystem::path& path,
                                       int error_number);
/// Whether it was made of the system's "no space" or "quota exceeded".
[[nodiscard]] bool is_disk_full(const result::Error& error);

/// The error of a write under a temporary name as one about the file that it was for.
[[nodiscard]] result::Error shown_as(result::Error error, const std::filesystem::path& temporary,
                                     const std::filesystem::path& path);

}  // namespace hts::disk
