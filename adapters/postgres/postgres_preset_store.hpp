#pragma once

#include <memory>
#include <string>
#include <utility>

#include "adapters/postgres/connection_pool.hpp"
#include "engine/ports/preset_store.hpp"

namespace hts::postgres {

/// Presets in a PostgreSQL database. Its tables must be there (`migrations.hpp`). Of texts it keeps
/// what PostgreSQL can (`database_text.hpp`). Thread-safe. Every call is one statement and one
/// round trip.
class PostgresPresetStore final : public ports::PresetStore {
 public:
  explicit PostgresPresetStore(std::shared_ptr<ConnectionPool> pool) : pool_(std::move(pool)) {}

  [[nodiscard]] result::Status create(const ports::Preset& preset) override;
  [[nodiscard]] result::Status put(const ports::Preset& preset) override;
  [[nodiscard]] result::Result<ports::Preset> find(const std::string& name) override;
  [[nodiscard]] result::Result<ports::PresetPage> list(std::uint64_t offset,
                                                       std::uint64_t limit) override;
  [[nodiscard]] result::Status remove(const std::string& name) override;

 private:
  /// An INSERT with what to do when the name is taken.
  [[nodiscard]] result::Result<Rows> write(const ports::Preset& preset,
                                           const std::string& on_conflict);

  std::shared_ptr<ConnectionPool> pool_;
};

}  // namespace hts::postgres
