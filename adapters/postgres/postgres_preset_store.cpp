#include "adapters/postgres/postgres_preset_store.hpp"

#include "adapters/postgres/exception_guard.hpp"

namespace hts::postgres {
namespace {

using ports::Preset;
using ports::PresetPage;
using result::Result;
using result::Status;
using result::success;

/// Presets that a page takes, behind the number of all.
std::string select_presets(const std::string& total, const std::string& page) {
  return "SELECT total.number, preset.name, preset.strategy, preset.parameters, "
         "preset.description, " +
         milliseconds_of("preset.created_at") + ", " + milliseconds_of("preset.updated_at") +
         " FROM (SELECT " + total +
         " AS number) AS total LEFT JOIN (SELECT * FROM strategy_presets " + page +
         ") AS preset ON true ORDER BY preset.name";
}

Preset read_preset_row(const Rows& rows, std::size_t row) {
  return {rows.text(row, 1), rows.text(row, 2),      rows.text(row, 3),
          rows.text(row, 4), rows.timestamp(row, 5), rows.timestamp(row, 6)};
}

}  // namespace

Result<Rows> PostgresPresetStore::write(const Preset& preset, const std::string& on_conflict) {
  return pool_->query(
      "INSERT INTO strategy_presets (name, strategy, parameters, description, created_at, "
      "updated_at) VALUES ($1, $2, $3::json, $4, " +
          time_of("$5::bigint") + ", " + time_of("$6::bigint") + ") ON CONFLICT (name) " +
          on_conflict,
      {preset.name, preset.strategy, preset.parameters, preset.description,
       std::to_string(time::to_milliseconds(preset.created_at)),
       std::to_string(time::to_milliseconds(preset.updated_at))});
}

Status PostgresPresetStore::create(const Preset& preset) {
  return without_exceptions([&]() -> Status {
    if (auto sound = ports::check_preset(preset); !sound) return sound;
    auto created = write(preset, "DO NOTHING");
    if (!created) return std::move(created).error();
    if (created->affected() > 0) return success();
    if (created->is_repeated) {
      // It may be our own, of the time whose answer was lost.
      const auto present = find(preset.name);
      if (present && *present == preset) return success();
    }
    return ports::preset_exists(preset.name);
  });
}

Status PostgresPresetStore::put(const Preset& preset) {
  return without_exceptions([&]() -> Status {
    if (auto sound = ports::check_preset(preset); !sound) return sound;
    auto written = write(preset,
                         "DO UPDATE SET strategy = excluded.strategy, "
                         "parameters = excluded.parameters, description = excluded.description, "
                         "created_at = excluded.created_at, updated_at = excluded.updated_at");
    if (!written) return std::move(written).error();
    return success();
  });
}

Result<Preset> PostgresPresetStore::find(const std::string& name) {
  return without_exceptions([&]() -> Result<Preset> {
    auto rows = pool_->query(select_presets("0", "WHERE name = $1"), {name});
    if (!rows) return std::move(rows).error();
    if (rows->is_null(0, 1)) return ports::no_such_preset(name);
    return read_preset_row(*rows, 0);
  });
}

Result<PresetPage> PostgresPresetStore::list(std::uint64_t offset, std::uint64_t limit) {
  return without_exceptions([&]() -> Result<PresetPage> {
    auto rows = pool_->query(
        select_presets("(SELECT count(*) FROM strategy_presets)",
                       "ORDER BY name LIMIT $1::bigint OFFSET $2::bigint"),
        {std::to_string(clamp_to_int64(limit)), std::to_string(clamp_to_int64(offset))});
    if (!rows) return std::move(rows).error();
    PresetPage page;
    page.total = static_cast<std::uint64_t>(rows->integer(0, 0));
    if (rows->is_null(0, 1)) return page;
    for (std::size_t row = 0; row < rows->size(); ++row) {
      page.presets.push_back(read_preset_row(*rows, row));
    }
    return page;
  });
}

Status PostgresPresetStore::remove(const std::string& name) {
  return without_exceptions([&]() -> Status {
    auto removed = pool_->query("DELETE FROM strategy_presets WHERE name = $1", {name});
    if (!removed) return std::move(removed).error();
    return removed->affected() > 0 || removed->is_repeated ? success()
                                                           : ports::no_such_preset(name);
  });
}

}  // namespace hts::postgres
