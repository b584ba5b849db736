#include <stdexcept>

#include <gtest/gtest.h>

#include "../collection_status_suite.hpp"
#include "../job_history_suite.hpp"
#include "../preset_store_suite.hpp"
#include "../result_store_suite.hpp"
#include "adapters/postgres/migrations.hpp"
#include "adapters/postgres/postgres_collection_status.hpp"
#include "adapters/postgres/postgres_job_history.hpp"
#include "adapters/postgres/postgres_preset_store.hpp"
#include "adapters/postgres/postgres_result_store.hpp"
#include "postgres_server.hpp"

/// What every store must do, on a real server.
namespace hts::testing {
namespace {

template <class Place, class Port, class Store>
class PostgresPlace final : public Place {
 public:
  PostgresPlace() {
    options_.url = shared_postgres()->new_database();
    const auto migrated = postgres::migrate(options_);
    if (!migrated) throw std::runtime_error(migrated.error().message);
  }
  std::unique_ptr<Port> open() override {
    return std::make_unique<Store>(std::make_shared<postgres::ConnectionPool>(options_));
  }

 private:
  postgres::ConnectionOptions options_;
};

template <class Place, class Port, class Store>
std::unique_ptr<Place> make_postgres_place() {
  return std::make_unique<PostgresPlace<Place, Port, Store>>();
}

/// The suites make their place before a test can be skipped: without a server there are none.
template <class Factory>
std::vector<Factory> where_installed(Factory factory) {
  if (!is_postgres_installed()) return {};
  return {std::move(factory)};
}

template <class Suite>
using FactoryOf = typename Suite::ParamType;

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(ResultStoreSuite);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(JobHistorySuite);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(PresetStoreSuite);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(CollectionStatusSuite);

INSTANTIATE_TEST_SUITE_P(
    Postgres, ResultStoreSuite,
    ::testing::ValuesIn(where_installed<FactoryOf<ResultStoreSuite>>(
        &make_postgres_place<ResultIndex, ports::ResultStore, postgres::PostgresResultStore>)));
INSTANTIATE_TEST_SUITE_P(
    Postgres, JobHistorySuite,
    ::testing::ValuesIn(where_installed<FactoryOf<JobHistorySuite>>(
        &make_postgres_place<JobHistoryPlace, ports::JobHistory, postgres::PostgresJobHistory>)));
INSTANTIATE_TEST_SUITE_P(
    Postgres, PresetStoreSuite,
    ::testing::ValuesIn(where_installed<FactoryOf<PresetStoreSuite>>(
        &make_postgres_place<PresetPlace, ports::PresetStore, postgres::PostgresPresetStore>)));
INSTANTIATE_TEST_SUITE_P(
    Postgres, CollectionStatusSuite,
    ::testing::ValuesIn(where_installed<FactoryOf<CollectionStatusSuite>>(
        &make_postgres_place<CollectionStatusPlace, ports::CollectionStatusStore,
                             postgres::PostgresCollectionStatus>)));

TEST(PostgresStores, a_server_is_there_for_the_suites) {
  if (!is_postgres_installed()) GTEST_SKIP() << no_postgres;
  EXPECT_NE(shared_postgres(), nullptr);
}

}  // namespace
}  // namespace hts::testing
