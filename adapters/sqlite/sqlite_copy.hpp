#pragma once

#include <atomic>
#include <filesystem>

#include "engine/result/result.hpp"

namespace hts::sqlite {

/// Copies a database as it is at one moment, whoever uses it meanwhile: writers are not held up,
/// and what they commit afterwards is not in the copy. The copy is one file, synced (its name is
/// not), and was checked by opening it: every page of it and its application and version.
///
/// Requires that `to` is not there. Ends within moments with the error cancelled once the flag is
/// set; after an error a part of `to` may be there. Other errors: storage, naming the file.
[[nodiscard]] result::Status copy_database(const std::filesystem::path& from,
                                           const std::filesystem::path& to,
                                           const std::atomic<bool>& cancelled);

}  // namespace hts::sqlite
