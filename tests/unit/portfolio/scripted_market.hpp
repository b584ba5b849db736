#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "engine/backtest/portfolio/simulate.hpp"
#include "engine/market/candle_series.hpp"
#include "engine/strategies/strategy_definition.hpp"

/// Candles written down by hand and a strategy that does at each what the test says.
namespace hts::backtest::test {

struct Ohlcv {
  double open;
  double high;
  double low;
  double close;
  double volume = 1'000;
};

inline constexpr std::int64_t first_minute = 26'297'280;  // 2020-01-01T00:00Z

inline market::CandleSeries hourly(const std::vector<Ohlcv>& candles) {
  market::CandleSeries series;
  auto moment = time::from_milliseconds(first_minute * 60'000);
  for (const auto& candle : candles) {
    series.push_back({moment, candle.open, candle.high, candle.low, candle.close, candle.volume});
    moment += std::chrono::hours{1};
  }
  return series;
}

/// What a strategy does at the close of its n-th candle.
using Script = std::map<std::size_t, std::function<void(strategies::Context&)>>;

class Scripted {
 public:
  static constexpr std::string_view name = "scripted";
  static constexpr std::string_view title = "Scripted";
  static constexpr std::string_view help = "Does what a test says.";
  static constexpr int state_version = 1;
  static constexpr bool uses_orders = true;
  static std::vector<strategies::ParameterSchema> schema() {
    return {{"part", std::int64_t{0}, 0, 9, false, "", "Which script."}};
  }
  explicit Scripted(const strategies::Parameters& parameters)
      : script_(scripts().at(static_cast<std::size_t>(parameters.integer("part")))) {}

  void on_candle(const market::Candle&, strategies::Context& context) {
    const auto found = script_.find(seen_++);
    if (found != script_.end()) found->second(context);
  }
  [[nodiscard]] std::vector<double> snapshot() const { return {}; }
  [[nodiscard]] result::Status restore(std::span<const double>) { return result::success(); }

  static std::vector<Script>& scripts() {
    static std::vector<Script> all;
    return all;
  }

 private:
  Script script_;
  std::size_t seen_ = 0;
};

/// One account, one symbol a script, in order.
class Stage {
 public:
  explicit Stage(std::vector<market::CandleSeries> series) : series_(std::move(series)) {}
  explicit Stage(const std::vector<Ohlcv>& candles) : series_{hourly(candles)} {}

  PortfolioSettings settings;
  std::map<std::size_t, trading::LotRule> lots;

  PortfolioResult play(const std::vector<Script>& scripts) {
    static const auto definition = strategies::define_strategy<Scripted>();
    static constexpr const char* names[] = {"AAA-KRW", "BBB-KRW", "CCC-KRW"};
    Scripted::scripts() = scripts;
    PortfolioPlan plan;
    std::vector<market::CandleView> views;
    for (std::size_t i = 0; i < series_.size(); ++i) {
      plan.symbols.push_back(market::Symbol::parse(names[i]).value());
      views.push_back(series_[i].view());
    }
    for (std::size_t i = 0; i < scripts.size(); ++i) {
      auto parameters =
          strategies::resolve(definition.schema, {{"part", static_cast<std::int64_t>(i)}});
      plan.slots.push_back({i < series_.size() ? i : 0, &definition, *parameters});
    }
    plan.settings = settings;
    plan.lots = lots;
    auto result = simulate(plan, views);
    EXPECT_TRUE(result.ok()) << result.error().message;
    return result.ok() ? *result : PortfolioResult{};
  }
  PortfolioResult play(const Script& script) { return play(std::vector<Script>{script}); }

 private:
  std::vector<market::CandleSeries> series_;
};

inline trading::OrderRequest order(trading::Side side, trading::OrderType type, double quantity) {
  trading::OrderRequest request;
  request.side = side;
  request.type = type;
  request.quantity = quantity;
  return request;
}
inline auto submit(const trading::OrderRequest& request) {
  return [request](strategies::Context& context) { context.desk()->submit(request); };
}
inline void buy(strategies::Context& context) {
  context.buy(1);
}
inline void sell(strategies::Context& context) {
  context.sell(1);
}

}  // namespace hts::backtest::test
