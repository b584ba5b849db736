#include "engine/strategies/any_strategy.hpp"

namespace hts::strategies {
namespace {

result::Error not_ours(const std::string& reason) {
  return result::make_error(
      result::ErrorCode::conflict,
      "The saved state cannot be used: " + reason + "; start the strategy without it.", "snapshot");
}

}  // namespace

StrategySnapshot AnyStrategy::snapshot() const {
  return {std::string{name()}, strategy_->state_version(), parameters_.values(),
          strategy_->snapshot()};
}

result::Status AnyStrategy::restore(const StrategySnapshot& snapshot) {
  if (snapshot.strategy != name()) {
    return not_ours("it is of " + snapshot.strategy + ", not of " + std::string{name()});
  }
  if (snapshot.state_version != strategy_->state_version()) {
    return not_ours("its version is " + std::to_string(snapshot.state_version) +
                    " and this program writes version " +
                    std::to_string(strategy_->state_version()));
  }
  if (snapshot.parameters != parameters_.values()) {
    return not_ours("it was taken with other parameters");
  }
  auto restored = strategy_->restore(snapshot.numbers);
  if (!restored) return not_ours(restored.error().message);
  return restored;
}

}  // namespace hts::strategies
