#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/indicators/indicator_definition.hpp"
#include "engine/indicators/source.hpp"
#include "engine/parameters/parameters.hpp"
#include "engine/result/result.hpp"
#include "engine/trading/order.hpp"

namespace hts::strategies {

enum class Comparison { above, below, at_least, at_most, equal, crosses_above, crosses_below };

/// The conditions of the strategy `rules`, understood: what they look at, each thing once, and how
/// that is compared and combined. Immutable; only `parse_rules` makes one that is not empty.
struct RuleSet {
  struct UsedIndicator {
    const indicators::IndicatorDefinition* definition = nullptr;
    parameters::Parameters parameters;
  };
  /// A number of each candle: of the candle itself, or an output of an indicator.
  struct Line {
    indicators::Source price = indicators::Source::close;
    std::optional<std::size_t> indicator;  ///< place in `indicators`; nothing: the price
    std::size_t output = 0;
    std::size_t longest_shift = 0;  ///< how many candles back it is looked at

    friend bool operator==(const Line&, const Line&) = default;
  };
  struct Operand {
    double number = 0;
    std::optional<std::size_t> line;  ///< place in `lines`; nothing: the number
    std::size_t shift = 0;            ///< candles back
  };
  struct Condition {
    enum class Kind { all, any, negation, comparison };
    Kind kind = Kind::comparison;
    std::vector<std::size_t> parts;  ///< places in `conditions`, before its own
    Comparison comparison = Comparison::above;
    Operand left;
    Operand right;
  };

  std::vector<UsedIndicator> indicators;
  std::vector<Line> lines;
  std::vector<Condition> conditions;
  /// Places in `conditions`.
  std::optional<std::size_t> entry;
  std::optional<std::size_t> exit;
  std::optional<std::size_t> short_entry;
  std::optional<std::size_t> short_exit;
  trading::Protection protection;  ///< of every position
};

inline constexpr std::size_t max_rule_depth = 16;  ///< of and, or and not within each other
inline constexpr std::size_t max_rule_conditions = 200;
inline constexpr std::size_t max_rule_indicators = 64;  ///< different ones
inline constexpr std::size_t max_rule_shift = 500;      ///< candles

/// Reads rules from JSON; docs/strategies.md describes them. Never throws. Errors: code invalid
/// (malformed when it is no JSON), one sentence, and the field is the place in the rules
/// (`params.rules.entry.and[1].left.indicator`).
[[nodiscard]] result::Result<RuleSet> parse_rules(std::string_view text);

/// How many candles pass before the first one on which an entry can hold. O(warm-ups).
[[nodiscard]] std::size_t warm_up(const RuleSet& rules);

}  // namespace hts::strategies
