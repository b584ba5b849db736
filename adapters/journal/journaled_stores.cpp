#include "adapters/journal/journaled_stores.hpp"

#include <utility>

#include "adapters/journal/noted_call.hpp"

namespace hts::journal {
namespace {

using runtime::PortCalls;

class JournaledCandleWrite final : public ports::CandleWrite {
 public:
  /// Null: a replay.
  explicit JournaledCandleWrite(std::unique_ptr<ports::CandleWrite> below)
      : below_(std::move(below)) {}

  result::Status stage(int year, market::CandleView candles) override {
    return through<result::Nothing>(
        "candle_write.stage",
        [&](Arguments& arguments) {
          arguments.number(static_cast<std::uint64_t>(year)).add(digest_of(candles));
        },
        [&] { return below_->stage(year, candles); });
  }
  result::Result<ports::WriteReport> commit() override {
    return through<ports::WriteReport>("candle_write.commit", no_arguments,
                                       [&] { return below_->commit(); });
  }

 private:
  std::unique_ptr<ports::CandleWrite> below_;
};

}  // namespace

result::Status JournaledResultStore::insert(const backtest::RunSummary& run) {
  return through<result::Nothing>(
      "result_store.insert", [&](Arguments& arguments) { arguments.add(run); },
      [&] { return below_->insert(run); });
}

result::Result<backtest::RunSummary> JournaledResultStore::find(const std::string& run_id) {
  return through<backtest::RunSummary>(
      "result_store.find", [&](Arguments& arguments) { arguments.add(run_id); },
      [&] { return below_->find(run_id); });
}

result::Result<backtest::RunSummary> JournaledResultStore::find_equal(const ports::WantedRun& run) {
  return through<backtest::RunSummary>(
      "result_store.find_equal", [&](Arguments& arguments) { arguments.add(run); },
      [&] { return below_->find_equal(run); });
}

result::Result<backtest::RunSummary> JournaledResultStore::latest() {
  return through<backtest::RunSummary>("result_store.latest", no_arguments,
                                       [&] { return below_->latest(); });
}

result::Result<ports::HistoryPage> JournaledResultStore::history(std::uint64_t offset,
                                                                 std::uint64_t limit) {
  return through<ports::HistoryPage>(
      "result_store.history", [&](Arguments& arguments) { arguments.number(offset).number(limit); },
      [&] { return below_->history(offset, limit); });
}

result::Result<backtest::RunSummary> JournaledResultStore::set_symbol_active(
    const std::string& run_id, const market::Symbol& symbol, bool is_active) {
  return through<backtest::RunSummary>(
      "result_store.set_symbol_active",
      [&](Arguments& arguments) { arguments.add(run_id).add(symbol).flag(is_active); },
      [&] { return below_->set_symbol_active(run_id, symbol, is_active); });
}

result::Status JournaledArtifactStore::save(const backtest::BacktestRun& run,
                                            const std::atomic<bool>* cancel) {
  return through<result::Nothing>(
      "artifact_store.save", [&](Arguments& arguments) { arguments.add(run); },
      [&] { return below_->save(run, cancel); });
}

result::Result<backtest::BacktestRun> JournaledArtifactStore::load(
    const backtest::RunSummary& summary) {
  return through<backtest::BacktestRun>(
      "artifact_store.load", [&](Arguments& arguments) { arguments.add(summary); },
      [&] { return below_->load(summary); });
}

result::Result<std::vector<std::string>> JournaledArtifactStore::list() {
  return through<std::vector<std::string>>("artifact_store.list", no_arguments,
                                           [&] { return below_->list(); });
}

result::Status JournaledArtifactStore::remove(const std::string& run_id) {
  return through<result::Nothing>(
      "artifact_store.remove", [&](Arguments& arguments) { arguments.add(run_id); },
      [&] { return below_->remove(run_id); });
}

result::Result<market::CandleSeries> JournaledCandleStore::load(const market::Symbol& symbol,
                                                                market::Timeframe timeframe,
                                                                time::TimeRange range,
                                                                const std::atomic<bool>* cancel) {
  const PortCalls* calls = PortCalls::current();
  if (calls == nullptr) return below_.load(symbol, timeframe, range, cancel);
  result::Result<market::CandleSeries> loaded = market::CandleSeries{};
  const auto digest = through<CandleDigest>(
      "candle_store.load",
      [&](Arguments& arguments) { arguments.add(symbol).add(timeframe).times(range); },
      [&]() -> result::Result<CandleDigest> {
        loaded = below_.load(symbol, timeframe, range, cancel);
        if (!loaded) return loaded.error();
        return digest_of(loaded->view(), cancel);
      });
  if (!digest) return digest.error();
  if (calls->mode() != PortCalls::Mode::replay) return loaded;
  return load_again(*digest, symbol, timeframe, range);
}

result::Status JournaledCandleStore::stream(const market::Symbol& symbol,
                                            market::Timeframe timeframe, time::TimeRange range,
                                            const market::TakeCandles& take) {
  if (PortCalls::current() == nullptr) return below_.stream(symbol, timeframe, range, take);
  return CandleStore::stream(symbol, timeframe, range, take);
}

result::Result<market::CandleSeries> JournaledCandleStore::load_again(const CandleDigest& recorded,
                                                                      const market::Symbol& symbol,
                                                                      market::Timeframe timeframe,
                                                                      time::TimeRange range) {
  auto loaded = below_.load(symbol, timeframe, range);
  std::string change;
  if (!loaded) {
    change = "cannot be loaded: " + loaded.error().message;
  } else if (const CandleDigest now = digest_of(loaded->view()); now != recorded) {
    change = now.candles == recorded.candles
                 ? "has other values than when the journal was written"
                 : "has " + std::to_string(now.candles) + " candles in the range, it had " +
                       std::to_string(recorded.candles);
  }
  if (!change.empty() && on_change_) {
    on_change_(symbol.text() + " " + std::string(timeframe.name()) + " " + change);
  }
  return loaded;
}

result::Result<std::unique_ptr<ports::CandleWrite>> JournaledCandleStore::begin_write(
    const market::Symbol& symbol, market::Timeframe timeframe) {
  if (PortCalls::current() == nullptr) return below_.begin_write(symbol, timeframe);
  std::unique_ptr<ports::CandleWrite> write_below;
  const auto begun = through<result::Nothing>(
      "candle_store.begin_write",
      [&](Arguments& arguments) { arguments.add(symbol).add(timeframe); },
      [&]() -> result::Status {
        auto opened = below_.begin_write(symbol, timeframe);
        if (!opened) return std::move(opened).error();
        write_below = std::move(opened).value();
        return result::success();
      });
  if (!begun) return begun.error();
  return {std::make_unique<JournaledCandleWrite>(std::move(write_below))};
}

result::Result<std::vector<ports::CatalogFile>> JournaledCandleStore::inventory() {
  return through<std::vector<ports::CatalogFile>>("candle_store.inventory", no_arguments,
                                                  [&] { return below_.inventory(); });
}

}  // namespace hts::journal
