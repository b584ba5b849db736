#include <array>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../backtest_samples.hpp"
#include "../child_process.hpp"
#include "adapters/postgres/migrations.hpp"
#include "adapters/postgres/postgres_result_store.hpp"
#include "postgres_server.hpp"

namespace hts::testing {
namespace {

using postgres::ConnectionOptions;
using postgres::migrate;
using postgres::Migration;
using postgres::migration_status;
using postgres::roll_back;
using result::ErrorCode;
using ::testing::HasSubstr;
using ::testing::Not;

class PostgresMigrations : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!is_postgres_installed()) GTEST_SKIP() << no_postgres;
    options.url = shared_postgres()->new_database();
  }
  std::string run(const std::string& sql) { return shared_postgres()->run(options.url, sql); }
  std::string tables() {
    return run(
        "SELECT coalesce(string_agg(tablename, ' ' ORDER BY tablename), '') FROM pg_tables "
        "WHERE schemaname = 'public'");
  }
  /// Everything refuses with this, and nothing changes.
  void expect_refused(const std::string& why) {
    const std::string before = tables();
    std::vector<result::Error> errors;
    if (auto done = migrate(options); !done) errors.push_back(done.error());
    if (auto done = migration_status(options); !done) errors.push_back(done.error());
    if (auto done = roll_back(options, {0, true}); !done) errors.push_back(done.error());
    ASSERT_EQ(errors.size(), 3U);
    for (const auto& error : errors) {
      EXPECT_EQ(error.code, ErrorCode::conflict);
      EXPECT_THAT(error.message, HasSubstr(why));
    }
    EXPECT_EQ(tables(), before);
  }

  ConnectionOptions options;
  const std::string all_tables =
      "backtest_result_symbols backtest_results candle_collection_status jobs_history "
      "schema_migrations strategy_presets";
};

TEST_F(PostgresMigrations, an_empty_database_gets_every_table_once) {
  const auto known = postgres::embedded_migrations();
  const auto before = migration_status(options);
  ASSERT_TRUE(before) << before.error().message;
  EXPECT_EQ(before->size(), known.size());
  EXPECT_FALSE(before->front().applied_at);
  EXPECT_EQ(tables(), "");

  const auto done = migrate(options);
  ASSERT_TRUE(done) << done.error().message;
  ASSERT_EQ(done->size(), known.size());
  EXPECT_EQ(tables(), all_tables);
  const auto after = migration_status(options);
  ASSERT_TRUE(after);
  for (std::size_t i = 0; i < known.size(); ++i) {
    EXPECT_EQ((*after)[i].version, known[i].version);
    EXPECT_EQ((*after)[i].checksum, known[i].checksum);
    EXPECT_EQ((*after)[i].applied_at, (*done)[i].applied_at);
    EXPECT_EQ(known[i].version, static_cast<int>(i) + 1);
    EXPECT_EQ(known[i].checksum.size(), 64U);
  }
  EXPECT_TRUE(migrate(options)->empty());
}

TEST_F(PostgresMigrations, every_migration_can_be_undone_and_applied_again) {
  ASSERT_TRUE(migrate(options));
  const auto one = roll_back(options, {});
  ASSERT_TRUE(one) << one.error().message;
  ASSERT_EQ(one->size(), 1U);
  EXPECT_EQ(one->front().name, "strategy_presets");
  const auto rest = roll_back(options, {0, false});
  ASSERT_TRUE(rest) << rest.error().message;
  EXPECT_EQ(tables(), "schema_migrations");
  EXPECT_TRUE(roll_back(options, {})->empty());
  ASSERT_TRUE(migrate(options));
  EXPECT_EQ(tables(), all_tables);
}

