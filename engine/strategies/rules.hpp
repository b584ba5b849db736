#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/market/candle.hpp"
#include "engine/result/result.hpp"
#include "engine/strategies/context.hpp"
#include "engine/strategies/parameters.hpp"
#include "engine/strategies/rule_evaluator.hpp"
#include "engine/strategies/rule_set.hpp"

namespace hts::strategies {

/// A strategy written as conditions over indicators (JSON, docs/strategies.md).
///
/// 1. It buys on every candle on which `entry` holds and leaves on every candle on which `exit`
///    does; `short_entry` and `short_exit` mirror that. Who follows the signals ignores an entry
///    while the position is there.
/// 2. An entry whose own exit holds too is none; nor are both entries on one candle. Where both
///    exits hold, the one of the last entry counts.
class Rules {
 public:
  static constexpr std::string_view name = "rules";
  static constexpr std::string_view title = "Rules";
  static constexpr std::string_view help =
      "Trades conditions over indicators that are given as JSON, without compiling.";
  static constexpr int state_version = 1;
  [[nodiscard]] static std::vector<ParameterSchema> schema();
  /// Errors: those of parse_rules.
  [[nodiscard]] static result::Status check(const Parameters& parameters);
  [[nodiscard]] static std::size_t warm_up(const Parameters& parameters);
  [[nodiscard]] static std::vector<std::string> operands(const Parameters& parameters);

  /// Rules that `check` refuses never signal.
  explicit Rules(const Parameters& parameters);
  explicit Rules(RuleSet rules);

  void on_candle(const market::Candle& candle, Context& context);

  [[nodiscard]] std::vector<double> snapshot() const;
  [[nodiscard]] result::Status restore(std::span<const double> state);

  static void each(auto& self, auto& state) { state(self.evaluator_, self.short_last_); }

 private:
  RuleSet rules_;
  RuleEvaluator evaluator_;
  bool short_last_ = false;  ///< the last entry was a short one
};

}  // namespace hts::strategies
