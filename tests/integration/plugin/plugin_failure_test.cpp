// What a plugin does wrong costs its own run one sentence, and nothing else.

#include <atomic>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <sys/wait.h>

#include "engine/backtest/portfolio/simulate.hpp"
#include "engine/backtest/signal_study.hpp"
#include "engine/time/timestamp.hpp"
#include "plugin_setup.hpp"

namespace hts::testing {
namespace {

using plugin::Isolation;
using strategies::NamedValue;
using strategies::StrategyDefinition;

const market::CandleSeries& short_walk() {
  static const auto series = walk(6'000);
  return series;
}

/// The sentence of a run over all candles, or "".
std::string studied(const StrategyDefinition& definition, const std::vector<NamedValue>& given) {
  const auto report = backtest::run_signal_study(
      definition, strategies::resolve(definition.schema, given).value(), short_walk().view());
  return report ? "" : report.error().message;
}

result::Result<backtest::PortfolioResult> traded(const StrategyDefinition& definition,
                                                 const std::vector<NamedValue>& given) {
  backtest::PortfolioPlan plan;
  plan.symbols = {market::Symbol::parse("BTC_KRW").value()};
  plan.slots = {{0, &definition, strategies::resolve(definition.schema, given).value()}};
  const std::vector<market::CandleView> views = {short_walk().view()};
  return backtest::simulate(plan, views);
}

std::string sentence_of(const result::Result<backtest::PortfolioResult>& outcome) {
  return outcome ? "" : outcome.error().message;
}

bool any_of(const std::string& text, const std::vector<std::string>& parts) {
  for (const auto& part : parts) {
    if (text.find(part) != std::string::npos) return true;
  }
  return false;
}

struct Misdeed {
  std::string how;
  std::vector<std::string> said;  ///< one of these
  /// The process computes on after it, so that of a block only the candles are known among which
  /// the bar is.
  bool is_missed_at_first = false;
};

/// Sanitizers turn a crash into an exit of their own.
const std::vector<Misdeed>& misdeeds() {
  static const std::vector<Misdeed> all = {
      {"throw", {"no such bar"}},
      {"throw_number", {"no std::exception"}},
      {"parameter", {"there is no parameter fats"}},
      {"loop", {"budget of 250 ms for one candle"}},
      {"crash", {"crashed with signal 11", "ended its process with status"}},
      {"exit", {"ended its process with status 0"}},
      {"confidence", {"confidence that is not a number"}},
      {"garbage", {"makes no sense"}, true},
      {"hang_up", {"closed what its process talks to the program with"}, true},
  };
  return all;
}

StrategyDefinition loaded_for(const std::string& how, const std::string& name) {
  return how == "loop" ? loaded_with_budget(name) : loaded(name);
}

/// The number that follows `before`, or nothing.
std::optional<std::size_t> number_after(std::string_view text, std::string_view before) {
  const auto at = text.find(before);
  if (at == std::string_view::npos) return std::nullopt;
  const char* begin = text.data() + at + before.size();
  std::size_t number = 0;
  const auto read = std::from_chars(begin, text.data() + text.size(), number);
  return read.ec == std::errc{} ? std::optional{number} : std::nullopt;
}

/// Expects the sentence to name the bar, or the first of some candles that have it among them.
void expect_bar(const std::string& sentence, std::size_t bar, bool is_known) {
  const auto named = number_after(sentence, " failed at candle ");
  ASSERT_TRUE(named && *named < short_walk().size()) << sentence;
  EXPECT_NE(sentence.find(" (" + time::format_iso8601(short_walk().view().open_time[*named]) + ")"),
            std::string::npos)
      << sentence;
  const auto more = number_after(sentence, ", at this candle or one of the ");
  EXPECT_LE(*named, bar) << sentence;
  EXPECT_GE(*named + more.value_or(0), bar) << sentence;
  EXPECT_FALSE(is_known && more) << sentence;
}

TEST(PluginFailure, in_a_study_names_the_strategy_its_file_and_the_bar) {
  for (const auto& [how, said, is_missed_at_first] : misdeeds()) {
    const auto sentence =
        studied(loaded_for(how, "misbehaving"), {{"how", how}, {"at", std::int64_t{4'321}}});
    EXPECT_TRUE(sentence.starts_with("The strategy misbehaving (" +
                                     plugin_file("misbehaving").string() + ") failed at candle "))
        << how << ": " << sentence;
    expect_bar(sentence, 4'321, !is_missed_at_first);
    EXPECT_TRUE(any_of(sentence, said)) << how << ": " << sentence;
  }
  EXPECT_EQ(studied(loaded("misbehaving"), {{"how", std::string{"behave"}}}), "");
}

TEST(PluginFailure, in_a_portfolio_names_the_bar_also_of_one_that_gives_orders) {
  for (const auto& [how, said, is_missed_at_first] : misdeeds()) {
    const auto sentence = sentence_of(
        traded(loaded_for(how, "misbehaving_orders"), {{"how", how}, {"at", std::int64_t{7}}}));
    EXPECT_NE(sentence.find("misbehaving_orders"), std::string::npos) << how << ": " << sentence;
    EXPECT_NE(sentence.find("failed at candle 7 (1970-01-01T00:07:00Z)"), std::string::npos)
        << how << ": " << sentence;
    EXPECT_TRUE(any_of(sentence, said)) << how << ": " << sentence;
  }
  EXPECT_TRUE(traded(loaded("misbehaving_orders"), {}));
}

TEST(PluginFailure, at_its_making_is_a_failure_to_start) {
  for (const auto& [how, said, is_missed_at_first] : misdeeds()) {
    if (how == "confidence") continue;
    const auto sentence =
        studied(loaded_for(how, "misbehaving"), {{"how", how}, {"at", std::int64_t{-1}}});
    EXPECT_NE(sentence.find("failed to start"), std::string::npos) << how << ": " << sentence;
    EXPECT_TRUE(any_of(sentence, said)) << how << ": " << sentence;
  }
}

TEST(PluginFailure, one_that_asks_its_desk_for_ever_is_over_its_budget) {
  const auto sentence = sentence_of(
      traded(loaded_with_budget("misbehaving_orders"), {{"how", std::string{"ask_for_ever"}}}));
  EXPECT_NE(sentence.find("budget"), std::string::npos) << sentence;
}

TEST(PluginFailure, a_size_that_is_no_number_is_refused_and_the_run_goes_on) {
  const auto outcome = traded(loaded("misbehaving_orders"), {{"how", std::string{"quantity"}}});
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->refused, 1U);
  EXPECT_TRUE(outcome->fills.empty());
}

TEST(PluginFailure, enumerators_that_do_not_exist_are_refused_in_both_isolations) {
  for (const auto isolation : {Isolation::process, Isolation::none}) {
    EXPECT_NE(studied(loaded("garbage_side", isolation), {}).find("neither buy nor sell"),
              std::string::npos);
    const auto sentence = sentence_of(traded(loaded("garbage_order", isolation), {}));
    EXPECT_NE(sentence.find("order of a type that does not exist"), std::string::npos) << sentence;
  }
}

TEST(PluginFailure, ten_gigabytes_are_out_of_memory) {
#if defined(HTS_ADDRESS_SANITIZER) || defined(HTS_THREAD_SANITIZER)
  GTEST_SKIP() << "a sanitizer's address space cannot be limited";
#else
  auto options = options_for(Isolation::process);
  options.memory_limit_mb = 512;
  const auto sentence =
      studied(loaded_with("misbehaving", options), {{"how", std::string{"memory"}}});
  EXPECT_NE(sentence.find("out of memory"), std::string::npos) << sentence;
#endif
}

TEST(PluginFailure, a_snapshot_that_is_not_finite_is_not_taken) {
  const auto definition = loaded("misbehaving");
  auto strategy = definition.make(
      strategies::resolve(definition.schema, {{"how", std::string{"snapshot"}}}).value());
  EXPECT_ANY_THROW((void)strategy.snapshot());
}

TEST(PluginFailure, inside_the_program_what_it_throws_is_contained_too) {
  const auto definition = loaded("misbehaving", Isolation::none);
  for (const std::string how : {"throw", "throw_number", "parameter", "confidence"}) {
    const auto sentence = studied(definition, {{"how", how}});
    EXPECT_NE(sentence.find("failed at candle 100 "), std::string::npos) << sentence;
  }
}

TEST(PluginFailure, a_cancel_ends_it_inside_a_loop_long_before_its_budget) {
  for (const bool gives_orders : {false, true}) {
    const auto definition = loaded(gives_orders ? "misbehaving_orders" : "misbehaving");
    backtest::PortfolioPlan plan;
    plan.symbols = {market::Symbol::parse("BTC_KRW").value()};
    plan.slots = {{0, &definition,
                   strategies::resolve(definition.schema,
                                       {{"how", std::string{"loop"}}, {"at", std::int64_t{0}}})
                       .value()}};
    const std::vector<market::CandleView> views = {short_walk().view()};
    // The first report comes after a look at the flag and before the first candle.
    std::atomic<bool> cancel{false};
    backtest::StudyControl control;
    control.cancel = &cancel;
    control.progress = [&cancel](double) { cancel = true; };
    const auto code_of = [](const auto& outcome) {
      return outcome                                                ? std::string{"no error"}
             : outcome.error().code == result::ErrorCode::cancelled ? std::string{"cancelled"}
                                                                    : outcome.error().message;
    };
    EXPECT_EQ(gives_orders
                  ? code_of(backtest::simulate(plan, views, {}, control))
                  : code_of(backtest::run_signal_study(definition, plan.slots[0].parameters,
                                                       short_walk().view(), control)),
              "cancelled");
  }
}

TEST(PluginFailure, leaves_no_process_behind) {
  {
    const auto definition = loaded_with_budget("misbehaving");
    for (const std::string how : {"crash", "exit", "loop", "behave"}) {
      (void)studied(definition, {{"how", how}});
    }
  }
  EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

}  // namespace
}  // namespace hts::testing
