#include "adapters/journal/journaled_preset_store.hpp"

#include "adapters/journal/noted_call.hpp"

namespace hts::journal {

void write(MsgpackWriter& writer, const ports::Preset& preset) {
  writer.array(6);
  writer.text(preset.name);
  writer.text(preset.strategy);
  writer.text(preset.parameters);
  writer.text(preset.description);
  write_time(writer, preset.created_at);
  write_time(writer, preset.updated_at);
}

template <>
ports::Preset read<ports::Preset>(MsgpackReader& reader) {
  ports::Preset preset;
  reader.expect_array(6);
  preset.name = reader.text();
  preset.strategy = reader.text();
  preset.parameters = reader.text();
  preset.description = reader.text();
  preset.created_at = read_time(reader);
  preset.updated_at = read_time(reader);
  return preset;
}

void write(MsgpackWriter& writer, const ports::PresetPage& page) {
  writer.array(2);
  writer.unsigned_integer(page.total);
  write(writer, page.presets);
}

template <>
ports::PresetPage read<ports::PresetPage>(MsgpackReader& reader) {
  ports::PresetPage page;
  reader.expect_array(2);
  page.total = reader.unsigned_integer();
  page.presets = detail::Reading<std::vector<ports::Preset>>::from(reader);
  return page;
}

result::Status JournaledPresetStore::create(const ports::Preset& preset) {
  return through<result::Nothing>(
      "preset_store.create", [&](Arguments& arguments) { arguments.add(preset); },
      [&] { return below_->create(preset); });
}

result::Status JournaledPresetStore::put(const ports::Preset& preset) {
  return through<result::Nothing>(
      "preset_store.put", [&](Arguments& arguments) { arguments.add(preset); },
      [&] { return below_->put(preset); });
}

result::Result<ports::Preset> JournaledPresetStore::find(const std::string& name) {
  return through<ports::Preset>(
      "preset_store.find", [&](Arguments& arguments) { arguments.add(name); },
      [&] { return below_->find(name); });
}

result::Result<ports::PresetPage> JournaledPresetStore::list(std::uint64_t offset,
                                                             std::uint64_t limit) {
  return through<ports::PresetPage>(
      "preset_store.list", [&](Arguments& arguments) { arguments.number(offset).number(limit); },
      [&] { return below_->list(offset, limit); });
}

result::Status JournaledPresetStore::remove(const std::string& name) {
  return through<result::Nothing>(
      "preset_store.remove", [&](Arguments& arguments) { arguments.add(name); },
      [&] { return below_->remove(name); });
}

}  // namespace hts::journal
