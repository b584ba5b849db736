#pragma once

#include <cstdint>
#include <span>

#include "engine/result/result.hpp"

namespace hts::sqlite {

class Connection;

/// One kind of database.
struct Schema {
  std::int64_t application_id = 0;  ///< in the file's header: tells ours from others
  /// SQL; migration i brings version i to i + 1. Released ones are never edited, new ones are
  /// added.
  std::span<const char* const> migrations;
};

/// Brings a database to this program's version of the schema, one migration after the other, all or
/// none; safe when several processes start at once. Refused with an error (storage): a database of
/// a newer program, and one of another program or kind.
[[nodiscard]] result::Status migrate(Connection& connection, const Schema& schema);

}  // namespace hts::sqlite
