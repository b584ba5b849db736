#pragma once

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/market/synthetic_candles.hpp"
#include "engine/ports/artifact_store.hpp"
#include "engine/ports/candle_store.hpp"
#include "engine/ports/preset_store.hpp"
#include "engine/ports/result_store.hpp"

/// The ports in memory, with a failure or a pause on demand.
namespace hts::actors::testing {

inline result::Error not_found(const std::string& what) {
  return result::make_error(result::ErrorCode::not_found, "There is no " + what + ".");
}

class MemoryResultStore final : public ports::ResultStore {
 public:
  result::Status insert(const backtest::RunSummary& run) override {
    const std::lock_guard lock(mutex_);
    runs_.emplace(run.run_id, run);
    return result::success();
  }
  result::Result<backtest::RunSummary> find(const std::string& run_id) override {
    const std::lock_guard lock(mutex_);
    const auto found = runs_.find(run_id);
    if (found == runs_.end()) return not_found("run " + run_id);
    return found->second;
  }
  result::Result<backtest::RunSummary> find_equal(const ports::WantedRun& wanted) override {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, run] : runs_) {
      if (run.fingerprint == wanted.fingerprint && run.description == wanted.description &&
          run.start_date == wanted.start_date && run.end_date == wanted.end_date) {
        return run;
      }
    }
    return not_found("equal run");
  }
  result::Result<backtest::RunSummary> latest() override {
    const std::lock_guard lock(mutex_);
    if (runs_.empty()) return not_found("run");
    return runs_.rbegin()->second;
  }
  result::Result<ports::HistoryPage> history(std::uint64_t, std::uint64_t) override {
    const std::lock_guard lock(mutex_);
    ports::HistoryPage page;
    for (const auto& [id, run] : runs_) page.runs.push_back(run);
    page.total = runs_.size();
    return page;
  }
  result::Result<backtest::RunSummary> set_symbol_active(const std::string& run_id,
                                                         const market::Symbol& symbol,
                                                         bool is_active) override {
    const std::lock_guard lock(mutex_);
    const auto found = runs_.find(run_id);
    if (found == runs_.end()) return not_found("run " + run_id);
    for (auto& row : found->second.symbols) {
      if (row.symbol == symbol) row.is_active = is_active;
    }
    return found->second;
  }
  [[nodiscard]] std::size_t size() {
    const std::lock_guard lock(mutex_);
    return runs_.size();
  }

 private:
  std::mutex mutex_;
  std::map<std::string, backtest::RunSummary> runs_;
};

class MemoryPresetStore final : public ports::PresetStore {
 public:
  result::Status create(const ports::Preset& preset) override {
    const std::lock_guard lock(mutex_);
    const bool is_new = presets_.emplace(preset.name, preset).second;
    return is_new ? result::success() : result::Status{ports::preset_exists(preset.name)};
  }
  result::Status put(const ports::Preset& preset) override {
    const std::lock_guard lock(mutex_);
    presets_.insert_or_assign(preset.name, preset);
    return result::success();
  }
  result::Result<ports::Preset> find(const std::string& name) override {
    const std::lock_guard lock(mutex_);
    const auto found = presets_.find(name);
    if (found == presets_.end()) return ports::no_such_preset(name);
    return found->second;
  }
  result::Result<ports::PresetPage> list(std::uint64_t offset, std::uint64_t limit) override {
    const std::lock_guard lock(mutex_);
    ports::PresetPage page;
    page.total = presets_.size();
    std::uint64_t place = 0;
    for (const auto& [name, preset] : presets_) {
      if (place >= offset && page.presets.size() < limit) page.presets.push_back(preset);
      ++place;
    }
    return page;
  }
  result::Status remove(const std::string& name) override {
    const std::lock_guard lock(mutex_);
    return presets_.erase(name) > 0 ? result::success()
                                    : result::Status{ports::no_such_preset(name)};
  }

