#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "adapters/sqlite/disk_vfs.hpp"
#include "engine/ports/candle_tail.hpp"

namespace hts::sqlite {

/// The newest candles, in the database of live trading. All of them are in memory as well (48 bytes
/// a candle), so that reading costs no disk: rows lie in the order of time, as they came, which
/// makes a bar of a thousand symbols a few pages.
///
/// One process writes; others see what was there when they opened it. Thread-safe. Cost: `append`
/// is one synced commit.
class SqliteCandleTail final : public ports::CandleTail {
 public:
  /// Opens the file, or makes it with its folder. Errors: storage, naming the file.
  [[nodiscard]] static result::Result<std::unique_ptr<SqliteCandleTail>> open(
      const std::filesystem::path& path, std::shared_ptr<DiskVfs> vfs = nullptr);
  ~SqliteCandleTail() override;

  [[nodiscard]] result::Status append(const std::vector<ports::TailBar>& bars) override;
  [[nodiscard]] result::Result<market::CandleSeries> load(const market::Symbol& symbol,
                                                          time::TimeRange range) override;
  [[nodiscard]] result::Result<std::vector<Held>> held() override;
  [[nodiscard]] result::Status drop(const market::Symbol& symbol, time::Timestamp before) override;

 private:
  struct State;
  explicit SqliteCandleTail(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace hts::sqlite
