#include "config/simulation/order_strategy.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/strategies/context.hpp"
#include "engine/strategies/strategy_definition.hpp"

namespace hts::simulation {
namespace {

using trading::OrderRequest;
using trading::OrderType;

class Brackets {
 public:
  static constexpr std::string_view name = order_strategy;
  static constexpr std::string_view title = "Simulated brackets";
  static constexpr std::string_view help = "Gives orders around the price, for the simulation.";
  static constexpr int state_version = 1;
  static constexpr bool uses_orders = true;
  static std::vector<strategies::ParameterSchema> schema() {
    return {{"fast", std::int64_t{2}, 1, 100, false, "candles", "From one entry to the next."},
            {"slow", std::int64_t{5}, 1, 100, false, "candles", "From one exit to the next."}};
  }

  explicit Brackets(const strategies::Parameters& parameters)
      : fast_(parameters.integer("fast")), slow_(parameters.integer("slow")) {}

  void on_candle(const market::Candle& candle, strategies::Context& context) {
    if (context.desk() == nullptr) return;
    auto& desk = *context.desk();
    ++seen_;
    const auto held = desk.position();
    if (held.flat()) {
      if (seen_ % fast_ == 0) enter(candle.close, desk);
    } else if (seen_ % slow_ == 0) {
      leave(candle.close, held.quantity, desk);
    }
    if (seen_ % 17 == 0) context.exit_long();
  }
  [[nodiscard]] std::vector<double> snapshot() const {
    return {static_cast<double>(seen_), static_cast<double>(newest_)};
  }
  [[nodiscard]] result::Status restore(std::span<const double> state) {
    if (state.size() != 2) {
      return result::make_error(result::ErrorCode::conflict, "it is damaged", "snapshot");
    }
    seen_ = static_cast<std::int64_t>(state[0]);
    newest_ = static_cast<trading::OrderId>(state[1]);
    return result::success();
  }

 private:
  void enter(double close, trading::OrderDesk& desk) {
    desk.cancel_all();
    OrderRequest dip;
    dip.type = OrderType::limit;
    dip.limit_price = close * 0.999;
    dip.quantity = desk.equity() / close * 0.05;
    dip.one_cancels_other = 1;
    dip.protection = {.stop_loss = 0.02, .take_profit = 0.01, .trailing_stop = 0};
    OrderRequest rise = dip;
    rise.type = OrderType::stop;
    rise.stop_price = close * 1.001;
    rise.quantity.reset();
    (void)desk.submit(dip);
    newest_ = desk.submit(rise);
    if (seen_ % 3 != 0) return;
    OrderRequest fall = rise;
    fall.side = trading::Side::sell;
    fall.stop_price = close * 0.998;
    (void)desk.submit(fall);
  }
  void leave(double close, double quantity, trading::OrderDesk& desk) {
    desk.cancel(newest_);
    OrderRequest exit;
    exit.side = quantity > 0 ? trading::Side::sell : trading::Side::buy;
    exit.type = seen_ % 2 == 0 ? OrderType::trailing_stop : OrderType::stop_limit;
    exit.trail_fraction = 0.002;
    const double beyond = quantity > 0 ? 0.999 : 1.001;
    exit.stop_price = close * beyond;
    exit.limit_price = exit.stop_price * beyond;
    exit.reduce_only = seen_ % 5 != 0;
    exit.quantity = 1.5 * (quantity > 0 ? quantity : -quantity);
    newest_ = desk.submit(exit);
  }

  std::int64_t fast_;
  std::int64_t slow_;
  std::int64_t seen_ = 0;
  trading::OrderId newest_ = 0;
};

}  // namespace

void register_order_strategy() {
  static const bool is_known =
      strategies::register_strategy(strategies::define_strategy<Brackets>()).ok();
  (void)is_known;
}

}  // namespace hts::simulation
