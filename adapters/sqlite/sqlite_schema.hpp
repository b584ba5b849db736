#pragma once

#include <cstdint>
#include <filesystem>

#include "engine/result/result.hpp"

namespace hts::sqlite {

class Connection;

/// Brings a database to this program's version of the schema, one migration after the other, all or
/// none; safe when several processes start at once. Refused with an error (storage): a database of
/// a newer program, and one of another program.
[[nodiscard]] result::Status migrate(Connection& connection);

struct SchemaVersion {
  std::int64_t present = 0;  ///< of the file
  std::int64_t newest = 0;   ///< that this program knows
};

/// Looks without migrating; makes the file when it is not there. Errors: storage.
[[nodiscard]] result::Result<SchemaVersion> schema_version(const std::filesystem::path& path);

}  // namespace hts::sqlite
