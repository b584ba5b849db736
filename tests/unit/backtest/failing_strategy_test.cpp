// Strategies that throw or say what makes no sense: one sentence, nothing else.

#include <cstdint>
#include <limits>
#include <new>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "engine/backtest/portfolio/simulate.hpp"
#include "engine/backtest/signal_study.hpp"
#include "engine/market/synthetic_candles.hpp"
#include "engine/strategies/strategy_definition.hpp"

namespace hts::backtest {
namespace {

using strategies::Context;
using strategies::Parameters;
using strategies::ParameterSchema;

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// Behaves until candle `at` and then does what `how` says.
template <bool gives_orders>
class Misbehaving {
 public:
  static constexpr std::string_view name = "misbehaving";
  static constexpr std::string_view title = "Misbehaving";
  static constexpr std::string_view help = "For tests.";
  static constexpr int state_version = 1;
  static constexpr bool uses_orders = gives_orders;
  static std::vector<ParameterSchema> schema() {
    return {{"how", std::string{"throw"}, 0, 0, false, "", "What it does."},
            {"at", std::int64_t{100}, -1, 1'000, false, "", "When it does it; -1: at its making."}};
  }
  explicit Misbehaving(const Parameters& parameters)
      : how_(parameters.text("how")), at_(parameters.integer("at")) {
    if (at_ < 0) throw std::runtime_error("no mood");
  }
  void on_candle(const market::Candle&, Context& context) {
    if (seen_++ != at_) return;
    if (how_ == "throw") throw std::out_of_range("no such bar");
    if (how_ == "throw_number") throw 7;
    if (how_ == "memory") throw std::bad_alloc();
    if (how_ == "confidence") context.buy(not_a_number);
    if (how_ == "protection") context.buy(1, {.stop_loss = not_a_number});
    if (how_ == "quantity" && context.desk() != nullptr) {
      trading::OrderRequest order;
      order.quantity = not_a_number;
      if (auto* desk = context.desk()) refused_ = desk->submit(order) == 0;
    }
  }
  [[nodiscard]] std::vector<double> snapshot() const { return {}; }
  result::Status restore(std::span<const double>) { return result::success(); }

 private:
  std::string how_;
  std::int64_t at_;
  std::int64_t seen_ = 0;
  bool refused_ = false;
};

const market::CandleSeries& candles() {
  static const auto series = [] {
    market::CandleSeries made;
    for (std::int64_t i = 0; i < 300; ++i) {
      made.push_back({time::from_milliseconds(i * 60'000), 100, 101, 99, 100, 1});
    }
    return made;
  }();
  return series;
}

template <bool gives_orders>
result::Result<PortfolioResult> simulated(const std::vector<strategies::NamedValue>& given,
                                          const std::string& origin = "") {
  auto definition = strategies::define_strategy<Misbehaving<gives_orders>>();
  definition.origin = origin;
  PortfolioPlan plan;
  plan.symbols = {market::Symbol::parse("BTC_KRW").value()};
  plan.slots = {{0, &definition, strategies::resolve(definition.schema, given).value()}};
  const std::vector<market::CandleView> views = {candles().view()};
  return simulate(plan, views);
}

result::Result<SignalReport> studied(const std::vector<strategies::NamedValue>& given) {
  const auto definition = strategies::define_strategy<Misbehaving<false>>();
  return run_signal_study(definition, strategies::resolve(definition.schema, given).value(),
                          candles().view());
}

template <class Outcome>
std::string sentence_of(const Outcome& outcome) {
  return outcome ? "no error" : outcome.error().message;
}

TEST(FailingStrategy, what_it_throws_is_an_error_that_names_it_and_the_bar) {
  const std::string start = "The strategy misbehaving failed at candle 100 (1970-01-01T01:40:00Z)";
  for (const auto& [how, reason] : {std::pair{"throw", "no such bar"},
                                    {"throw_number", "no std::exception"},
                                    {"memory", "out of memory"},
                                    {"confidence", "confidence"},
                                    {"protection", "protection"}}) {
    for (const auto& sentence : {sentence_of(studied({{"how", std::string{how}}})),
                                 sentence_of(simulated<false>({{"how", std::string{how}}})),
                                 sentence_of(simulated<true>({{"how", std::string{how}}}))}) {
      EXPECT_TRUE(sentence.starts_with(start)) << sentence;
      EXPECT_NE(sentence.find(reason), std::string::npos) << sentence;
    }
  }
}

TEST(FailingStrategy, one_that_cannot_be_made_is_an_error) {
  for (const auto& sentence : {sentence_of(studied({{"at", std::int64_t{-1}}})),
                               sentence_of(simulated<false>({{"at", std::int64_t{-1}}})),
                               sentence_of(simulated<true>({{"at", std::int64_t{-1}}}))}) {
    EXPECT_NE(sentence.find("misbehaving failed to start"), std::string::npos) << sentence;
    EXPECT_NE(sentence.find("no mood"), std::string::npos) << sentence;
  }
}

TEST(FailingStrategy, is_our_defect_when_built_in_and_the_askers_when_from_outside) {
  const auto builtin = simulated<false>({});
  ASSERT_FALSE(builtin);
  EXPECT_EQ(builtin.error().code, result::ErrorCode::internal);
  const auto outside = simulated<false>({}, "/strategies/mine.so");
  ASSERT_FALSE(outside);
  EXPECT_EQ(outside.error().code, result::ErrorCode::invalid);
  EXPECT_EQ(outside.error().field, "strategy");
  EXPECT_NE(outside.error().message.find("/strategies/mine.so"), std::string::npos);
}

TEST(FailingStrategy, a_size_that_is_no_number_is_refused_and_the_run_goes_on) {
  const auto outcome = simulated<true>({{"how", std::string{"quantity"}}});
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_TRUE(outcome->fills.empty());
  EXPECT_EQ(outcome->refused, 1U);
}

TEST(FailingStrategy, one_that_behaves_until_the_end_is_no_error) {
  EXPECT_TRUE(studied({{"at", std::int64_t{1'000}}}));
  EXPECT_TRUE(simulated<true>({{"at", std::int64_t{1'000}}}));
}

}  // namespace
}  // namespace hts::backtest
