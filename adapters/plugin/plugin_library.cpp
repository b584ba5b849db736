#include "adapters/plugin/plugin_library.hpp"

#include <string_view>

#include <dlfcn.h>
#include <fcntl.h>

namespace hts::plugin {
namespace {

result::Error refused(const std::string& file, const std::string& what) {
  return result::make_error(result::ErrorCode::invalid, "The plugin " + file + " " + what, file);
}

std::string text_of(const char* text) {
  return text == nullptr ? "" : text;
}

strategies::ParameterValue value_of(const hts_value& value) {
  switch (value.type) {
    case HTS_FLAG:
      return value.flag != 0;
    case HTS_INTEGER:
      return value.integer;
    case HTS_NUMBER:
      return value.number;
    default:
      return text_of(value.text);
  }
}

bool sizes_agree(const hts_strategy_plugin_table& table) {
  return table.table_size == sizeof(hts_strategy_plugin_table) &&
         table.candle_size == sizeof(hts_candle) && table.value_size == sizeof(hts_value) &&
         table.parameter_size == sizeof(hts_parameter) && table.signal_size == sizeof(hts_signal) &&
         table.order_size == sizeof(hts_order) && table.desk_size == sizeof(hts_desk);
}

PluginFacts facts_of(const hts_strategy_plugin_table& table) {
  PluginFacts facts;
  facts.name = text_of(table.name);
  facts.title = text_of(table.title);
  facts.help = text_of(table.help);
  facts.state_version = table.state_version;
  facts.uses_orders = table.uses_orders != 0;
  facts.has_check = table.check != nullptr;
  facts.has_warm_up = table.warm_up != nullptr;
  for (std::uint64_t i = 0; i < table.parameter_count; ++i) {
    const hts_parameter& parameter = table.parameters[i];
    facts.schema.push_back({text_of(parameter.name), value_of(parameter.default_value),
                            parameter.minimum, parameter.maximum, parameter.minimum_excluded != 0,
                            text_of(parameter.unit), text_of(parameter.help)});
  }
  return facts;
}

}  // namespace

result::Result<PluginLibrary> load_library(int descriptor, const std::string& file) {
  // The loader knows a library by this name, so the number must never be another file's: it stays
  // open for good, as the library does.
  const int kept = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 3);
  const std::string path = "/proc/self/fd/" + std::to_string(kept);
  void* library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (library == nullptr) {
    std::string reason = text_of(::dlerror());
    if (reason.starts_with(path + ": ")) reason.erase(0, path.size() + 2);
    return refused(file, "cannot be loaded (" + reason + "): build it again on this machine.");
  }
  void* symbol = ::dlsym(library, HTS_PLUGIN_ENTRY_NAME);
  if (symbol == nullptr) {
    return refused(file, "has no function " HTS_PLUGIN_ENTRY_NAME
                         ": end its source with HTS_STRATEGY_PLUGIN(YourStrategy).");
  }
  const hts_strategy_plugin_table* table = reinterpret_cast<hts_plugin_entry>(symbol)();
  if (table == nullptr) {
    return refused(file, "gave no table of functions: its schema() has failed, correct that.");
  }
  if (table->abi_version != HTS_PLUGIN_ABI_VERSION) {
    return refused(file, "is of plugin version " + std::to_string(table->abi_version) +
                             " and this program takes version " +
                             std::to_string(HTS_PLUGIN_ABI_VERSION) +
                             ": build it again with the headers of this program.");
  }
  if (!sizes_agree(*table) || (table->parameters == nullptr && table->parameter_count > 0) ||
      table->parameter_count > max_parameters || table->create == nullptr ||
      table->on_candle == nullptr || table->snapshot == nullptr || table->restore == nullptr ||
      table->destroy == nullptr) {
    return refused(file, "says that it is of plugin version " +
                             std::to_string(HTS_PLUGIN_ABI_VERSION) +
                             " but its table is not: build it again with plugin_abi.h of this "
                             "program.");
  }
  PluginLibrary loaded{table, facts_of(*table)};
  for (std::uint64_t i = 0; i < table->parameter_count; ++i) {
    const auto type = table->parameters[i].default_value.type;
    if (type < HTS_FLAG || type > HTS_TEXT) {
      return refused(file, "has the parameter " + loaded.facts.schema[i].name +
                               " of a type that does not exist: correct it and build it again.");
    }
  }
  return loaded;
}

}  // namespace hts::plugin
