#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

namespace hts::cli {

/// Columns padded to their widest cell; the first column is aligned left, the others right.
class TextTable {
 public:
  explicit TextTable(std::vector<std::string> header) : rows_{std::move(header)} {}

  /// Missing cells stay empty; cells beyond the header are dropped.
  void add(std::vector<std::string> row);
  void print(std::ostream& out) const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

/// `12.34`: fixed decimals; "-" for NaN.
[[nodiscard]] std::string fixed(double value, int decimals);
/// `1,234,567`.
[[nodiscard]] std::string grouped(std::uint64_t value);

}  // namespace hts::cli
