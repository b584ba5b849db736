#include "engine/strategies/exact_mean.hpp"

#include <cmath>

namespace hts::strategies {
namespace {

/// value + error is exactly the result of the operation.
struct Exactly {
  double value = 0;
  double error = 0;
};

Exactly exact_sum(double a, double b) noexcept {
  const double sum = a + b;
  const double b_part = sum - a;
  const double a_part = sum - b_part;
  return {sum, (a - a_part) + (b - b_part)};
}

Exactly exact_product(double a, double b) noexcept {
  const double product = a * b;
  return {product, std::fma(a, b, -product)};
}

}  // namespace

void ExactMean::add(double value) noexcept {
  const auto sum = exact_sum(sum_, value);
  sum_ = sum.value;
  rest_ += sum.error;
  ++count_;
}

bool ExactMean::is_reached_by(double value, double multiplier) const noexcept {
  // value * count against sum * multiplier: without the division everything is a product.
  const auto ours = exact_product(value, static_cast<double>(count_));
  const auto sum = exact_sum(sum_, rest_);
  const auto theirs = exact_product(sum.value, multiplier);
  // Close products subtract without rounding, so the small parts decide exactly where they matter.
  return (ours.value - theirs.value) + ((ours.error - theirs.error) - sum.error * multiplier) >= 0;
}

}  // namespace hts::strategies
