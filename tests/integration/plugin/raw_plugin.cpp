// Plugins by hand, each with one defect: RAW_DEFECT.

#include <cstring>
#include <limits>
#include <string_view>

#include <signal.h>
#include <unistd.h>

#include "engine/strategies/plugin_abi.h"

#define TEXT_OF(word) #word
#define TEXT_OF_VALUE(word) TEXT_OF(word)

namespace {

constexpr std::string_view defect = TEXT_OF_VALUE(RAW_DEFECT);

hts_parameter parameter_named(const char* name) {
  hts_parameter parameter{};
  parameter.name = name;
  parameter.unit = "";
  parameter.help = "For tests.";
  parameter.default_value.type = HTS_NUMBER;
  parameter.default_value.number = 0.5;
  parameter.maximum = 1;
  return parameter;
}

void* create(const hts_named_value*, uint64_t, hts_reason*) {
  static int instance;
  return &instance;
}

int32_t on_candle(void*, const hts_candle*, const hts_desk* desk, hts_signal* signal, hts_reason*) {
  if (defect == "garbage_side") {
    signal->given = 1;
    signal->side = 9;
  }
  if (defect == "garbage_order" && desk != nullptr) {
    hts_order order{};
    order.type = 77;
    (void)desk->submit(desk->owner, &order);
  }
  return 0;
}

int32_t snapshot(const void*, double*, uint64_t, uint64_t* count, hts_reason*) {
  *count = 0;
  return 0;
}

int32_t restore(void*, const double*, uint64_t, hts_reason*) {
  return 0;
}

void destroy(void*) {}

const hts_strategy_plugin_table* table() {
  static hts_parameter parameters[2] = {parameter_named("first"), parameter_named("second")};
  static hts_strategy_plugin_table made{};
  made.abi_version = HTS_PLUGIN_ABI_VERSION + (defect == "other_version" ? 41 : 0);
  made.table_size = sizeof(hts_strategy_plugin_table) + (defect == "other_size" ? 8 : 0);
  made.candle_size = sizeof(hts_candle);
  made.value_size = sizeof(hts_value);
  made.parameter_size = sizeof(hts_parameter);
  made.signal_size = sizeof(hts_signal);
  made.order_size = sizeof(hts_order);
  made.desk_size = sizeof(hts_desk);
  made.name = TEXT_OF_VALUE(RAW_DEFECT);
  if (defect == "bad_name") made.name = "My Strategy";
  if (defect == "clash") made.name = "volume_long_candle";
  made.title = "Raw";
  made.help = defect == "no_help" ? nullptr : "For tests.";
  made.state_version = 1;
  made.uses_orders = defect == "garbage_order" ? 1 : 0;
  if (defect == "bad_range") parameters[0].minimum = 2;
  if (defect == "bad_default") {
    parameters[0].default_value.number = std::numeric_limits<double>::quiet_NaN();
  }
  if (defect == "bad_type") parameters[1].default_value.type = 12;
  if (defect == "twice") parameters[1].name = "first";
  made.parameters = parameters;
  made.parameter_count = 2;
  made.create = &create;
  made.on_candle = &on_candle;
  made.snapshot = &snapshot;
  made.restore = &restore;
  made.destroy = &destroy;
  return defect == "no_table" ? nullptr : &made;
}

[[maybe_unused]] const bool loaded = [] {
  if (defect == "crash_at_load") (void)raise(SIGSEGV);
  if (defect == "exit_at_load") _exit(0);
  return true;
}();

}  // namespace

#define HAS_NO_ENTRY_no_entry 1
#define JOINED(a, b) a##b
#define HAS_NO_ENTRY(word) JOINED(HAS_NO_ENTRY_, word)
#if HAS_NO_ENTRY(RAW_DEFECT)
extern "C" __attribute__((visibility("default"))) const hts_strategy_plugin_table* other_entry() {
  return table();
}
#else
extern "C" __attribute__((visibility("default"))) const hts_strategy_plugin_table*
HTS_PLUGIN_ENTRY() {
  return table();
}
#endif
