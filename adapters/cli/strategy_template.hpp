#pragma once

#include <string>

namespace hts::cli {

/// The files of a new strategy. `name` is a-z, 0-9 and _; `headers` the folder to include from.
struct StrategyFiles {
  std::string source;  ///< NAME.cpp: a whole strategy that works
  std::string build;   ///< CMakeLists.txt
  std::string readme;  ///< README.md: the commands, as they are typed
};

[[nodiscard]] StrategyFiles strategy_files(const std::string& name, const std::string& headers);

}  // namespace hts::cli
