#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <new>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "engine/strategies/context.hpp"
#include "engine/strategies/plugin_abi.h"
#include "engine/strategies/strategy.hpp"

/// The one header of a strategy in a shared library: `HTS_STRATEGY_PLUGIN(MyStrategy)` below a
/// class that satisfies the Strategy concept makes the library a plugin. Needs nothing but the
/// project's headers: no library is linked. See docs/strategies.md.
namespace hts::strategies::plugin {

inline void write_reason(hts_reason* reason, std::string_view text) noexcept {
  const std::size_t size = std::min(text.size(), sizeof reason->text - 1);
  std::memcpy(reason->text, text.data(), size);
  reason->text[size] = '\0';
}

/// Runs `work`; 0, or 1 with the reason of what it threw or of the status it returned.
template <class Work>
std::int32_t guarded(hts_reason* reason, Work&& work) noexcept {
  try {
    const result::Status status = work();
    if (status) return 0;
    write_reason(reason, status.error().message);
  } catch (const std::bad_alloc&) {
    write_reason(reason, "it ran out of memory");
  } catch (const std::exception& error) {
    try {
      write_reason(reason, std::string{"it threw \""} + error.what() + "\"");
    } catch (...) {
      write_reason(reason, "it threw an exception");
    }
  } catch (...) {
    write_reason(reason, "it threw something that is no std::exception");
  }
  return 1;
}

inline Parameters parameters_of(const hts_named_value* values, std::uint64_t count) {
  std::vector<NamedValue> named;
  named.reserve(count);
  for (std::uint64_t i = 0; i < count; ++i) {
    const hts_value& value = values[i].value;
    ParameterValue content;
    if (value.type == HTS_FLAG) content = value.flag != 0;
    if (value.type == HTS_INTEGER) content = value.integer;
    if (value.type == HTS_NUMBER) content = value.number;
    if (value.type == HTS_TEXT) content = std::string{value.text};
    named.emplace_back(values[i].name, std::move(content));
  }
  return Parameters::adopt(std::move(named));
}

inline hts_protection to_c(const trading::Protection& protection) noexcept {
  return {protection.stop_loss, protection.take_profit, protection.trailing_stop};
}

/// The program's desk behind the C table.
class Desk final : public trading::OrderDesk {
 public:
  explicit Desk(const hts_desk& desk) noexcept : desk_(&desk) {}
  trading::OrderId submit(const trading::OrderRequest& request) override {
    hts_order order{};
    order.side = request.side == Side::buy ? HTS_BUY : HTS_SELL;
    order.type = static_cast<std::int32_t>(request.type);
    order.time_in_force = static_cast<std::int32_t>(request.time_in_force);
    order.reduce_only = request.reduce_only ? 1 : 0;
    order.has_quantity = request.quantity ? 1 : 0;
    order.one_cancels_other = request.one_cancels_other;
    order.quantity = request.quantity.value_or(0);
    order.limit_price = request.limit_price;
    order.stop_price = request.stop_price;
    order.trail_fraction = request.trail_fraction;
    order.protection = to_c(request.protection);
    return desk_->submit(desk_->owner, &order);
  }
  void cancel(trading::OrderId id) override { desk_->cancel(desk_->owner, id); }
  void cancel_all() override { desk_->cancel_all(desk_->owner); }
  [[nodiscard]] trading::PositionView position() const override {
    hts_position position{};
    desk_->position(desk_->owner, &position);
    return {position.quantity, position.entry_price, position.unrealized};
  }
  [[nodiscard]] double equity() const override { return desk_->equity(desk_->owner); }

 private:
  const hts_desk* desk_;
};

/// The table of one class; made once, lives as long as the library.
template <Strategy S>
class Table {
 public:
  [[nodiscard]] static const hts_strategy_plugin_table* get() noexcept {
    try {
      static const Table table;
      return &table.c_;
    } catch (...) {
      return nullptr;
    }
  }