TEST_F(PostgresMigrations, a_rollback_that_would_lose_rows_asks_first) {
  ASSERT_TRUE(migrate(options));
  auto pool = std::make_shared<postgres::ConnectionPool>(options);
  ASSERT_TRUE(postgres::PostgresResultStore{pool}.insert(backtest::summarize(sample_run(1))));
  const auto refused = roll_back(options, {0, false});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  EXPECT_EQ(refused.error().field, "drop_rows");
  EXPECT_THAT(refused.error().message, HasSubstr("backtest_result"));
  EXPECT_EQ(run("SELECT count(*) FROM backtest_results"), "1");
  EXPECT_EQ(run("SELECT max(version) FROM schema_migrations"), "1");
  ASSERT_TRUE(roll_back(options, {0, true}));
  EXPECT_EQ(tables(), "schema_migrations");
}

TEST_F(PostgresMigrations, a_version_that_is_not_there_is_refused) {
  ASSERT_TRUE(migrate(options));
  for (const int to : {-1, 99}) {
    const auto refused = roll_back(options, {to, false});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::invalid);
    EXPECT_EQ(refused.error().field, "to");
  }
  EXPECT_EQ(tables(), all_tables);
}

TEST_F(PostgresMigrations, an_edited_migration_is_refused) {
  ASSERT_TRUE(migrate(options));
  run("UPDATE schema_migrations SET checksum = repeat('0', 64) WHERE version = 2");
  expect_refused("2_jobs_history: the migration was edited after it was applied");
}

TEST_F(PostgresMigrations, a_newer_database_is_refused) {
  ASSERT_TRUE(migrate(options));
  run("INSERT INTO schema_migrations VALUES (99, 'future', 'x', now())");
  expect_refused("has version 99, this program knows up to 4");
}

TEST_F(PostgresMigrations, a_missing_migration_is_refused) {
  ASSERT_TRUE(migrate(options));
  run("DELETE FROM schema_migrations WHERE version = 2");
  expect_refused("lacks the migration 2");
}

TEST_F(PostgresMigrations, the_database_of_another_program_is_refused) {
  run("CREATE TABLE contacts (name text)");
  expect_refused("belongs to another program");
}

TEST_F(PostgresMigrations, another_programs_table_of_migrations_is_refused) {
  run("CREATE TABLE schema_migrations (version varchar PRIMARY KEY)");
  expect_refused("belongs to another program");
}

TEST_F(PostgresMigrations, a_schema_of_its_own_beside_another_program_is_enough) {
  run("CREATE TABLE contacts (name text); CREATE SCHEMA engine");
  options.url += "?options=-csearch_path%3Dengine";
  const auto done = migrate(options);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(tables(), "contacts");
}

TEST_F(PostgresMigrations, a_migration_that_fails_leaves_nothing_behind) {
  const auto known = postgres::embedded_migrations();
  std::vector<Migration> more{known.begin(), known.end()};
  more.push_back(
      {5, "wrong", "CREATE TABLE half (x int); SELECT 1 / 0;", "DROP TABLE half;", "c5"});
  const auto failed = migrate(options, more);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::storage);
  EXPECT_THAT(failed.error().message, HasSubstr("division by zero"));
  EXPECT_EQ(tables(), all_tables);
  EXPECT_EQ(run("SELECT max(version) FROM schema_migrations"), "4");
  more.back().up = "CREATE TABLE half (x int);";
  EXPECT_EQ(migrate(options, more)->size(), 1U);
}

TEST_F(PostgresMigrations, processes_that_migrate_at_once_apply_each_once) {
#ifdef HTS_THREAD_SANITIZER
  // Processes share no memory: there is nothing to see for it.
  GTEST_SKIP() << "ThreadSanitizer refuses threads in a forked child";
#endif
  std::vector<pid_t> children;
  for (int i = 0; i < 4; ++i) {
    children.push_back(in_child([&] { return migrate(options).ok(); }));
  }
  for (const pid_t child : children) EXPECT_TRUE(succeeded(child));
  EXPECT_EQ(run("SELECT count(*) FROM schema_migrations"), "4");
  EXPECT_EQ(tables(), all_tables);
}

}  // namespace
}  // namespace hts::testing