 private:
  std::mutex mutex_;
  std::map<std::string, ports::Preset> presets_;
};

class MemoryArtifactStore final : public ports::ArtifactStore {
 public:
  std::optional<result::Error> save_error;  ///< set before the actors run

  result::Status save(const backtest::BacktestRun& run,
                      const std::atomic<bool>* cancel = nullptr) override {
    if (save_error) return *save_error;
    std::unique_lock lock(mutex_);
    ++saves_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return open_; });
    if (ports::is_cancelled(cancel)) {
      return result::make_error(result::ErrorCode::cancelled, "Nobody wants it.");
    }
    runs_.insert_or_assign(run.run_id, run);
    return result::success();
  }
  /// Every save waits until `open_gate`.
  void close_gate() {
    const std::lock_guard lock(mutex_);
    open_ = false;
  }
  void open_gate() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  /// Returns once `count` saves have begun.
  void wait_for_saves(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return saves_ >= count; });
  }
  result::Result<backtest::BacktestRun> load(const backtest::RunSummary& summary) override {
    const std::lock_guard lock(mutex_);
    const auto found = runs_.find(summary.run_id);
    if (found == runs_.end()) return not_found("artifact of " + summary.run_id);
    return found->second;
  }
  result::Result<std::vector<std::string>> list() override {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> ids;
    for (const auto& [id, run] : runs_) ids.push_back(id);
    return ids;
  }
  result::Status remove(const std::string& run_id) override {
    const std::lock_guard lock(mutex_);
    runs_.erase(run_id);
    return result::success();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = true;
  int saves_ = 0;
  std::map<std::string, backtest::BacktestRun> runs_;
};

/// A synthetic year of days for every symbol; `close_gate` holds every load until `open_gate`.
class MemoryCandleStore final : public ports::CandleStore {
 public:
  void close_gate() {
    const std::lock_guard lock(mutex_);
    open_ = false;
  }
  void open_gate() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  /// Returns once `count` loads have begun.
  void wait_for_loads(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return loads_ >= count; });
  }

  result::Result<market::CandleSeries> load(const market::Symbol& symbol,
                                            market::Timeframe timeframe, time::TimeRange range,
                                            const std::atomic<bool>* cancel = nullptr) override {
    std::unique_lock lock(mutex_);
    ++loads_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return open_; });
    if (ports::is_cancelled(cancel)) return ports::cancelled_load();
    if (symbol.base() == "NOBODY") {
      return result::make_error(result::ErrorCode::unknown_symbol,
                                "Nobody has " + symbol.text() + ".");
    }
    return market::make_synthetic_candles({}, range.begin, timeframe, 366, 1);
  }
  result::Result<std::unique_ptr<ports::CandleWrite>> begin_write(const market::Symbol&,
                                                                  market::Timeframe) override {
    return {std::make_unique<Write>(*this)};
  }
  result::Result<std::vector<ports::CatalogFile>> inventory() override {
    return std::vector<ports::CatalogFile>{};
  }
  /// Candles of the years that were committed.
  [[nodiscard]] std::map<int, std::size_t> years() {
    const std::lock_guard lock(mutex_);
    return years_;
  }

 private:
  class Write final : public ports::CandleWrite {
   public:
    explicit Write(MemoryCandleStore& store) : store_(store) {}
    result::Status stage(int year, market::CandleView candles) override {
      staged_[year] = candles.size();
      return result::success();
    }
    result::Result<ports::WriteReport> commit() override {
      ports::WriteReport report;
      const std::lock_guard lock(store_.mutex_);
      for (const auto& [year, count] : staged_) {
        store_.years_[year] = count;
        report.added += count;
        ++report.files_written;
      }
      return report;
    }

   private:
    MemoryCandleStore& store_;
    std::map<int, std::size_t> staged_;
  };

  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = true;
  int loads_ = 0;
  std::map<int, std::size_t> years_;
};

}  // namespace hts::actors::testing
