#pragma once

#include "engine/result/result.hpp"

namespace hts::sqlite {

class Connection;

/// Brings a database to this program's version of the schema, one migration after the other, all or
/// none; safe when several processes start at once. Refused with an error (storage): a database of
/// a newer program, and one of another program.
[[nodiscard]] result::Status migrate(Connection& connection);

}  // namespace hts::sqlite
