#include "adapters/csv/candle_import.hpp"

#include <algorithm>
#include <utility>

#include "engine/market/candle_blocks.hpp"

namespace hts::csv {
namespace {

/// Of a file that goes into memory whole, so many rows stay there too: a disk with other work takes
/// its time for what is set aside, and nothing can be stopped meanwhile.
constexpr std::size_t rows_kept_in_memory = std::size_t{1} << 30U;  // bytes

}  // namespace

result::Result<ImportReport> import_candles(const std::filesystem::path& path,
                                            ports::CandleStore& store, const ReadOptions& options) {
  ReadOptions import_options = options;
  import_options.identity_required = true;
  auto collection = CandleCollection::read(path, import_options);
  if (!collection) return std::move(collection).error();
  auto write = store.begin_write(*collection->facts().symbol, *collection->facts().timeframe);
  if (!write) return std::move(write).error();

  const std::uint64_t years = collection->years();
  std::uint64_t staged = 0;
  auto drained = collection->drain([&](int year, market::CandleView candles) -> result::Status {
    if (options.cancelled && options.cancelled()) return stopped_error(collection->facts().file);
    if (options.progress) options.progress({ReadProgress::Phase::writing, staged++, years});
    return (*write)->stage(year, candles);
  });
  if (!drained) return std::move(drained).error();
  if (options.cancelled && options.cancelled()) return stopped_error(collection->facts().file);
  auto written = (*write)->commit();
  if (!written) return std::move(written).error();
  return ImportReport{collection->facts(), *written};
}

result::Result<CandleFile> read_candles(const std::filesystem::path& path,
                                        const ReadOptions& options) {
  ReadOptions read_options = options;
  read_options.limits.memory_bytes = std::max(options.limits.memory_bytes, rows_kept_in_memory);
  auto collection = CandleCollection::read(path, read_options);
  if (!collection) return std::move(collection).error();
  CandleFile file;
  if (collection->years() > 1) file.series.reserve(collection->facts().rows);
  auto drained = collection->drain([&](int, market::CandleView candles) {
    return market::give_in_blocks(candles, [&](market::CandleView block) -> result::Status {
      if (options.cancelled && options.cancelled()) return stopped_error(collection->facts().file);
      file.series.append(block);
      return result::success();
    });
  });
  if (!drained) return std::move(drained).error();
  file.facts = collection->facts();
  return file;
}

}  // namespace hts::csv
