#include "engine/backtest/sweep/search_space.hpp"

#include <utility>

namespace hts::backtest {
namespace {

constexpr std::uint64_t most_combinations = std::uint64_t{1} << 62U;

}  // namespace

SearchSpace::SearchSpace(std::vector<ParameterAxis> axes) : axes_(std::move(axes)) {
  for (const auto& axis : axes_) combinations_ *= axis.size();
}

result::Result<SearchSpace> SearchSpace::parse(const strategies::StrategyDefinition& definition,
                                               std::span<const std::string> assignments) {
  std::vector<ParameterAxis> axes;
  std::uint64_t combinations = 1;
  for (const auto& assignment : assignments) {
    auto axis = ParameterAxis::parse(definition.schema, assignment);
    if (!axis) return std::move(axis).error();
    for (const auto& other : axes) {
      if (other.name() != axis->name()) continue;
      return result::make_error(result::ErrorCode::invalid,
                                "Parameter " + axis->name() +
                                    " is given twice; give all its values at once, for example " +
                                    axis->name() + "=5,10,20.",
                                "params." + axis->name());
    }
    if (axis->size() > most_combinations / combinations) {
      return result::make_error(result::ErrorCode::too_large,
                                "The parameters have more than 4 * 10^18 combinations, which "
                                "cannot even be numbered; take wider steps.",
                                "params." + axis->name());
    }
    combinations *= axis->size();
    axes.push_back(std::move(axis).value());
  }
  return SearchSpace{std::move(axes)};
}

std::vector<std::size_t> SearchSpace::swept() const {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < axes_.size(); ++i) {
    if (axes_[i].size() > 1) places.push_back(i);
  }
  return places;
}

std::uint64_t SearchSpace::place_on(std::size_t axis, std::uint64_t number) const {
  for (std::size_t i = axes_.size() - 1; i > axis; --i) number /= axes_[i].size();
  return number % axes_[axis].size();
}

std::vector<strategies::NamedValue> SearchSpace::at(std::uint64_t number) const {
  std::vector<strategies::NamedValue> values(axes_.size());
  for (std::size_t i = axes_.size(); i > 0; --i) {
    const auto& axis = axes_[i - 1];
    values[i - 1] = {axis.name(), axis.at(number % axis.size())};
    number /= axis.size();
  }
  return values;
}

}  // namespace hts::backtest
