#include "adapters/postgres/rows.hpp"

#include <charconv>
#include <limits>

namespace hts::postgres {

bool Rows::is_null(std::size_t row, std::size_t column) const {
  return !cells_[row * columns_ + column].has_value();
}

const std::string& Rows::text(std::size_t row, std::size_t column) const {
  static const std::string none;
  const auto& cell = cells_[row * columns_ + column];
  return cell ? *cell : none;
}

std::int64_t Rows::integer(std::size_t row, std::size_t column) const {
  const std::string& digits = text(row, column);
  std::int64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

double Rows::number(std::size_t row, std::size_t column) const {
  const std::string& digits = text(row, column);
  double value = std::numeric_limits<double>::quiet_NaN();
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

bool Rows::flag(std::size_t row, std::size_t column) const {
  return text(row, column) == "t";
}

time::Timestamp Rows::timestamp(std::size_t row, std::size_t column) const {
  return time::from_milliseconds(integer(row, column));
}

}  // namespace hts::postgres
