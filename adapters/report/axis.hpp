#pragma once

#include <string>
#include <vector>

namespace hts::report {

/// `value` with as many decimals as `step` needs to be seen: 1234.5 with steps of 0.5, `0.0012`
/// with steps of 0.0001. Thousands are grouped with commas.
[[nodiscard]] std::string number_text(double value, double step);

/// About `count` round numbers (1, 2 or 5 times a power of ten apart) inside [low, high].
[[nodiscard]] std::vector<double> round_steps(double low, double high, int count);

}  // namespace hts::report
