#include "adapters/sqlite/sqlite_preset_store.hpp"

#include <mutex>
#include <utility>

#include "adapters/sqlite/exception_guard.hpp"
#include "adapters/sqlite/sqlite_connection.hpp"
#include "adapters/sqlite/sqlite_schema.hpp"

namespace hts::sqlite {
namespace {

using ports::Preset;
using ports::PresetPage;
using result::Result;
using result::Status;
using result::success;

const std::string into_presets_sql =
    "INTO strategy_presets (name, strategy, parameters, description, created_at_ms, "
    "updated_at_ms) VALUES (?, ?, ?, ?, ?, ?)";
const std::string select_presets_sql =
    "SELECT name, strategy, parameters, description, created_at_ms, updated_at_ms "
    "FROM strategy_presets ";

Preset read_preset(const Statement& row) {
  return {row.text(0),
          row.text(1),
          row.text(2),
          row.text(3),
          time::from_milliseconds(row.integer(4)),
          time::from_milliseconds(row.integer(5))};
}

}  // namespace

struct SqlitePresetStore::State {
  explicit State(Connection opened) : connection(std::move(opened)) {}

  /// Runs an INSERT of one kind or another. Returns whether it changed anything.
  [[nodiscard]] Result<bool> write(const std::string& sql, const Preset& preset);
  [[nodiscard]] Result<PresetPage> list(std::uint64_t offset, std::uint64_t limit);

  std::mutex mutex;
  Connection connection;
};

Result<bool> SqlitePresetStore::State::write(const std::string& sql, const Preset& preset) {
  auto insert = connection.prepare(sql);
  if (!insert) return std::move(insert).error();
  insert->bind(1, preset.name)
      .bind(2, preset.strategy)
      .bind(3, preset.parameters)
      .bind(4, preset.description)
      .bind(5, time::to_milliseconds(preset.created_at))
      .bind(6, time::to_milliseconds(preset.updated_at));
  if (auto done = insert->run(connection); !done) return std::move(done).error();
  return connection.changes() > 0;
}

Result<PresetPage> SqlitePresetStore::State::list(std::uint64_t offset, std::uint64_t limit) {
  auto transaction = Transaction::begin(connection, Transaction::Kind::read);
  if (!transaction) return std::move(transaction).error();
  auto total = connection.query_integer("SELECT count(*) FROM strategy_presets");
  if (!total) return std::move(total).error();
  PresetPage page;
  page.total = static_cast<std::uint64_t>(*total);
  auto rows = connection.prepare(select_presets_sql + "ORDER BY name LIMIT ? OFFSET ?");
  if (!rows) return std::move(rows).error();
  rows->bind(1, clamp_to_int64(limit)).bind(2, clamp_to_int64(offset));
  while (true) {
    auto row = rows->step(connection);
    if (!row) return std::move(row).error();
    if (!*row) return page;
    page.presets.push_back(read_preset(*rows));
  }
}

SqlitePresetStore::SqlitePresetStore(std::unique_ptr<State> state) : state_(std::move(state)) {}

SqlitePresetStore::~SqlitePresetStore() = default;

Result<std::unique_ptr<SqlitePresetStore>> SqlitePresetStore::open(
    const std::filesystem::path& path, std::shared_ptr<DiskVfs> vfs) {
  return without_exceptions([&]() -> Result<std::unique_ptr<SqlitePresetStore>> {
    auto connection = Connection::open(path, std::move(vfs));
    if (!connection) return std::move(connection).error();
    if (auto migrated = migrate(*connection); !migrated) return std::move(migrated).error();
    return std::unique_ptr<SqlitePresetStore>{
        new SqlitePresetStore{std::make_unique<State>(std::move(*connection))}};
  });
}

Status SqlitePresetStore::create(const Preset& preset) {
  return without_exceptions([&]() -> Status {
    if (auto sound = ports::check_preset(preset); !sound) return sound;
    const std::lock_guard lock{state_->mutex};
    auto created =
        state_->write("INSERT " + into_presets_sql + " ON CONFLICT (name) DO NOTHING", preset);
    if (!created) return std::move(created).error();
    return *created ? success() : ports::preset_exists(preset.name);
  });
}

Status SqlitePresetStore::put(const Preset& preset) {
  return without_exceptions([&]() -> Status {
    if (auto sound = ports::check_preset(preset); !sound) return sound;
    const std::lock_guard lock{state_->mutex};
    auto written = state_->write("INSERT OR REPLACE " + into_presets_sql, preset);
    if (!written) return std::move(written).error();
    return success();
  });
}

Result<Preset> SqlitePresetStore::find(const std::string& name) {
  return without_exceptions([&]() -> Result<Preset> {
    const std::lock_guard lock{state_->mutex};
    auto select = state_->connection.prepare(select_presets_sql + "WHERE name = ?");
    if (!select) return std::move(select).error();
    select->bind(1, name);
    auto row = select->step(state_->connection);
    if (!row) return std::move(row).error();
    if (!*row) return ports::no_such_preset(name);
    return read_preset(*select);
  });
}

Result<PresetPage> SqlitePresetStore::list(std::uint64_t offset, std::uint64_t limit) {
  return without_exceptions([&] {
    const std::lock_guard lock{state_->mutex};
    return state_->list(offset, limit);
  });
}

Status SqlitePresetStore::remove(const std::string& name) {
  return without_exceptions([&]() -> Status {
    const std::lock_guard lock{state_->mutex};
    auto remove = state_->connection.prepare("DELETE FROM strategy_presets WHERE name = ?");
    if (!remove) return std::move(remove).error();
    remove->bind(1, name);
    if (auto done = remove->run(state_->connection); !done) return done;
    return state_->connection.changes() > 0 ? success() : ports::no_such_preset(name);
  });
}

}  // namespace hts::sqlite
