#include "actors/strategy_runner.hpp"

#include <utility>

#include "engine/paper/strategy_snapshot.hpp"
#include "engine/strategies/contained.hpp"

namespace hts::actors {

StrategyRunner::StrategyRunner(runtime::Context& context, const RunnerStart& start)
    : context_(context), start_(start) {
  warm_ = std::move(*start_.warm);
  start_.warm->strategy.reset();
  if (start_.definition->uses_orders) return;
  start_.warm->error = "The runner failed and has no strategy any more: restart the session.";
}

void StrategyRunner::on(const CandleClosed& closed) {
  Decided decided;
  decided.bar = closed.bar;
  decided.bar_time = closed.bar_time;
  decided.slot = start_.slot;
  decided.life = start_.life;
  ++warm_.candles;
  warm_.last_candle = closed.candle.open_time;
  if (start_.definition->uses_orders) {
    decided.candle = closed.candle;
  } else {
    decide(closed, decided);
  }
  tell(decided);
}

void StrategyRunner::decide(const CandleClosed& closed, Decided& decided) {
  if (!warm_.strategy) {
    decided.failed = true;
    return;
  }
  strategies::Context strategy_context;
  auto signal =
      strategies::decide_contained(*start_.definition, *warm_.strategy, closed.candle,
                                   static_cast<std::size_t>(warm_.candles - 1), strategy_context);
  if (!signal) {
    decided.failed = true;
    warm_.error = signal.error().message;
    warm_.strategy.reset();
    context_.log(runtime::LogLevel::error, warm_.error);
    return;
  }
  decided.signal = *signal;
  signals_ += decided.signal ? 1 : 0;
  if ((warm_.candles + start_.slot) % start_.snapshot_candles != 0) return;
  if (auto bytes = snapshot_bytes(*start_.definition, warm_)) {
    decided.snapshot = std::make_shared<const std::string>(std::move(*bytes));
  }
}

void StrategyRunner::tell(const Decided& decided) {
  if (waiting_.empty()) {
    const auto sent = start_.positions.tell(Decided{decided});
    if (sent != runtime::SendResult::full) return;
  }
  waiting_.push_back(decided);
  if (waiting_.size() == 1) context_.when_room(start_.positions, [this] { flush(); });
}

void StrategyRunner::flush() {
  while (!waiting_.empty()) {
    if (start_.positions.tell(Decided{waiting_.front()}) == runtime::SendResult::full) {
      context_.when_room(start_.positions, [this] { flush(); });
      return;
    }
    waiting_.pop_front();
  }
}

void StrategyRunner::on(runtime::Request<ChangeSlot>& request) {
  request.reply(result::make_error(result::ErrorCode::unavailable,
                                   "Slots are changed through the session: send the change to it.",
                                   "slot"));
}

void StrategyRunner::on(runtime::Request<GetRunnerStatus>& request) {
  RunnerStatus status;
  status.slot = start_.slot;
  const auto& warm_up = start_.definition->warm_up;
  const std::size_t needed =
      warm_up && warm_.strategy ? warm_up(warm_.strategy->parameters()) : std::size_t{0};
  const bool hands_on = start_.definition->uses_orders && warm_.error.empty();
  status.is_initialized = (hands_on || warm_.strategy.has_value()) && warm_.candles > needed;
  status.candles = warm_.candles;
  status.signals = signals_;
  status.last_candle = warm_.last_candle;
  status.error = warm_.error;
  request.reply(std::move(status));
}

}  // namespace hts::actors
