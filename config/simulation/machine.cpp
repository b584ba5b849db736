#include "config/simulation/machine.hpp"

#include <cstdint>
#include <stdexcept>
#include <utility>

#include "adapters/parquet/parquet_artifact_store.hpp"
#include "adapters/parquet/parquet_candle_store.hpp"
#include "adapters/simulation/plain_formats.hpp"
#include "adapters/simulation/simulated_disk.hpp"
#include "adapters/sqlite/sqlite_alert_outbox.hpp"
#include "adapters/sqlite/sqlite_candle_tail.hpp"
#include "adapters/sqlite/sqlite_job_history.hpp"
#include "adapters/sqlite/sqlite_job_store.hpp"
#include "adapters/sqlite/sqlite_ledger_store.hpp"
#include "adapters/sqlite/sqlite_result_store.hpp"

namespace hts::simulation {

struct Machine::Parts {
  Parts(const Plan& plan, Dice own_dice)
      : has_job_server(plan.has_job_server),
        trades_live(plan.trades_live),
        dice(own_dice),
        disk(std::make_shared<SimulatedDisk>(dice.draw())),
        faults{plan.disk_error_rate, plan.short_write_rate, plan.disk_crash_rate} {}

  [[nodiscard]] std::unique_ptr<parquet::ParquetCandleStore> open_candles() const {
    return std::make_unique<parquet::ParquetCandleStore>("/data", disk,
                                                         std::make_shared<PlainCandleFormat>(disk),
                                                         parquet::ParquetCandleStore::Options{});
  }

  void open_files() {
    candles = open_candles();
    artifacts = std::make_unique<parquet::ParquetArtifactStore>(
        "/state/runs", disk, std::make_shared<PlainArtifactFormat>(disk));
  }

  template <class Store>
  static result::Status open_live(std::unique_ptr<Store>& store,
                                  const std::shared_ptr<sqlite::DiskVfs>& vfs) {
    auto opened = Store::open("/state/live.sqlite", vfs);
    if (!opened) return std::move(opened).error();
    store = std::move(opened).value();
    return result::success();
  }

  const bool has_job_server;
  const bool trades_live;
  Dice dice;
  std::shared_ptr<SimulatedDisk> disk;
  DiskFaults faults;
  std::unique_ptr<parquet::ParquetCandleStore> candles;
  std::unique_ptr<parquet::ParquetArtifactStore> artifacts;
  std::unique_ptr<sqlite::SqliteResultStore> results;
  std::unique_ptr<sqlite::SqliteJobHistory> job_history;
  std::unique_ptr<sqlite::SqliteJobStore> jobs;
  std::unique_ptr<sqlite::SqliteCandleTail> tail;
  std::unique_ptr<sqlite::SqliteLedgerStore> ledger;
  std::unique_ptr<sqlite::SqliteAlertOutbox> alerts;
};

Machine::Machine(const Plan& plan, Dice dice) : parts_(std::make_unique<Parts>(plan, dice)) {}

Machine::~Machine() = default;

void Machine::install(const Market& market, const TradeMarket& trades) {
  parts_->open_files();
  const auto write = [this](const market::Symbol& symbol, market::Timeframe timeframe,
                            const market::CandleSeries& candles) {
    const auto written =
        ports::write_all_years(*parts_->candles, symbol, timeframe, candles.view());
    if (!written) throw std::logic_error("a sound disk refuses: " + written.error().message);
  };
  for (std::size_t i = 0; i < market.symbols().size(); ++i) {
    write(market.symbols()[i], market::Timeframe::day(), market.history(i));
  }
  if (parts_->trades_live) {
    const time::TimeRange past{trades.opens(-TradeMarket::history_minutes), trades.opens(0)};
    for (std::size_t i = 0; i < trades.symbols().size(); ++i) {
      write(trades.symbols()[i], market::Timeframe::minute(), trades.candles(i, past));
    }
  }
  close_stores();
}

result::Status Machine::open_stores() {
  parts_->open_files();
  // SQL's own clock is not asked for anything.
  const sqlite::DiskVfsSources sources{[] { return std::int64_t{0}; },
                                       [this] { return parts_->dice.draw(); }};
  auto results = sqlite::SqliteResultStore::open("/state/results.sqlite", parts_->disk, sources);
  if (!results) return std::move(results).error();
  parts_->results = std::move(results).value();
  auto job_history = sqlite::SqliteJobHistory::open(
      "/state/job_history.sqlite", std::make_shared<sqlite::DiskVfs>(parts_->disk, sources));
  if (!job_history) return std::move(job_history).error();
  parts_->job_history = std::move(job_history).value();
  if (parts_->trades_live) {
    const auto vfs = std::make_shared<sqlite::DiskVfs>(parts_->disk, sources);
    auto opened = Parts::open_live(parts_->tail, vfs);
    if (opened) opened = Parts::open_live(parts_->ledger, vfs);
    if (opened) opened = Parts::open_live(parts_->alerts, vfs);
    if (!opened) return opened;
  }
  if (parts_->has_job_server) return result::success();
  auto jobs = sqlite::SqliteJobStore::open("/state/jobs.sqlite", parts_->disk, sources);
  if (!jobs) return std::move(jobs).error();
  parts_->jobs = std::move(jobs).value();
  return result::success();
}

void Machine::close_stores() {
  parts_->alerts.reset();
  parts_->ledger.reset();
  parts_->tail.reset();
  parts_->jobs.reset();
  parts_->job_history.reset();
  parts_->results.reset();
  parts_->artifacts.reset();
  parts_->candles.reset();
}

config::Stores Machine::stores(ports::JobStore& jobs) {
  return {*parts_->candles, *parts_->results, *parts_->artifacts, &jobs};
}

ports::JobHistory& Machine::job_history() {
  return *parts_->job_history;
}

ports::JobStore* Machine::jobs() {
  return parts_->jobs.get();
}

ports::LedgerStore& Machine::ledger() {
  return *parts_->ledger;
}

ports::CandleTail& Machine::tail() {
  return *parts_->tail;
}

ports::AlertOutbox& Machine::alerts() {
  return *parts_->alerts;
}

std::shared_ptr<disk::Disk> Machine::disk() const {
  return parts_->disk;
}

std::unique_ptr<ports::CandleStore> Machine::catalog() const {
  return parts_->open_candles();
}

void Machine::set_faults(bool on) {
  parts_->disk->set_faults(on ? parts_->faults : DiskFaults{});
}

void Machine::cut_power() {
  parts_->disk->crash();
}

bool Machine::is_dead() const {
  return parts_->disk->crashed();
}

void Machine::boot() {
  parts_->disk->reboot();
}

std::uint64_t Machine::disk_failures() const {
  return parts_->disk->failures();
}

std::uint64_t Machine::disk_operations() const {
  return parts_->disk->operations();
}

}  // namespace hts::simulation
