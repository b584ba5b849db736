#pragma once

#include <string>

#include "adapters/journal/codec.hpp"
#include "engine/ports/preset_store.hpp"

namespace hts::journal {

void write(MsgpackWriter& writer, const ports::Preset& preset);
void write(MsgpackWriter& writer, const ports::PresetPage& page);
template <>
ports::Preset read<ports::Preset>(MsgpackReader& reader);
template <>
ports::PresetPage read<ports::PresetPage>(MsgpackReader& reader);

/// Presets whose calls are part of the journal; see journaled_stores.hpp. Thread-safe as the store
/// below, which outlives it.
class JournaledPresetStore final : public ports::PresetStore {
 public:
  /// Null: only for replays.
  explicit JournaledPresetStore(ports::PresetStore* below) : below_(below) {}

  result::Status create(const ports::Preset& preset) override;
  result::Status put(const ports::Preset& preset) override;
  result::Result<ports::Preset> find(const std::string& name) override;
  result::Result<ports::PresetPage> list(std::uint64_t offset, std::uint64_t limit) override;
  result::Status remove(const std::string& name) override;

 private:
  ports::PresetStore* below_;
};

}  // namespace hts::journal
