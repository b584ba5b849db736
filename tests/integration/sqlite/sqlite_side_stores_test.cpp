#include <stdexcept>

#include <gtest/gtest.h>

#include "../collection_status_suite.hpp"
#include "../job_history_suite.hpp"
#include "../preset_store_suite.hpp"
#include "../temporary_folder.hpp"
#include "adapters/sqlite/sqlite_collection_status.hpp"
#include "adapters/sqlite/sqlite_job_history.hpp"
#include "adapters/sqlite/sqlite_preset_store.hpp"
#include "adapters/sqlite/sqlite_result_store.hpp"

/// What stands beside the runs in the file of the result index.
namespace hts::testing {
namespace {

template <class Place, class Port, class Store>
class SqlitePlace final : public Place {
 public:
  std::unique_ptr<Port> open() override {
    const auto path = folder_.path() / "new" / "results.db";
    // The runs are in the same file, open at the same time.
    if (runs_ == nullptr) runs_ = sqlite::SqliteResultStore::open(path).value();
    auto store = Store::open(path);
    if (!store) throw std::runtime_error(store.error().message);
    return *std::move(store);
  }

 private:
  TemporaryFolder folder_;
  std::unique_ptr<sqlite::SqliteResultStore> runs_;
};

template <class Place, class Port, class Store>
std::unique_ptr<Place> make_place() {
  return std::make_unique<SqlitePlace<Place, Port, Store>>();
}

INSTANTIATE_TEST_SUITE_P(
    Sqlite, JobHistorySuite,
    ::testing::Values(&make_place<JobHistoryPlace, ports::JobHistory, sqlite::SqliteJobHistory>));
INSTANTIATE_TEST_SUITE_P(
    Sqlite, PresetStoreSuite,
    ::testing::Values(&make_place<PresetPlace, ports::PresetStore, sqlite::SqlitePresetStore>));
INSTANTIATE_TEST_SUITE_P(
    Sqlite, CollectionStatusSuite,
    ::testing::Values(&make_place<CollectionStatusPlace, ports::CollectionStatusStore,
                                  sqlite::SqliteCollectionStatus>));

}  // namespace
}  // namespace hts::testing
