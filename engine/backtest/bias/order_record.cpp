#include "engine/backtest/bias/order_record.hpp"

#include <memory>
#include <utility>

namespace hts::backtest {
namespace {

using strategies::AnyStrategy;
using strategies::Context;

class RecordingDesk final : public trading::OrderDesk {
 public:
  RecordingDesk(trading::OrderDesk& desk, time::Timestamp now, std::vector<RecordedOrder>& record)
      : desk_(desk), now_(now), record_(record) {}

  trading::OrderId submit(const trading::OrderRequest& request) override {
    record_.push_back({now_, RecordedOrder::Kind::submit, request, 0, {}});
    return desk_.submit(request);
  }
  void cancel(trading::OrderId id) override {
    record_.push_back({now_, RecordedOrder::Kind::cancel, {}, id, {}});
    desk_.cancel(id);
  }
  void cancel_all() override {
    record_.push_back({now_, RecordedOrder::Kind::cancel_all, {}, 0, {}});
    desk_.cancel_all();
  }
  [[nodiscard]] trading::PositionView position() const override { return desk_.position(); }
  [[nodiscard]] double equity() const override { return desk_.equity(); }

 private:
  trading::OrderDesk& desk_;
  time::Timestamp now_;
  std::vector<RecordedOrder>& record_;
};

void give(const strategies::Signal& signal, Context& context) {
  const bool buys = signal.side == trading::Side::buy;
  if (signal.exit_only) {
    buys ? context.exit_short() : context.exit_long();
  } else {
    buys ? context.buy(signal.confidence, signal.protection)
         : context.sell(signal.confidence, signal.protection);
  }
}

struct RecordingStrategy final : AnyStrategy::Held {
  RecordingStrategy(AnyStrategy recorded, std::vector<RecordedOrder>& written, LookRecord* seen)
      : strategy(std::move(recorded)), record(written), looks(seen) {}

  [[nodiscard]] std::string_view name() const noexcept override { return strategy.name(); }
  [[nodiscard]] int state_version() const noexcept override { return 0; }
  void on_candle(const market::Candle& candle, Context& context) override {
    if (context.desk() == nullptr) {
      strategy.on_candle(candle, context);
      return;
    }
    RecordingDesk desk(*context.desk(), candle.open_time, record);
    Context inner(desk);
    looked_at.clear();
    if (looks != nullptr) inner.watch(looked_at);
    strategy.on_candle(candle, inner);
    if (looks != nullptr) looks->add(looked_at);
    const auto signal = inner.take();
    if (!signal) return;
    record.push_back({candle.open_time, RecordedOrder::Kind::signal, {}, 0, *signal});
    give(*signal, context);
  }
  void scan(market::CandleView candles, std::size_t first_index,
            std::vector<strategies::IndexedSignal>& signals) override {
    strategy.scan(candles, first_index, signals);
  }
  [[nodiscard]] std::size_t block_size() const noexcept override { return strategy.block_size(); }
  void obey(const std::atomic<bool>* cancel) noexcept override { strategy.obey(cancel); }
  [[nodiscard]] std::vector<double> snapshot() const override {
    return strategy.snapshot().numbers;
  }
  result::Status restore(std::span<const double> /*numbers*/) override {
    return result::make_error(result::ErrorCode::conflict, "a recorded strategy starts anew",
                              "snapshot");
  }

  AnyStrategy strategy;
  std::vector<RecordedOrder>& record;
  LookRecord* looks;
  std::vector<double> looked_at;
};

}  // namespace

strategies::StrategyDefinition recording(const strategies::StrategyDefinition& definition,
                                         std::vector<RecordedOrder>& record, LookRecord* looks) {
  strategies::StrategyDefinition recorded = definition;
  recorded.make = [&definition, &record, looks](const strategies::Parameters& parameters) {
    return AnyStrategy{
        std::make_unique<RecordingStrategy>(definition.make(parameters), record, looks),
        parameters};
  };
  return recorded;
}

}  // namespace hts::backtest
