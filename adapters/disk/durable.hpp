#pragma once

#include <filesystem>
#include <string_view>

#include "adapters/disk/disk.hpp"
#include "engine/result/result.hpp"

/// The steps that make a file appear whole or not at all: written under a temporary name in its own
/// folder, synced, renamed, the folder synced. Errors as those of Disk.
namespace hts::disk {

/// Makes the folder and those above it, and syncs the name of each whose parent is writable, also
/// of those that were there: a process that died may have made them without syncing. Costs a sync a
/// folder on the way; call it once before the first write.
[[nodiscard]] result::Status make_lasting_directories(Disk& disk,
                                                      const std::filesystem::path& folder);

/// A new file with this content, synced. Its name is not.
[[nodiscard]] result::Status write_synced(Disk& disk, const std::filesystem::path& path,
                                          std::string_view text);

/// The whole content.
[[nodiscard]] result::Result<std::string> read_text(Disk& disk, const std::filesystem::path& path);

/// Removes what is left of interrupted writes, as far as the disk lets it. Requires the folder's
/// exclusive lock: whoever holds it knows that no live process is writing there.
void remove_temporaries(Disk& disk, const std::filesystem::path& folder);

}  // namespace hts::disk
