#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "adapters/journal/codec.hpp"
#include "engine/ports/artifact_store.hpp"
#include "engine/ports/candle_store.hpp"
#include "engine/ports/result_store.hpp"

/// Stores whose calls are part of the journal: when a lane job that is recorded calls one, the call
/// and what it gave back are noted with the job; when a job is replayed, the noted answer is given
/// back and the store below is not asked. Outside of lane jobs they are the stores below.
///
/// Thread-safe as those are. What they wrap outlives them.
namespace hts::journal {

class JournaledResultStore final : public ports::ResultStore {
 public:
  /// Null: only for replays.
  explicit JournaledResultStore(ports::ResultStore* below) : below_(below) {}

  result::Status insert(const backtest::RunSummary& run) override;
  result::Result<backtest::RunSummary> find(const std::string& run_id) override;
  result::Result<backtest::RunSummary> find_equal(const ports::WantedRun& run) override;
  result::Result<backtest::RunSummary> latest() override;
  result::Result<ports::HistoryPage> history(std::uint64_t offset, std::uint64_t limit) override;
  result::Result<backtest::RunSummary> set_symbol_active(const std::string& run_id,
                                                         const market::Symbol& symbol,
                                                         bool is_active) override;

 private:
  ports::ResultStore* below_;
};

class JournaledArtifactStore final : public ports::ArtifactStore {
 public:
  /// Null: only for replays.
  explicit JournaledArtifactStore(ports::ArtifactStore* below) : below_(below) {}

  result::Status save(const backtest::BacktestRun& run,
                      const std::atomic<bool>* cancel = nullptr) override;
  result::Result<backtest::BacktestRun> load(const backtest::RunSummary& summary) override;
  result::Result<std::vector<std::string>> list() override;
  result::Status remove(const std::string& run_id) override;

 private:
  ports::ArtifactStore* below_;
};

/// Loaded candles are noted by their number and a checksum, for they may be millions: a replay
/// loads them again, and says so when they are not those of then. A load that was cancelled is one
/// in the replay too.
class JournaledCandleStore final : public ports::CandleStore {
 public:
  /// Called in a replay when the catalog gives other candles than in the record.
  using OnChange = std::function<void(const std::string& what)>;

  explicit JournaledCandleStore(ports::CandleStore& below, OnChange on_change = {})
      : below_(below), on_change_(std::move(on_change)) {}

  result::Result<market::CandleSeries> load(const market::Symbol& symbol,
                                            market::Timeframe timeframe, time::TimeRange range,
                                            const std::atomic<bool>* cancel = nullptr) override;
  /// In a recorded job as a load is, all in memory: what is noted is the same. Elsewhere as the
  /// store below does it.
  result::Status stream(const market::Symbol& symbol, market::Timeframe timeframe,
                        time::TimeRange range, const market::TakeCandles& take) override;
  /// A replay writes nothing.
  result::Result<std::unique_ptr<ports::CandleWrite>> begin_write(
      const market::Symbol& symbol, market::Timeframe timeframe) override;
  result::Result<std::vector<ports::CatalogFile>> inventory() override;

 private:
  result::Result<market::CandleSeries> load_again(const CandleDigest& recorded,
                                                  const market::Symbol& symbol,
                                                  market::Timeframe timeframe,
                                                  time::TimeRange range);

  ports::CandleStore& below_;
  const OnChange on_change_;
};

}  // namespace hts::journal
