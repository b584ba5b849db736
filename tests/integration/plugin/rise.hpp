#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "engine/strategies/context.hpp"
#include "engine/strategies/strategy.hpp"

namespace hts::testing {

/// Buys after `bars` closes that rise without a break, sells after as many that fall; keeps state.
/// Both the test and the plugin have it.
class Rise {
 public:
  static constexpr std::string_view name = "rise";
  static constexpr std::string_view title = "Rise";
  static constexpr std::string_view help = "Buys after closes that rise without a break.";
  static constexpr int state_version = 3;
  static std::vector<strategies::ParameterSchema> schema() {
    return {{"bars", std::int64_t{3}, 1, 50, false, "bars", "How many."},
            {"confidence", 0.5, 0, 1, true, "fraction", "Of every signal."},
            {"guarded", true, 0, 0, false, "", "With a stop."},
            {"note", std::string{"none"}, 0, 0, false, "", "Anything."}};
  }
  static result::Status check(const strategies::Parameters& parameters) {
    if (parameters.text("note") != "forbidden") return result::success();
    return result::make_error(result::ErrorCode::invalid, "note must not be forbidden.",
                              "params.note");
  }
  static std::size_t warm_up(const strategies::Parameters& parameters) {
    return static_cast<std::size_t>(parameters.integer("bars"));
  }

  explicit Rise(const strategies::Parameters& parameters)
      : bars_(static_cast<double>(parameters.integer("bars"))),
        confidence_(parameters.number("confidence")),
        guarded_(parameters.flag("guarded")) {}

  void on_candle(const market::Candle& candle, strategies::Context& context) {
    if (last_ > 0) {
      run_ = candle.close > last_ ? (run_ > 0 ? run_ + 1 : 1)
                                  : (candle.close < last_ ? (run_ < 0 ? run_ - 1 : -1) : 0);
    }
    last_ = candle.close;
    if (run_ == bars_) {
      guarded_ ? context.buy(confidence_, {.stop_loss = 0.02}) : context.buy(confidence_);
    }
    if (run_ == -bars_) context.exit_long();
  }
  [[nodiscard]] std::vector<double> snapshot() const { return {last_, run_}; }
  result::Status restore(std::span<const double> state) {
    if (state.size() != 2) {
      return result::make_error(result::ErrorCode::conflict, "two numbers are due", "snapshot");
    }
    last_ = state[0];
    run_ = state[1];
    return result::success();
  }

 private:
  double bars_;
  double confidence_;
  bool guarded_;
  double last_ = 0;
  double run_ = 0;
};

}  // namespace hts::testing
