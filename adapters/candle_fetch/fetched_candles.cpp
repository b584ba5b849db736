#include "adapters/candle_fetch/fetched_candles.hpp"

#include <algorithm>
#include <optional>

#include "adapters/disk/durable.hpp"

namespace hts::candle_fetch {
namespace {

using parquet::CandleFileFacts;
using result::ErrorCode;
using result::make_error;
using result::Result;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::chrono::seconds list_lasts{1};
/// How often a wait looks whether it is still wanted.
constexpr milliseconds look_period{20};
/// A daemon that replaces its candles again and again is given up.
constexpr int most_tries = 3;

std::vector<CandleFileFacts> of_range(const std::vector<CandleFileFacts>& files,
                                      time::TimeRange range) {
  std::vector<CandleFileFacts> wanted;
  std::copy_if(files.begin(), files.end(), std::back_inserter(wanted),
               [&](const CandleFileFacts& file) { return parquet::may_hold(file.year, range); });
  return wanted;
}

std::optional<CandleFileFacts> of_year(const std::vector<CandleFileFacts>& files, int year) {
  const auto found = std::find_if(files.begin(), files.end(),
                                  [&](const CandleFileFacts& file) { return file.year == year; });
  return found == files.end() ? std::nullopt : std::optional{*found};
}

}  // namespace

FetchedCandles::FetchedCandles(RemoteCatalog daemon, Places places,
                               std::shared_ptr<disk::Disk> disk, NoteDownload note)
    : daemon_(std::move(daemon)),
      places_(std::move(places)),
      disk_(std::move(disk)),
      note_(std::move(note)),
      own_files_(places_.own_root),
      cached_files_(places_.cache_root) {}

Result<market::CandleSeries> FetchedCandles::load(const market::Symbol& symbol,
                                                  market::Timeframe timeframe,
                                                  time::TimeRange range,
                                                  const std::atomic<bool>* cancel) {
  const auto store = up_to_date(symbol, timeframe, range, cancel);
  if (store && *store != nullptr) return (*store)->load(symbol, timeframe, range, cancel);
  if (!store && store.error().code == ErrorCode::cancelled) return ports::cancelled_load();
  auto own = places_.own->load(symbol, timeframe, range, cancel);
  if (own || own.error().code == ErrorCode::cancelled) return own;
  const std::string answer =
      store ? "the daemon at " + daemon_.daemon() + " has none of this time either."
            : store.error().message;
  return make_error(store ? own.error().code : store.error().code,
                    own.error().message + " And " + answer, "daemon");
}

std::shared_ptr<FetchedCandles::Series> FetchedCandles::series_of(const market::Symbol& symbol,
                                                                  market::Timeframe timeframe) {
  const std::scoped_lock lock(mutex_);
  auto& series = series_[{symbol, timeframe}];
  if (!series) series = std::make_shared<Series>();
  return series;
}

std::shared_ptr<void> FetchedCandles::take_turn(Series& series, const std::atomic<bool>* cancel) {
  std::unique_lock lock(series.mutex);
  while (series.is_busy) {
    series.freed.wait_for(lock, look_period);
    if (series.is_busy && ports::is_cancelled(cancel)) return nullptr;
  }
  series.is_busy = true;
  return {&series, [](Series* held) {
            {
              const std::scoped_lock held_lock(held->mutex);
              held->is_busy = false;
            }
            held->freed.notify_one();
          }};
}

Result<ports::CandleStore*> FetchedCandles::up_to_date(const market::Symbol& symbol,
                                                       market::Timeframe timeframe,
                                                       time::TimeRange range,
                                                       const std::atomic<bool>* cancel) {
  const auto keep_going = [cancel] { return !ports::is_cancelled(cancel); };
  const auto series = series_of(symbol, timeframe);
  const auto turn = take_turn(*series, cancel);
  if (turn == nullptr) return ports::cancelled_load();
  for (int tries = 1;; ++tries) {
    if (tries > 1 || steady_clock::now() - series->listed_at > list_lasts) {
      auto listed = daemon_.years(symbol, timeframe, keep_going);
      if (!listed) return std::move(listed).error();
      series->listed = std::move(listed).value();
      series->listed_at = steady_clock::now();
    }
    const Years wanted = of_range(series->listed, range);
    if (wanted.empty()) return static_cast<ports::CandleStore*>(nullptr);
    const auto own = own_files_.list(symbol, timeframe, range);
    if (own && *own == wanted) return places_.own.get();
    const auto cached = cached_files_.list(symbol, timeframe, range);
    if (cached && *cached == wanted) return places_.cache.get();
    auto fetched = fetch(symbol, timeframe, range, wanted, cancel);
    if (fetched) return places_.cache.get();
    const bool has_changed = fetched.error().code == ErrorCode::conflict;
    if (!has_changed || tries == most_tries) return std::move(fetched).error();
  }
}

result::Status FetchedCandles::fetch(const market::Symbol& symbol, market::Timeframe timeframe,
                                     time::TimeRange range, const Years& wanted,
                                     const std::atomic<bool>* cancel) {
  const std::filesystem::path folder =
      places_.cache_root / symbol.text() / std::string{timeframe.name()};
  if (auto made = disk::make_lasting_directories(*disk_, folder); !made) return made;
  std::unique_ptr<disk::Lock> lock;
  while (lock == nullptr) {
    auto locked = disk_->lock_directory(folder, disk::LockKind::exclusive, look_period);
    if (locked) {
      lock = std::move(locked).value();
    } else if (locked.error().code != ErrorCode::conflict) {
      return std::move(locked).error();
    } else if (ports::is_cancelled(cancel)) {
      return ports::cancelled_load();
    }
  }
  disk::remove_temporaries(*disk_, folder);
  // Another process may have fetched them while we waited.
  const auto there = cached_files_.list(symbol, timeframe, range);
  const Years present = there ? *there : Years{};
  for (const CandleFileFacts& file : present) {
    if (of_year(wanted, file.year)) continue;
    const auto path = folder / (std::to_string(file.year) + ".parquet");
    if (auto removed = disk_->remove(path); !removed) return removed;
  }
  for (const CandleFileFacts& file : wanted) {
    if (of_year(present, file.year) == file) continue;
    const auto path = folder / (std::to_string(file.year) + ".parquet");
    const auto temporary = disk_->temporary_path(path);
    auto status = daemon_.download(symbol, timeframe, file, *disk_, temporary,
                                   [cancel] { return !ports::is_cancelled(cancel); });
    if (status) status = disk_->rename(temporary, path);
    if (!status) {
      (void)disk_->remove(temporary);
      return status;
    }
    if (note_) {
      note_("Fetched " + symbol.text() + " " + std::string{timeframe.name()} + " of " +
            std::to_string(file.year) + " (" + std::to_string(file.bytes) + " bytes).");
    }
  }
  return disk_->sync_directory(folder);
}

Result<std::unique_ptr<ports::CandleWrite>> FetchedCandles::begin_write(
    const market::Symbol& symbol, market::Timeframe timeframe) {
  return places_.own->begin_write(symbol, timeframe);
}

Result<std::vector<ports::CatalogFile>> FetchedCandles::inventory() {
  return places_.own->inventory();
}

}  // namespace hts::candle_fetch
