// A configuration file: settings that hold their own limits, or the line that is wrong.
#include "config/settings.hpp"
#include "fuzz_input.hpp"

using hts::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const hts::fuzz::MemoryFile file(hts::fuzz::text_of(data, size));
  hts::config::Settings settings;
  const auto status = settings.read_file(file.path());
  if (!status) require(!status.error().message.empty() && !status.error().field.empty());
  for (const auto& setting : hts::config::all_settings()) {
    if (setting.type != hts::config::SettingType::integer) continue;
    const auto value = settings.integer(setting.key);
    require(value >= setting.minimum && value <= setting.maximum);
  }
  return 0;
}
