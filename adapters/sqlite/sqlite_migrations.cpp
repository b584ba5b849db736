#include "adapters/sqlite/sqlite_migrations.hpp"

#include <string>

#include "adapters/sqlite/sqlite_connection.hpp"

namespace hts::sqlite {
namespace {

using result::ErrorCode;
using result::make_error;
using result::Status;
using result::success;

Status refuse(const Connection& connection, const std::string& why) {
  return make_error(ErrorCode::storage, "The database " + connection.path().string() + " " + why);
}

}  // namespace

Status migrate(Connection& connection, const Schema& schema) {
  const auto newest = static_cast<std::int64_t>(schema.migrations.size());
  auto transaction = Transaction::begin(connection, Transaction::Kind::immediate);
  if (!transaction) return std::move(transaction).error();
  auto version = connection.query_integer("PRAGMA user_version");
  if (!version) return std::move(version).error();
  auto owner = connection.query_integer("PRAGMA application_id");
  if (!owner) return std::move(owner).error();
  auto objects = connection.query_integer("SELECT count(*) FROM sqlite_schema");
  if (!objects) return std::move(objects).error();

  if (*owner != schema.application_id && (*objects > 0 || *version != 0)) {
    return refuse(connection, "belongs to another program. Choose another place for the engine's.");
  }
  if (*version > newest) {
    return refuse(connection, "has version " + std::to_string(*version) +
                                  ", this program knows up to " + std::to_string(newest) +
                                  ". Use the newer program, or restore a backup from before it.");
  }
  if (*version == newest) return success();
  for (auto step = static_cast<std::size_t>(*version); step < schema.migrations.size(); ++step) {
    if (auto done = connection.execute(schema.migrations[step]); !done) return done;
  }
  if (auto named =
          connection.execute("PRAGMA application_id = " + std::to_string(schema.application_id) +
                             "; PRAGMA user_version = " + std::to_string(newest));
      !named) {
    return named;
  }
  return transaction->commit();
}

}  // namespace hts::sqlite
