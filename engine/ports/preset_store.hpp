#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/result/result.hpp"
#include "engine/time/timestamp.hpp"

/// Parameters of strategies that users keep under a name. May block; thread-safe.
namespace hts::ports {

/// Times are kept to the millisecond.
struct Preset {
  std::string name;  ///< 1 to 100 bytes
  std::string strategy;
  std::string parameters = "{}";  ///< a JSON object, kept as it is
  std::string description;
  time::Timestamp created_at{};
  time::Timestamp updated_at{};

  friend bool operator==(const Preset&, const Preset&) = default;
};

struct PresetPage {
  std::vector<Preset> presets;  ///< by the bytes of their names
  std::uint64_t total = 0;      ///< of all pages
};

class PresetStore {
 public:
  virtual ~PresetStore() = default;

  /// Durable when it returns. Errors: conflict, field `name`, when the name is taken; those of
  /// `check_preset`.
  [[nodiscard]] virtual result::Status create(const Preset& preset) = 0;
  /// Durable when it returns; takes the place of a preset with this name. Errors: those of
  /// `check_preset`.
  [[nodiscard]] virtual result::Status put(const Preset& preset) = 0;
  /// Error: not_found, field `name`.
  [[nodiscard]] virtual result::Result<Preset> find(const std::string& name) = 0;
  [[nodiscard]] virtual result::Result<PresetPage> list(std::uint64_t offset,
                                                        std::uint64_t limit) = 0;
  /// Error: not_found, field `name`.
  [[nodiscard]] virtual result::Status remove(const std::string& name) = 0;
};

/// What every store refuses. Errors: invalid, field `name` or `parameters`.
[[nodiscard]] result::Status check_preset(const Preset& preset);
/// What every store says when a preset is not there, or is there already.
[[nodiscard]] result::Error no_such_preset(const std::string& name);
[[nodiscard]] result::Error preset_exists(const std::string& name);

}  // namespace hts::ports