 private:
  Table() : name_(S::name), title_(S::title), help_(S::help), schema_(S::schema()) {
    for (const ParameterSchema& parameter : schema_) {
      hts_parameter c{};
      c.name = parameter.name.c_str();
      c.unit = parameter.unit.c_str();
      c.help = parameter.help.c_str();
      c.default_value = to_c(parameter.default_value);
      c.minimum = parameter.minimum;
      c.maximum = parameter.maximum;
      c.minimum_excluded = parameter.minimum_excluded ? 1 : 0;
      parameters_.push_back(c);
    }
    c_.abi_version = HTS_PLUGIN_ABI_VERSION;
    c_.table_size = sizeof(hts_strategy_plugin_table);
    c_.candle_size = sizeof(hts_candle);
    c_.value_size = sizeof(hts_value);
    c_.parameter_size = sizeof(hts_parameter);
    c_.signal_size = sizeof(hts_signal);
    c_.order_size = sizeof(hts_order);
    c_.desk_size = sizeof(hts_desk);
    c_.name = name_.c_str();
    c_.title = title_.c_str();
    c_.help = help_.c_str();
    c_.state_version = S::state_version;
    if constexpr (requires { S::uses_orders; }) c_.uses_orders = S::uses_orders ? 1 : 0;
    c_.parameters = parameters_.data();
    c_.parameter_count = parameters_.size();
    if constexpr (requires(const Parameters& parameters) { S::check(parameters); }) {
      c_.check = &check;
    }
    if constexpr (requires(const Parameters& parameters) { S::warm_up(parameters); }) {
      c_.warm_up = &warm_up;
    }
    c_.create = &create;
    c_.on_candle = &on_candle;
    c_.snapshot = &snapshot;
    c_.restore = &restore;
    c_.destroy = [](void* instance) { delete static_cast<S*>(instance); };
  }

  static hts_value to_c(const ParameterValue& value) {
    hts_value c{};
    c.type = static_cast<std::int32_t>(value.index());
    if (const auto* flag = std::get_if<bool>(&value)) c.flag = *flag ? 1 : 0;
    if (const auto* integer = std::get_if<std::int64_t>(&value)) c.integer = *integer;
    if (const auto* number = std::get_if<double>(&value)) c.number = *number;
    if (const auto* text = std::get_if<std::string>(&value)) c.text = text->c_str();
    return c;
  }

  static std::int32_t check(const hts_named_value* values, std::uint64_t count,
                            hts_reason* reason) {
    return guarded(reason, [&] { return S::check(parameters_of(values, count)); });
  }
  static std::uint64_t warm_up(const hts_named_value* values, std::uint64_t count) {
    std::uint64_t candles = 0;
    hts_reason ignored;
    (void)guarded(&ignored, [&] {
      candles = S::warm_up(parameters_of(values, count));
      return result::success();
    });
    return candles;
  }
  static void* create(const hts_named_value* values, std::uint64_t count, hts_reason* reason) {
    S* made = nullptr;
    (void)guarded(reason, [&] {
      made = new S(parameters_of(values, count));
      return result::success();
    });
    return made;
  }
  static std::int32_t on_candle(void* instance, const hts_candle* c, const hts_desk* c_desk,
                                hts_signal* signal, hts_reason* reason) {
    return guarded(reason, [&] {
      const market::Candle candle{time::Timestamp{time::Duration{c->open_time}},
                                  c->open,
                                  c->high,
                                  c->low,
                                  c->close,
                                  c->volume};
      S& strategy = *static_cast<S*>(instance);
      if (c_desk == nullptr) {
        Context context;
        strategy.on_candle(candle, context);
        write_signal(context, signal);
      } else {
        Desk desk(*c_desk);
        Context context(desk);
        strategy.on_candle(candle, context);
        write_signal(context, signal);
      }
      return result::success();
    });
  }
  static void write_signal(Context& context, hts_signal* c) {
    const auto signal = context.take();
    c->given = signal ? 1 : 0;
    if (!signal) return;
    c->side = signal->side == Side::buy ? HTS_BUY : HTS_SELL;
    c->exit_only = signal->exit_only ? 1 : 0;
    c->confidence = signal->confidence;
    c->protection = plugin::to_c(signal->protection);
  }
  static std::int32_t snapshot(const void* instance, double* numbers, std::uint64_t capacity,
                               std::uint64_t* count, hts_reason* reason) {
    return guarded(reason, [&] {
      const std::vector<double> state = static_cast<const S*>(instance)->snapshot();
      *count = state.size();
      if (state.size() <= capacity) std::copy(state.begin(), state.end(), numbers);
      return result::success();
    });
  }
  static std::int32_t restore(void* instance, const double* numbers, std::uint64_t count,
                              hts_reason* reason) {
    return guarded(reason,
                   [&] { return static_cast<S*>(instance)->restore(std::span{numbers, count}); });
  }

  std::string name_;
  std::string title_;
  std::string help_;
  std::vector<ParameterSchema> schema_;
  std::vector<hts_parameter> parameters_;
  hts_strategy_plugin_table c_{};
};

}  // namespace hts::strategies::plugin

/// Makes the shared library a plugin with this strategy. Once in a library, outside of namespaces.
#define HTS_STRATEGY_PLUGIN(StrategyClass)                                           \
  extern "C" __attribute__((visibility("default"))) const hts_strategy_plugin_table* \
  HTS_PLUGIN_ENTRY(void) {                                                           \
    return ::hts::strategies::plugin::Table<StrategyClass>::get();                   \
  }
