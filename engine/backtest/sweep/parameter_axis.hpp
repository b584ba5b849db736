#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/parameters/parameters.hpp"
#include "engine/result/result.hpp"

namespace hts::backtest {

/// The values that one parameter takes in a search: a list, or evenly spaced numbers that are
/// computed when asked for, so that a billion of them cost nothing. Immutable.
class ParameterAxis {
 public:
  /// Requires at least one value.
  [[nodiscard]] static ParameterAxis listed(std::string name,
                                            std::vector<parameters::ParameterValue> values);

  /// Reads `NAME=VALUE`, `NAME=V,V,V`, `NAME=FIRST:LAST` (step 1) or `NAME=FIRST:LAST:STEP`, last
  /// included when a step meets it. Steps count downwards when LAST is below FIRST. Values of
  /// decimals are those that one would type: 0.1:0.5:0.1 holds 0.3, not 0.30000000000000004. A
  /// parameter that the schema calls a text is taken as it is. Each value is checked against the
  /// schema. Errors: code invalid, field `params.NAME`.
  [[nodiscard]] static result::Result<ParameterAxis> parse(
      const std::vector<parameters::ParameterSchema>& schema, std::string_view text);

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] std::uint64_t size() const noexcept { return count_; }
  /// Requires i < size(). O(1).
  [[nodiscard]] parameters::ParameterValue at(std::uint64_t i) const;

 private:
  ParameterAxis() = default;
  [[nodiscard]] static result::Result<ParameterAxis> parse_range(std::string name,
                                                                 std::string_view text);

  std::string name_;
  std::uint64_t count_ = 0;
  std::vector<parameters::ParameterValue> values_;  ///< empty: evenly spaced
  /// Value i is (first_ + i * step_) / scale_; an integer when scale_ is 1.
  std::int64_t first_ = 0;
  std::int64_t step_ = 1;
  std::int64_t scale_ = 1;
};

}  // namespace hts::backtest
