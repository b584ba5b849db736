#include "engine/paper/warm_strategy.hpp"

#include <utility>

#include "engine/strategies/contained.hpp"

namespace hts::paper {
namespace {

/// Before a session there is no account yet.
class IdleDesk final : public trading::OrderDesk {
 public:
  explicit IdleDesk(double cash) noexcept : cash_(cash) {}

  trading::OrderId submit(const trading::OrderRequest&) override { return 0; }
  void cancel(trading::OrderId) override {}
  void cancel_all() override {}
  [[nodiscard]] trading::PositionView position() const override { return {}; }
  [[nodiscard]] double equity() const override { return cash_; }

 private:
  double cash_;
};

}  // namespace

result::Status show_past(const strategies::StrategyDefinition& definition,
                         strategies::AnyStrategy& strategy, const market::Candle& candle,
                         std::size_t index, double cash) {
  IdleDesk desk{cash};
  strategies::Context context{desk};
  auto decided = strategies::decide_contained(definition, strategy, candle, index, context);
  if (!decided) return std::move(decided).error();
  return result::success();
}

}  // namespace hts::paper
