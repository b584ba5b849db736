#include "config/storage_options.hpp"

#include <string>
#include <utility>

#include <unistd.h>

namespace hts::config {

namespace options = boost::program_options;

void add_storage_options(options::options_description& described) {
  described.add_options()("state-root", options::value<std::string>(),
                          "folder of the daemon's state; default: state.root, ./state")(
      "password-file", options::value<std::string>(),
      "file with PostgreSQL's password; default: the address, PGPASSWORD or ~/.pgpass")(
      "config", options::value<std::string>(), "the daemon's settings file");
}

result::Result<Settings> command_settings(const options::variables_map& values) {
  Settings settings;
  if (values.count("config") > 0) {
    if (auto read = settings.read_file(values["config"].as<std::string>()); !read) {
      return std::move(read).error();
    }
  }
  if (auto read = settings.read_environment(environ); !read) return std::move(read).error();
  for (const auto& [option, key] :
       {std::pair{"url", "results.url"}, std::pair{"state-root", "state.root"},
        std::pair{"password-file", "results.password_file"}}) {
    if (values.count(option) == 0) continue;
    auto set = settings.set(key, values[option].as<std::string>(), std::string{"--"} + option);
    if (!set) return std::move(set).error();
  }
  return settings;
}

bool is_wrong_usage(const result::Error& error) {
  return error.code == result::ErrorCode::invalid || error.code == result::ErrorCode::malformed;
}

}  // namespace hts::config
