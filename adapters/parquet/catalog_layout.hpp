#pragma once

#include <filesystem>
#include <vector>

#include "adapters/disk/disk.hpp"
#include "engine/market/symbol.hpp"
#include "engine/market/timeframe.hpp"
#include "engine/result/result.hpp"

/// Where the catalog's files are: `DATA_ROOT/{SYMBOL}/{TIMEFRAME}/{YEAR}.parquet`. Anything else
/// below DATA_ROOT is not ours and is passed over. Included only by the sources of this folder.
namespace hts::parquet {

struct YearFile {
  int year;  ///< 1970 to 2200, what the engine's timestamps hold with room to spare
  std::filesystem::path path;
};

[[nodiscard]] std::filesystem::path series_folder(const std::filesystem::path& data_root,
                                                  const market::Symbol& symbol,
                                                  market::Timeframe timeframe);
[[nodiscard]] std::filesystem::path year_path(const std::filesystem::path& series_folder, int year);

/// In order; empty when the folder is missing. Error: storage, naming a folder that cannot be read.
[[nodiscard]] result::Result<std::vector<market::Symbol>> list_symbols(
    disk::Disk& disk, const std::filesystem::path& data_root);
[[nodiscard]] result::Result<std::vector<market::Timeframe>> list_timeframes(
    disk::Disk& disk, const std::filesystem::path& data_root, const market::Symbol& symbol);
[[nodiscard]] result::Result<std::vector<YearFile>> list_years(
    disk::Disk& disk, const std::filesystem::path& series_folder);

}  // namespace hts::parquet
