#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "adapters/postgres/connection_pool.hpp"
#include "engine/ports/collection_status_store.hpp"

namespace hts::postgres {

/// How far candles are collected, in a PostgreSQL database. Its tables must be there
/// (`migrations.hpp`). Thread-safe. Every call is one statement and one round trip.
class PostgresCollectionStatus final : public ports::CollectionStatusStore {
 public:
  explicit PostgresCollectionStatus(std::shared_ptr<ConnectionPool> pool)
      : pool_(std::move(pool)) {}

  [[nodiscard]] result::Status put(const std::vector<ports::CollectionStatus>& statuses) override;
  [[nodiscard]] result::Result<ports::CollectionStatus> find(const market::Symbol& symbol,
                                                             market::Timeframe timeframe) override;
  [[nodiscard]] result::Result<std::vector<ports::CollectionStatus>> list() override;

 private:
  std::shared_ptr<ConnectionPool> pool_;
};

}  // namespace hts::postgres
