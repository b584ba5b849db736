#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "engine/market/symbol.hpp"
#include "engine/market/timeframe.hpp"
#include "engine/result/result.hpp"
#include "engine/schedule/schedule_line.hpp"

/// What lines of a schedule say beside when: the options of the daemon's tasks.
namespace hts::config {

/// `collect exchange=upbit symbols=KRW-BTC,KRW-ETH timeframes=1m,1d days=3`
struct CollectOptions {
  std::string exchange;  ///< "upbit" or "binance"; without the option that of `feed.source`
  std::vector<market::Symbol> symbols;
  std::vector<market::Timeframe> timeframes;
  std::int64_t days = 3;  ///< back from now
};

/// `clean_up results_days=90`
struct CleanUpOptions {
  std::optional<std::int64_t> results_days;  ///< none: results stay
};

/// `backup to=/srv/backup keep=14`
struct BackupOptions {
  std::filesystem::path to;  ///< without the option `state.root/backups`
  std::size_t keep = 7;
};

// Errors: invalid, with the option as field, and a sentence that names it.
[[nodiscard]] result::Result<CollectOptions> collect_options(const schedule::ScheduleLine& line,
                                                             const Settings& settings);
[[nodiscard]] result::Result<CleanUpOptions> clean_up_options(const schedule::ScheduleLine& line,
                                                              const Settings& settings);
[[nodiscard]] result::Result<BackupOptions> backup_options(const schedule::ScheduleLine& line,
                                                           const Settings& settings);

/// The lines of `schedule.file`, all of them sound: cron, zone, task and options. Nothing without
/// that setting. Errors: storage for a file that cannot be read; invalid, with the file and the
/// number of the line in front.
[[nodiscard]] result::Result<std::optional<std::vector<schedule::ScheduleLine>>> read_schedule(
    const Settings& settings);

}  // namespace hts::config
