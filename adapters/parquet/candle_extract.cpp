#include "adapters/parquet/candle_extract.hpp"

#include <cerrno>
#include <string>
#include <utility>

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "adapters/disk/disk_error.hpp"
#include "adapters/parquet/exception_guard.hpp"

namespace hts::parquet {
namespace {

using result::ErrorCode;
using result::make_error;
using result::Result;
namespace fs = std::filesystem;

/// An open file that no name leads to; -1 with the system's reason.
int open_unnamed(const fs::path& folder) {
  const int unnamed = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (unnamed >= 0 || (errno != EOPNOTSUPP && errno != EISDIR)) return unnamed;
  // The file system cannot make one: its name goes at once.
  std::string name = (folder / ".candles-XXXXXX").string();
  const int named = ::mkostemp(name.data(), O_CLOEXEC);
  if (named >= 0) (void)::unlink(name.c_str());
  return named;
}

}  // namespace

Result<OpenCandleFile> extract_candles(ports::CandleStore& store, CandleFormat& format,
                                       const fs::path& folder, const market::Symbol& symbol,
                                       market::Timeframe timeframe, time::TimeRange range,
                                       std::uint64_t most) {
  return without_exceptions([&]() -> Result<OpenCandleFile> {
    market::CandleSeries candles;
    auto gathered =
        store.stream(symbol, timeframe, range, [&](market::CandleView block) -> result::Status {
          if (candles.view().size() + block.size() > most) {
            return make_error(ErrorCode::too_large,
                              "These are more than " + std::to_string(most) +
                                  " candles: give a shorter range with from and to, or ask year by "
                                  "year with year=; GET /api/data/candles/years lists them.",
                              "from");
          }
          candles.append(block);
          return result::success();
        });
    if (!gathered) return std::move(gathered).error();
    const int descriptor = open_unnamed(folder);
    if (descriptor < 0) return disk::file_error("Cannot write", folder, errno);
    OpenCandleFile file{descriptor, folder};
    const fs::path path = "/proc/self/fd/" + std::to_string(descriptor);
    if (auto written = format.write(path, candles.view()); !written) {
      return disk::shown_as(std::move(written).error(), path, folder);
    }
    if (auto hashed = file.note_hash(); !hashed) return std::move(hashed).error();
    return file;
  });
}

}  // namespace hts::parquet
