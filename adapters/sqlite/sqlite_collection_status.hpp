#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "adapters/sqlite/disk_vfs.hpp"
#include "engine/ports/collection_status_store.hpp"

namespace hts::sqlite {

/// How far candles are collected, in the file of the result index (`sqlite_result_store.hpp`).
/// Thread-safe; calls take turns. Cost: `put` is one synced commit.
class SqliteCollectionStatus final : public ports::CollectionStatusStore {
 public:
  /// Opens the file, or makes it with its folder. Errors: as of SqliteResultStore.
  [[nodiscard]] static result::Result<std::unique_ptr<SqliteCollectionStatus>> open(
      const std::filesystem::path& path, std::shared_ptr<DiskVfs> vfs = nullptr);
  ~SqliteCollectionStatus() override;

  [[nodiscard]] result::Status put(const std::vector<ports::CollectionStatus>& statuses) override;
  [[nodiscard]] result::Result<ports::CollectionStatus> find(const market::Symbol& symbol,
                                                             market::Timeframe timeframe) override;
  [[nodiscard]] result::Result<std::vector<ports::CollectionStatus>> list() override;

 private:
  struct State;
  explicit SqliteCollectionStatus(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace hts::sqlite
