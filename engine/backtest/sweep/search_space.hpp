#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/backtest/sweep/parameter_axis.hpp"
#include "engine/result/result.hpp"
#include "engine/strategies/strategy_definition.hpp"

namespace hts::backtest {

/// Every combination of the values of some parameters, numbered from 0; the last parameter changes
/// fastest. Combinations are computed from their number and never kept. Immutable.
class SearchSpace {
 public:
  /// From texts as `ParameterAxis::parse` reads them, one a parameter. Errors: code invalid (field
  /// `params.NAME`) for what no value allows and for a parameter given twice; too_large beyond
  /// 2^62 combinations.
  [[nodiscard]] static result::Result<SearchSpace> parse(
      const strategies::StrategyDefinition& definition, std::span<const std::string> assignments);
  /// Requires axes of different names, valid for the strategy that they are used with, and at most
  /// 2^62 combinations.
  explicit SearchSpace(std::vector<ParameterAxis> axes);

  [[nodiscard]] const std::vector<ParameterAxis>& axes() const noexcept { return axes_; }
  /// Places in `axes()` of those with more than one value.
  [[nodiscard]] std::vector<std::size_t> swept() const;
  /// 1 without any axis: the strategy's defaults.
  [[nodiscard]] std::uint64_t combinations() const noexcept { return combinations_; }
  /// The place of a combination on one axis.
  [[nodiscard]] std::uint64_t place_on(std::size_t axis, std::uint64_t number) const;
  /// The values of combination `number`, in the order of the axes. Requires number <
  /// combinations(). O(axes).
  [[nodiscard]] std::vector<strategies::NamedValue> at(std::uint64_t number) const;

 private:
  std::vector<ParameterAxis> axes_;
  std::uint64_t combinations_ = 1;
};

}  // namespace hts::backtest
