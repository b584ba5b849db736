#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

#include "engine/backtest/portfolio/portfolio_settings.hpp"

/// The words of the options whose values are words. Included only by the sources of this folder.
namespace hts::backtest {

template <class Value, std::size_t count>
using Names = std::array<std::pair<std::string_view, Value>, count>;

template <class Value, std::size_t count>
[[nodiscard]] constexpr std::optional<Value> named(const Names<Value, count>& names,
                                                   std::string_view name) {
  for (const auto& [known, value] : names) {
    if (known == name) return value;
  }
  return std::nullopt;
}
template <class Value, std::size_t count>
[[nodiscard]] constexpr std::string_view name_of(const Names<Value, count>& names, Value value) {
  for (const auto& [name, known] : names) {
    if (known == value) return name;
  }
  return {};
}

inline constexpr Names<trading::Slippage::Model, 5> slippage_models = {{
    {"none", trading::Slippage::Model::none},
    {"percent", trading::Slippage::Model::percent},
    {"fixed", trading::Slippage::Model::fixed},
    {"spread", trading::Slippage::Model::spread},
    {"volume-share", trading::Slippage::Model::volume_share},
}};
inline constexpr Names<trading::Sizing::Rule, 4> sizing_rules = {{
    {"all-in", trading::Sizing::Rule::all_in},
    {"percent", trading::Sizing::Rule::percent_of_equity},
    {"cash", trading::Sizing::Rule::fixed_cash},
    {"quantity", trading::Sizing::Rule::fixed_quantity},
}};
inline constexpr Names<FillAt, 2> fill_moments = {
    {{"next-open", FillAt::next_open}, {"close", FillAt::close}}};
inline constexpr Names<Direction, 3> directions = {{
    {"long", Direction::long_only},
    {"short", Direction::short_only},
    {"both", Direction::both},
}};

}  // namespace hts::backtest
