#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/result/result.hpp"
#include "engine/strategies/parameters.hpp"

namespace hts::plugin {

/// What a plugin says about its strategy. Nothing in it is believed before `check_facts`.
struct PluginFacts {
  std::string name;
  std::string title;
  std::string help;
  int state_version = 0;
  bool uses_orders = false;
  bool has_check = false;
  bool has_warm_up = false;
  std::vector<strategies::ParameterSchema> schema;
};

inline constexpr std::size_t max_parameters = 256;
inline constexpr std::size_t max_text = 4096;  ///< of a title, a help or a unit, in bytes

/// `a-z`, then `a-z 0-9 _`, at most 64.
[[nodiscard]] bool is_name(std::string_view text) noexcept;

/// Names, texts and ranges that make sense, defaults inside their ranges. Error: invalid, naming
/// the file, what is wrong and what to do.
[[nodiscard]] result::Status check_facts(const PluginFacts& facts,
                                         const std::filesystem::path& file);

}  // namespace hts::plugin
