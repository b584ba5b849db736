#pragma once

#include <cstdint>
#include <deque>
#include <memory>

#include "actors/messages.hpp"
#include "engine/paper/warm_strategy.hpp"
#include "engine/runtime/actor.hpp"
#include "engine/strategies/strategy_definition.hpp"

namespace hts::actors {

using paper::WarmStrategy;

/// What a runner is made of. Taken once: a runner that starts anew after a failure of its own has
/// no strategy any more, and says so with every candle.
struct RunnerStart {
  paper::SlotId slot = 0;
  std::uint32_t life = 0;                                      ///< Decided::life
  const strategies::StrategyDefinition* definition = nullptr;  ///< outlives the runner
  std::shared_ptr<WarmStrategy> warm;
  runtime::Address<PositionManagerProtocol> positions;
  std::uint32_t snapshot_candles = 64;  ///< from one snapshot to the next
};

/// One strategy on one symbol, live.
///
/// Takes: CandleClosed, ChangeSlot (answered with unavailable: another runner takes the place of
/// one whose parameters change), GetRunnerStatus.
/// Promises: exactly one Decided for each CandleClosed, in their order, also while the position
/// manager has no room. A strategy that breaks its rules is not asked again. Every so many candles
/// a snapshot goes with the decision, of each slot at another candle. A strategy that gives orders
/// of its own lives in the account; its runner hands the candles on and decides nothing.
class StrategyRunner : public runtime::Actor<StrategyRunner, StrategyRunnerProtocol> {
 public:
  StrategyRunner(runtime::Context& context, const RunnerStart& start);

  void on(const CandleClosed& closed);
  void on(runtime::Request<ChangeSlot>& request);
  void on(runtime::Request<GetRunnerStatus>& request);

 private:
  void decide(const CandleClosed& closed, Decided& decided);
  void tell(const Decided& decided);
  void flush();

  runtime::Context& context_;
  const RunnerStart start_;
  WarmStrategy warm_;
  std::uint64_t signals_ = 0;
  std::deque<Decided> waiting_;  ///< that the position manager has no room for yet
};

}  // namespace hts::actors
