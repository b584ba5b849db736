#include "adapters/plugin/plugin_instance.hpp"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "adapters/plugin/c_values.hpp"
#include "engine/strategies/strategy_failure.hpp"

namespace hts::plugin {
namespace {

using strategies::StrategyFailure;

std::string text_of(hts_reason& reason) {
  reason.text[sizeof reason.text - 1] = '\0';
  return reason.text[0] == '\0' ? "it gave no reason" : reason.text;
}

/// The engine's desk behind the border's table, for one call of on_candle.
class DeskTable {
 public:
  explicit DeskTable(trading::OrderDesk& desk) : desk_(&desk) {
    table_.owner = this;
    table_.submit = [](void* owner, const hts_order* order) noexcept {
      return self(owner).submit(*order);
    };
    table_.cancel = [](void* owner, std::uint64_t id) noexcept { self(owner).desk_->cancel(id); };
    table_.cancel_all = [](void* owner) noexcept { self(owner).desk_->cancel_all(); };
    table_.position = [](void* owner, hts_position* position) noexcept {
      const auto held = self(owner).desk_->position();
      *position = {held.quantity, held.entry_price, held.unrealized};
    };
    table_.equity = [](void* owner) noexcept { return self(owner).desk_->equity(); };
  }

  [[nodiscard]] const hts_desk& table() const noexcept { return table_; }
  /// Of an order that made no sense; it cannot be thrown through the plugin.
  [[nodiscard]] const std::optional<StrategyFailure>& failure() const noexcept { return failure_; }

 private:
  static DeskTable& self(void* owner) noexcept { return *static_cast<DeskTable*>(owner); }
  std::uint64_t submit(const hts_order& order) noexcept {
    try {
      return desk_->submit(order_of(order));
    } catch (...) {
      failure_.emplace(strategies::reason_of_exception());
      return 0;
    }
  }

  trading::OrderDesk* desk_;
  hts_desk table_{};
  std::optional<StrategyFailure> failure_;
};

class InsideStrategy final : public strategies::AnyStrategy::Held {
 public:
  InsideStrategy(const hts_strategy_plugin_table& table, const strategies::Parameters& parameters)
      : name_(table.name), state_version_(table.state_version), instance_(table, parameters) {}

  [[nodiscard]] std::string_view name() const noexcept override { return name_; }
  [[nodiscard]] int state_version() const noexcept override { return state_version_; }
  void on_candle(const market::Candle& candle, strategies::Context& context) override {
    hts_signal signal{};
    if (context.desk() == nullptr) {
      instance_.on_candle(to_c(candle), nullptr, signal);
    } else {
      const DeskTable desk(*context.desk());
      instance_.on_candle(to_c(candle), &desk.table(), signal);
      if (desk.failure()) throw StrategyFailure{*desk.failure()};
    }
    if (const auto given = signal_of(signal)) give(context, *given);
  }
  void scan(market::CandleView candles, std::size_t first_index,
            std::vector<strategies::IndexedSignal>& signals) override {
    std::size_t i = 0;
    try {
      for (; i < candles.size(); ++i) {
        hts_signal signal{};
        instance_.on_candle(to_c(candles[i]), nullptr, signal);
        if (const auto given = signal_of(signal)) signals.push_back({first_index + i, *given});
      }
    } catch (...) {
      strategies::throw_as_failure(first_index + i);
    }
  }
  [[nodiscard]] std::vector<double> snapshot() const override { return instance_.snapshot(); }
  result::Status restore(std::span<const double> numbers) override {
    return instance_.restore(numbers);
  }

 private:
  std::string name_;
  int state_version_;
  PluginInstance instance_;
};

}  // namespace

PluginInstance::PluginInstance(const hts_strategy_plugin_table& table,
                               const strategies::Parameters& parameters)
    : table_(&table) {
  const auto values = to_c(parameters);
  hts_reason reason{};
  instance_ = table_->create(values.data(), values.size(), &reason);
  if (instance_ == nullptr) fail(reason);
}

PluginInstance::~PluginInstance() {
  if (instance_ != nullptr) table_->destroy(instance_);
}

void PluginInstance::fail(hts_reason& reason) {
  throw StrategyFailure(text_of(reason));
}

std::vector<double> PluginInstance::snapshot() const {
  std::vector<double> numbers;
  hts_reason reason{};
  std::uint64_t count = 0;
  // Once to learn how many there are, once to get them.
  for (int round = 0; round < 2; ++round) {
    if (table_->snapshot(instance_, numbers.data(), numbers.size(), &count, &reason) != 0) {
      fail(reason);
    }
    if (count > (std::uint64_t{1} << 24U)) throw StrategyFailure("its snapshot is too large");
    if (count == numbers.size()) return numbers;
    numbers.resize(count);
  }
  throw StrategyFailure("its snapshot changes while it is taken");
}

result::Status PluginInstance::restore(std::span<const double> numbers) {
  hts_reason reason{};
  if (table_->restore(instance_, numbers.data(), numbers.size(), &reason) == 0) {
    return result::success();
  }
  return result::make_error(result::ErrorCode::conflict, text_of(reason), "snapshot");
}

result::Status check_parameters(const hts_strategy_plugin_table& table,
                                const strategies::Parameters& parameters) {
  if (table.check == nullptr) return result::success();
  const auto values = to_c(parameters);
  hts_reason reason{};
  if (table.check(values.data(), values.size(), &reason) == 0) return result::success();
  return result::make_error(result::ErrorCode::invalid, text_of(reason), "params");
}

std::size_t warm_up_of(const hts_strategy_plugin_table& table,
                       const strategies::Parameters& parameters) {
  if (table.warm_up == nullptr) return 0;
  const auto values = to_c(parameters);
  return table.warm_up(values.data(), values.size());
}

strategies::AnyStrategy make_inside(const hts_strategy_plugin_table& table,
                                    const strategies::Parameters& parameters) {
  return {std::make_unique<InsideStrategy>(table, parameters), parameters};
}

}  // namespace hts::plugin
