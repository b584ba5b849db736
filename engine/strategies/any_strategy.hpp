#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/market/candle.hpp"
#include "engine/market/candle_series.hpp"
#include "engine/result/result.hpp"
#include "engine/strategies/context.hpp"
#include "engine/strategies/parameters.hpp"
#include "engine/strategies/strategy.hpp"
#include "engine/strategies/strategy_failure.hpp"

namespace hts::strategies {

/// A signal and the bar that gave it.
struct IndexedSignal {
  std::size_t index = 0;
  Signal signal;

  friend bool operator==(const IndexedSignal&, const IndexedSignal&) = default;
};

/// A strategy's state for a disk or a hand-over. Every number is finite; the text of none of it
/// depends on the machine.
struct StrategySnapshot {
  std::string strategy;
  int state_version = 0;
  std::vector<NamedValue> parameters;
  std::vector<double> numbers;

  friend bool operator==(const StrategySnapshot&, const StrategySnapshot&) = default;
};

/// Feeds candles to a strategy and appends its signals; bar i of the view is reported as
/// `first_index + i`. `on_candle` is inlined here: this is the backtest loop. What it throws leaves
/// as a StrategyFailure with its index.
template <Strategy S>
[[gnu::flatten]] void scan_candles(S& strategy, market::CandleView candles, std::size_t first_index,
                                   std::vector<IndexedSignal>& signals) {
  Context context;
  std::size_t i = 0;
  try {
    for (; i < candles.size(); ++i) {
      strategy.on_candle(candles[i], context);
      if (context.has_signal()) [[unlikely]] {
        signals.push_back({first_index + i, *context.take()});
      }
    }
  } catch (...) {
    throw_as_failure(first_index + i);
  }
}

/// One running strategy of any class, with its parameters. Movable, not copyable (a copy is a
/// snapshot restored elsewhere). Used by one thread at a time. Strategy code may throw: see
/// contained.hpp.
class AnyStrategy {
 public:
  /// What stands behind it. Classes come in through `of`; what is no class of this program (a
  /// plugin) implements this itself.
  struct Held {
    virtual ~Held() = default;
    [[nodiscard]] virtual std::string_view name() const noexcept = 0;
    [[nodiscard]] virtual int state_version() const noexcept = 0;
    virtual void on_candle(const market::Candle& candle, Context& context) = 0;
    virtual void scan(market::CandleView candles, std::size_t first_index,
                      std::vector<IndexedSignal>& signals) = 0;
    /// See AnyStrategy::block_size. The slowest candles of a built-in strategy take 0.2 ms each.
    [[nodiscard]] virtual std::size_t block_size() const noexcept { return 64; }
    /// See AnyStrategy::obey.
    virtual void obey(const std::atomic<bool>* /*cancel*/) noexcept {}
    [[nodiscard]] virtual std::vector<double> snapshot() const = 0;
    virtual result::Status restore(std::span<const double> numbers) = 0;
  };
  /// Requires a strategy made with these parameters.
  AnyStrategy(std::unique_ptr<Held> strategy, Parameters parameters)
      : strategy_(std::move(strategy)), parameters_(std::move(parameters)) {}

  template <Strategy S>
  [[nodiscard]] static AnyStrategy of(const Parameters& parameters) {
    return AnyStrategy{std::make_unique<Holder<S>>(parameters), parameters};
  }

  [[nodiscard]] std::string_view name() const noexcept { return strategy_->name(); }
  [[nodiscard]] const Parameters& parameters() const noexcept { return parameters_; }

  /// The signal on the close of this candle, if any; ignored while a history warms it up.
  std::optional<Signal> on_candle(const market::Candle& candle) {
    Context context;
    strategy_->on_candle(candle, context);
    return context.take();
  }
  /// The same with a context of the caller's, which may hold a desk for orders.
  void on_candle(const market::Candle& candle, Context& context) {
    strategy_->on_candle(candle, context);
  }
  /// The same for many candles at the speed of the inlined loop; the virtual call is paid once.
  void scan(market::CandleView candles, std::size_t first_index,
            std::vector<IndexedSignal>& signals) {
    strategy_->scan(candles, first_index, signals);
  }
  /// How many candles a scan should be given at a time by a caller that looks at a cancel flag in
  /// between: small enough to be in time, large enough that looking costs nothing. May change from
  /// scan to scan.
  [[nodiscard]] std::size_t block_size() const noexcept { return strategy_->block_size(); }
  /// A flag that any thread may set when nobody wants the answer any more: a strategy whose candles
  /// can take long (one in another process) then gives up inside a candle. Outlives it.
  void obey(const std::atomic<bool>* cancel) noexcept {
    cancel_ = cancel;
    strategy_->obey(cancel);
  }
  [[nodiscard]] bool cancelled() const noexcept {
    return cancel_ != nullptr && cancel_->load(std::memory_order_relaxed);
  }

  [[nodiscard]] StrategySnapshot snapshot() const;
  /// Takes over the state of another instance. Errors, code conflict, with this one unchanged: a
  /// snapshot of another strategy, state version or parameters, or one that is damaged.
  [[nodiscard]] result::Status restore(const StrategySnapshot& snapshot);

 private:
  template <Strategy S>
  struct Holder final : Held {
    explicit Holder(const Parameters& parameters) : strategy(parameters) {}
    [[nodiscard]] std::string_view name() const noexcept override { return S::name; }
    [[nodiscard]] int state_version() const noexcept override { return S::state_version; }
    void on_candle(const market::Candle& candle, Context& context) override {
      strategy.on_candle(candle, context);
    }
    void scan(market::CandleView candles, std::size_t first_index,
              std::vector<IndexedSignal>& signals) override {
      scan_candles(strategy, candles, first_index, signals);
    }
    [[nodiscard]] std::vector<double> snapshot() const override { return strategy.snapshot(); }
    result::Status restore(std::span<const double> numbers) override {
      return strategy.restore(numbers);
    }
    S strategy;
  };

  std::unique_ptr<Held> strategy_;
  Parameters parameters_;
  const std::atomic<bool>* cancel_ = nullptr;
};

}  // namespace hts::strategies
