#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "adapters/sqlite/disk_vfs.hpp"
#include "engine/ports/preset_store.hpp"

namespace hts::sqlite {

/// Presets in the file of the result index (`sqlite_result_store.hpp`). Thread-safe; calls take
/// turns. Cost: a change is one synced commit.
class SqlitePresetStore final : public ports::PresetStore {
 public:
  /// Opens the file, or makes it with its folder. Errors: as of SqliteResultStore.
  [[nodiscard]] static result::Result<std::unique_ptr<SqlitePresetStore>> open(
      const std::filesystem::path& path, std::shared_ptr<DiskVfs> vfs = nullptr);
  ~SqlitePresetStore() override;

  [[nodiscard]] result::Status create(const ports::Preset& preset) override;
  [[nodiscard]] result::Status put(const ports::Preset& preset) override;
  [[nodiscard]] result::Result<ports::Preset> find(const std::string& name) override;
  [[nodiscard]] result::Result<ports::PresetPage> list(std::uint64_t offset,
                                                       std::uint64_t limit) override;
  [[nodiscard]] result::Status remove(const std::string& name) override;

 private:
  struct State;
  explicit SqlitePresetStore(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace hts::sqlite
