#include "adapters/plugin/plugins.hpp"

#include <algorithm>
#include <memory>
#include <system_error>
#include <utility>

#include "adapters/plugin/host_pool.hpp"
#include "adapters/plugin/hosted_strategy.hpp"
#include "adapters/plugin/plugin_instance.hpp"
#include "adapters/plugin/plugin_library.hpp"

namespace hts::plugin {
namespace {

using strategies::Parameters;
using strategies::StrategyDefinition;

StrategyDefinition described(const PluginFacts& facts, const LibraryImage& image) {
  StrategyDefinition definition;
  definition.name = facts.name;
  definition.title = facts.title;
  definition.help = facts.help;
  definition.schema = facts.schema;
  definition.uses_orders = facts.uses_orders;
  definition.origin = image.file.string();
  definition.fingerprint = image.fingerprint;
  return definition;
}

result::Result<StrategyDefinition> load_inside(const LibraryImage& image) {
  auto library = load_library(image.memory.number(), image.file.string());
  if (!library) return std::move(library).error();
  if (auto checked = check_facts(library->facts, image.file); !checked) {
    return std::move(checked).error();
  }
  auto definition = described(library->facts, image);
  const auto* table = library->table;
  definition.make = [table](const Parameters& parameters) {
    return make_inside(*table, parameters);
  };
  if (table->check != nullptr) {
    definition.check = [table](const Parameters& parameters) {
      return check_parameters(*table, parameters);
    };
  }
  if (table->warm_up != nullptr) {
    definition.warm_up = [table](const Parameters& parameters) {
      return warm_up_of(*table, parameters);
    };
  }
  return definition;
}

result::Result<StrategyDefinition> load_hosted(LibraryImage image, const PluginOptions& options) {
  const auto pool = std::make_shared<HostPool>(std::move(image), options);
  auto process = pool->take();
  if (!process) return std::move(process).error();
  const PluginFacts& facts = (*process)->facts();
  auto definition = described(facts, pool->image());
  definition.make = [pool](const Parameters& parameters) { return make_hosted(pool, parameters); };
  if (facts.has_check) {
    definition.check = [pool](const Parameters& parameters) {
      return check_hosted(*pool, parameters);
    };
  }
  if (facts.has_warm_up) {
    definition.warm_up = [pool](const Parameters& parameters) {
      return warm_up_hosted(*pool, parameters);
    };
  }
  pool->give_back(std::move(process).value());
  return definition;
}

}  // namespace

result::Result<StrategyDefinition> load_plugin(const std::filesystem::path& file,
                                               const PluginOptions& options) {
  auto image = read_library(file);
  if (!image) return std::move(image).error();
  return options.isolation == Isolation::none ? load_inside(*image)
                                              : load_hosted(std::move(image).value(), options);
}

result::Result<std::vector<std::filesystem::path>> plugins_in(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::directory_iterator entries{folder, error};
  if (error) {
    return result::make_error(result::ErrorCode::not_found,
                              "The plugin folder " + folder.string() + " cannot be read (" +
                                  error.message() + "): check plugin.dir.",
                              "plugin.dir");
  }
  std::vector<std::filesystem::path> files;
  for (const auto& entry : entries) {
    if (entry.path().extension() == ".so") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

result::Status register_plugins(const std::vector<std::filesystem::path>& files,
                                const PluginOptions& options) {
  for (const auto& file : files) {
    auto definition = load_plugin(file, options);
    if (!definition) return std::move(definition).error();
    auto registered = strategies::register_strategy(std::move(definition).value());
    if (!registered) return registered;
  }
  return result::success();
}

}  // namespace hts::plugin
