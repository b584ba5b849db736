#include "engine/backtest/bias/operand_bias.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "engine/backtest/bias/compared_value.hpp"
#include "engine/backtest/bias/decisions.hpp"
#include "engine/backtest/bias/look_record.hpp"
#include "engine/strategies/column_cache.hpp"

namespace hts::backtest {
namespace {

using Views = std::span<const market::CandleView>;

class Comparing {
 public:
  Comparing(const PortfolioPlan& plan, std::size_t slot, std::size_t last,
            const std::function<void(Views)>& announce, const StudyControl& control)
      : plan_(plan), slot_(slot), last_(last), announce_(announce), control_(control) {}

  result::Result<OperandComparison> run(Views candles, Views others) {
    compare_columns(candles, others);
    if (!answer_.first) {
      if (auto compared = compare_looks(candles, others); !compared) {
        return std::move(compared).error();
      }
    }
    return std::move(answer_);
  }

 private:
  [[nodiscard]] const StrategySlot& slot() const { return plan_.slots[slot_]; }

  void tell(Views candles) const {
    if (announce_) announce_(candles);
  }

  /// False when the strategy has no columns, or its code failed.
  bool scan(Views candles, strategies::ColumnCache& columns) const {
    const auto& definition = *slot().definition;
    if (!definition.scan_columns || definition.uses_orders) return false;
    tell(candles);
    std::vector<strategies::IndexedSignal> signals;
    try {
      definition.scan_columns(slot().parameters, candles[slot().symbol], columns, signals);
      return true;
    } catch (...) {
      return false;
    }
  }

  void compare_columns(Views candles, Views others) {
    strategies::ColumnCache with{0, control_.cancel};
    strategies::ColumnCache without{0, control_.cancel};
    if (!scan(candles, with) || !scan(others, without)) return;
    const std::size_t both = std::min(with.in_use().size(), without.in_use().size());
    for (std::size_t i = 0; i < both; ++i) {
      const auto& a = *with.in_use()[i];
      const auto& b = *without.in_use()[i];
      if (a.kind != b.kind || a.parameter != b.parameter) return;
      const std::string name = std::string{a.kind} + " (" + parameters::to_text(a.parameter) + ")";
      answer_.compared.push_back(name);
      const std::size_t end = std::min({last_ + 1, a.size, b.size});
      for (std::size_t candle = 0; candle < end; ++candle) {
        if (answer_.first && answer_.first->candle <= candle) break;
        if (is_same_value(a.values[candle], b.values[candle])) continue;
        answer_.first = OperandDifference{name, candle, a.values[candle], b.values[candle]};
        break;
      }
    }
  }

  result::Status compare_looks(Views candles, Views others) {
    LookRecord with;
    LookRecord without;
    if (auto looked = look(candles, with); !looked) return looked;
    if (auto looked = look(others, without); !looked) return looked;
    const auto names = operand_names();
    const auto candle = LookRecord::first_difference(with, without);
    if (!candle || *candle > last_) {
      answer_.compared.insert(answer_.compared.end(), names.begin(), names.end());
      return result::success();
    }
    with = LookRecord{*candle};
    without = LookRecord{*candle};
    if (auto looked = look(candles, with); !looked) return looked;
    if (auto looked = look(others, without); !looked) return looked;
    name_difference(*candle, with.kept(), without.kept(), names);
    return result::success();
  }

  result::Status look(Views candles, LookRecord& looks) const {
    tell(candles);
    return record_looks(plan_, slot_, candles, last_, control_, looks);
  }

  [[nodiscard]] std::vector<std::string> operand_names() const {
    if (!slot().definition->operands) return {};
    try {
      return slot().definition->operands(slot().parameters);
    } catch (...) {
      return {};
    }
  }

  void name_difference(std::size_t candle, const std::vector<double>& with,
                       const std::vector<double>& without, const std::vector<std::string>& names) {
    constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
    for (std::size_t i = 0; i < std::max(with.size(), without.size()); ++i) {
      const double a = i < with.size() ? with[i] : nothing;
      const double b = i < without.size() ? without[i] : nothing;
      if (is_same_value(a, b)) continue;
      std::string name = i < names.size() ? names[i] : "number " + std::to_string(i + 1);
      answer_.first = OperandDifference{std::move(name), candle, a, b};
      return;
    }
  }

  const PortfolioPlan& plan_;
  std::size_t slot_;
  std::size_t last_;
  const std::function<void(Views)>& announce_;
  const StudyControl& control_;
  OperandComparison answer_;
};

}  // namespace

result::Result<OperandComparison> compare_operands(
    const PortfolioPlan& plan, std::size_t slot, std::span<const market::CandleView> candles,
    std::span<const market::CandleView> others, std::size_t last,
    const std::function<void(std::span<const market::CandleView>)>& announce,
    const StudyControl& control) {
  return Comparing{plan, slot, last, announce, control}.run(candles, others);
}

}  // namespace hts::backtest
