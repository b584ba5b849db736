#include "config/simulation/machine.hpp"

#include <cstdint>
#include <stdexcept>
#include <utility>

#include "adapters/parquet/parquet_artifact_store.hpp"
#include "adapters/parquet/parquet_candle_store.hpp"
#include "adapters/simulation/plain_formats.hpp"
#include "adapters/simulation/simulated_disk.hpp"
#include "adapters/sqlite/sqlite_job_history.hpp"
#include "adapters/sqlite/sqlite_job_store.hpp"
#include "adapters/sqlite/sqlite_result_store.hpp"

namespace hts::simulation {

struct Machine::Parts {
  Parts(const Plan& plan, Dice own_dice)
      : has_job_server(plan.has_job_server),
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

  const bool has_job_server;
  Dice dice;
  std::shared_ptr<SimulatedDisk> disk;
  DiskFaults faults;
  std::unique_ptr<parquet::ParquetCandleStore> candles;
  std::unique_ptr<parquet::ParquetArtifactStore> artifacts;
  std::unique_ptr<sqlite::SqliteResultStore> results;
  std::unique_ptr<sqlite::SqliteJobHistory> job_history;
  std::unique_ptr<sqlite::SqliteJobStore> jobs;
};

Machine::Machine(const Plan& plan, Dice dice) : parts_(std::make_unique<Parts>(plan, dice)) {}

Machine::~Machine() = default;

void Machine::install(const Market& market) {
  parts_->open_files();
  for (std::size_t i = 0; i < market.symbols().size(); ++i) {
    const auto written = ports::write_all_years(*parts_->candles, market.symbols()[i],
                                                market::Timeframe::day(), market.history(i).view());
    if (!written) throw std::logic_error("a sound disk refuses: " + written.error().message);
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
  if (parts_->has_job_server) return result::success();
  auto jobs = sqlite::SqliteJobStore::open("/state/jobs.sqlite", parts_->disk, sources);
  if (!jobs) return std::move(jobs).error();
  parts_->jobs = std::move(jobs).value();
  return result::success();
}

void Machine::close_stores() {
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
