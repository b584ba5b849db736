#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "adapters/disk/disk.hpp"
#include "adapters/parquet/candle_files.hpp"
#include "engine/market/symbol.hpp"
#include "engine/market/timeframe.hpp"
#include "engine/result/result.hpp"

namespace hts::candle_fetch {

/// The catalog of a running daemon, read over HTTP. Calls block; thread-safe.
class RemoteCatalog {
 public:
  using KeepGoing = std::function<bool()>;

  /// `daemon` is its address: `http://host:port`. Error: invalid, field `daemon`.
  [[nodiscard]] static result::Result<RemoteCatalog> at(std::string daemon);

  [[nodiscard]] const std::string& daemon() const noexcept { return daemon_; }

  /// The years it has; none is an empty list. Errors: network, unavailable, malformed for what is
  /// no daemon of ours; cancelled.
  [[nodiscard]] result::Result<std::vector<parquet::CandleFileFacts>> years(
      const market::Symbol& symbol, market::Timeframe timeframe, const KeepGoing& keep_going) const;
  /// Writes the file of a year to `to`, synced. Errors: as above; conflict when what came is not
  /// what `wanted` says, because the daemon has other candles now; storage.
  [[nodiscard]] result::Status download(const market::Symbol& symbol, market::Timeframe timeframe,
                                        const parquet::CandleFileFacts& wanted, disk::Disk& disk,
                                        const std::filesystem::path& to,
                                        const KeepGoing& keep_going) const;

 private:
  explicit RemoteCatalog(std::string daemon) : daemon_(std::move(daemon)) {}
  [[nodiscard]] std::string address_of(const char* path, const market::Symbol& symbol,
                                       market::Timeframe timeframe) const;

  std::string daemon_;
};

}  // namespace hts::candle_fetch
