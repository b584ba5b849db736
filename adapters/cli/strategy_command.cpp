#include "adapters/cli/strategy_command.hpp"

#include <filesystem>
#include <fstream>
#include <optional>
#include <ostream>
#include <system_error>
#include <utility>

#include "adapters/cli/strategy_template.hpp"
#include "adapters/plugin/plugin_facts.hpp"
#include "engine/strategies/strategy_definition.hpp"

namespace hts::cli {
namespace {

namespace fs = std::filesystem;
using result::ErrorCode;
using result::make_error;

/// The folder with the headers that belong to this program: of its installation or its checkout.
std::optional<fs::path> find_headers() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (error) return std::nullopt;
  fs::path folder = program.parent_path();
  for (int up = 0; up < 4; ++up, folder = folder.parent_path()) {
    for (const fs::path& place : {folder / "include" / "hts", folder}) {
      if (fs::exists(place / "engine/strategies/plugin.hpp", error)) return place;
    }
  }
  return std::nullopt;
}

result::Status check_name(const std::string& name) {
  if (!plugin::is_name(name)) {
    return make_error(ErrorCode::invalid,
                      "'" + name.substr(0, 64) +
                          "' cannot be a strategy's name: use a-z, 0-9 and _, beginning with a "
                          "letter, at most 64, for example dip_buyer.",
                      "name");
  }
  if (strategies::find_strategy(name)) {
    return make_error(ErrorCode::conflict,
                      "There is a strategy " + name + " already: choose another name.", "name");
  }
  return result::success();
}

result::Status write_files(const fs::path& folder, const std::string& name,
                           const StrategyFiles& files) {
  std::error_code error;
  if (fs::exists(folder, error)) {
    return make_error(ErrorCode::conflict,
                      folder.string() + " is there already: choose another name or --dir.", "name");
  }
  fs::create_directories(folder, error);
  bool written = !error;
  for (const auto& [file, content] : {std::pair{name + ".cpp", files.source},
                                      std::pair{std::string{"CMakeLists.txt"}, files.build},
                                      std::pair{std::string{"README.md"}, files.readme}}) {
    if (!written) break;
    std::ofstream stream(folder / file, std::ios::binary);
    stream << content;
    stream.close();
    written = stream.good();
  }
  if (written) return result::success();
  fs::remove_all(folder, error);
  return make_error(ErrorCode::storage,
                    folder.string() + " cannot be written: check --dir, its permissions and disk.",
                    "dir");
}

}  // namespace

int run_strategy_new(const std::vector<std::string>& arguments, CommandEnvironment& environment) {
  namespace options = boost::program_options;
  const CommandHelp help{"strategy new", "hts strategy new NAME [--dir FOLDER]",
                         "Writes a new strategy that works, to be changed and built as a plugin.",
                         "hts strategy new dip_buyer"};
  options::options_description described("Options");
  described.add_options()("name", options::value<std::string>()->required(),
                          "(argument) a-z, 0-9 and _")(
      "dir", options::value<std::string>()->default_value("."), "folder to make NAME/ in")(
      "headers", options::value<std::string>(),
      "folder with engine/strategies/plugin.hpp; by default the one that this program came with");
  options::positional_options_description positional;
  positional.add("name", 1);
  const auto parsed =
      parse_arguments(help, std::move(described), positional, arguments, environment);
  if (parsed.finished) return *parsed.finished;

  const auto name = parsed.values["name"].as<std::string>();
  if (auto checked = check_name(name); !checked) {
    return report(checked.error(), environment, exit_usage);
  }
  std::optional<fs::path> headers;
  if (parsed.values.count("headers") > 0) {
    headers = fs::absolute(parsed.values["headers"].as<std::string>());
  } else {
    headers = find_headers();
  }
  std::error_code error;
  if (!headers || !fs::exists(*headers / "engine/strategies/plugin.hpp", error)) {
    return report(
        make_error(ErrorCode::not_found,
                   "The headers for plugins (engine/strategies/plugin.hpp) are not beside "
                   "this program: give their folder with --headers.",
                   "headers"),
        environment, exit_usage);
  }
  const fs::path folder = fs::path{parsed.values["dir"].as<std::string>()} / name;
  if (auto written = write_files(folder, name, strategy_files(name, headers->string())); !written) {
    const bool mistyped = written.error().code == ErrorCode::conflict;
    return report(written.error(), environment, mistyped ? exit_usage : exit_failed);
  }
  environment.out << folder.string() << " holds " << name
                  << ".cpp, CMakeLists.txt and README.md. Next:\n"
                  << "  cmake -S " << folder.string() << " -B " << (folder / "build").string()
                  << " && cmake --build " << (folder / "build").string() << "\n"
                  << "  hts backtest --plugin " << (folder / "build" / (name + ".so")).string()
                  << " --strategy " << name << " --candles FILE.csv\n";
  return exit_success;
}

}  // namespace hts::cli
