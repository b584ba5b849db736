#pragma once

#include <cstdint>
#include <iosfwd>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/result/result.hpp"

/// Every setting of the daemon, declared once: key, type, default, help. The same table makes `hts
/// serve --help`, the default file, the environment names and the validation.
///
/// Later sources win: defaults, then the file (`key = value` under `[section]`), then environment
/// variables
/// (`http.port` is `HTS_HTTP_PORT`), then `--section.key value` on the command line.
namespace hts::config {

enum class SettingType { text, integer, boolean };

struct Setting {
  std::string_view key;  ///< "http.port"
  SettingType type = SettingType::text;
  std::string_view default_value;
  std::string_view help;     ///< one sentence, with the unit
  std::int64_t minimum = 0;  ///< integers only
  std::int64_t maximum = 0;
  std::string_view choices =
      {};  ///< texts only: "debug|info|warning|error", or anything when empty
};

[[nodiscard]] const std::vector<Setting>& all_settings();

/// A full, valid set of values.
class Settings {
 public:
  Settings();  ///< the defaults

  /// Errors: invalid, field = key; an unknown key names the nearest known ones.
  [[nodiscard]] result::Status set(std::string_view key, std::string_view value,
                                   std::string_view source);
  /// Errors as `set`, with file and line; malformed for a line that is neither a section nor `key =
  /// value`.
  [[nodiscard]] result::Status read_file(const std::string& path);
  /// `environment` as given to main. Unknown HTS_ variables are ignored: other programs may use the
  /// prefix.
  [[nodiscard]] result::Status read_environment(char** environment);

  /// Requires a declared key of that type.
  [[nodiscard]] const std::string& text(std::string_view key) const;
  [[nodiscard]] std::int64_t integer(std::string_view key) const;
  [[nodiscard]] bool boolean(std::string_view key) const;

  /// The file that says the same, with the help as comments. Passwords in addresses are left out:
  /// what is printed may be seen by others.
  void print(std::ostream& out) const;

 private:
  std::map<std::string, std::string, std::less<>> values_;
};

/// `http.port` -> `HTS_HTTP_PORT`.
[[nodiscard]] std::string environment_name(std::string_view key);

}  // namespace hts::config
