#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "adapters/disk/disk.hpp"
#include "adapters/parquet/candle_format.hpp"
#include "engine/ports/candle_store.hpp"

namespace hts::parquet {

/// A write to one series folder. Holds the folder's lock from its construction to its end. Included
/// only by the sources of this folder.
class ParquetCandleWrite final : public ports::CandleWrite {
 public:
  ParquetCandleWrite(std::shared_ptr<disk::Disk> disk, std::shared_ptr<CandleFormat> format,
                     std::filesystem::path folder, std::unique_ptr<disk::Lock> lock);
  ~ParquetCandleWrite() override;

  [[nodiscard]] result::Status stage(int year, market::CandleView candles) override;
  [[nodiscard]] result::Result<ports::WriteReport> commit() override;

 private:
  struct StagedYear {
    int year;
    std::filesystem::path temporary;  ///< empty when the year does not change
    ports::WriteReport report;
  };
  [[nodiscard]] result::Status stage_merged(int year, market::CandleView candles);
  [[nodiscard]] result::Status write_temporary(StagedYear& staged, market::CandleView candles);

  std::shared_ptr<disk::Disk> disk_;
  std::shared_ptr<CandleFormat> format_;
  std::filesystem::path folder_;
  std::unique_ptr<disk::Lock> lock_;
  std::vector<StagedYear> staged_;
  bool committed_ = false;
};

}  // namespace hts::parquet
