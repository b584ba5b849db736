#pragma once

#include <filesystem>
#include <string>

#include "adapters/plugin/descriptor.hpp"
#include "engine/result/result.hpp"

namespace hts::plugin {

/// The bytes of a plugin file as they were when it was looked at. They are copied into memory and
/// sealed there, so what is loaded, now or by a process that is started later, is what was checked
/// and hashed, whatever happens to the file. Immutable; any thread.
struct LibraryImage {
  std::filesystem::path file;  ///< absolute
  std::string fingerprint;     ///< "sha256:" and 64 hexadecimal digits
  Descriptor memory;           ///< the sealed copy
};

inline constexpr std::size_t max_library_bytes = std::size_t{256} << 20U;

/// Runs none of its code. Errors, with the file as field: not_found; invalid for what is no shared
/// library, is too large, or may be written by everybody.
[[nodiscard]] result::Result<LibraryImage> read_library(const std::filesystem::path& file);

}  // namespace hts::plugin
