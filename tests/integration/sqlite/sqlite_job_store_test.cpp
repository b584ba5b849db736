#include "adapters/sqlite/sqlite_job_store.hpp"

#include <memory>

#include "../job_store_suite.hpp"
#include "../temporary_folder.hpp"

namespace hts::testing {
namespace {

class SqliteQueue : public JobQueue {
 public:
  std::unique_ptr<ports::JobStore> open() override {
    auto store = sqlite::SqliteJobStore::open(folder_.path() / "jobs.sqlite");
    EXPECT_TRUE(store) << store.error().message;
    return store ? std::move(*store) : nullptr;
  }

 private:
  TemporaryFolder folder_;
};

class TableQueue : public JobQueue {
 public:
  std::unique_ptr<ports::JobStore> open() override {
    return std::make_unique<simulation::TableJobStore>(table_);
  }

 private:
  simulation::TableJobStore table_;
};

INSTANTIATE_TEST_SUITE_P(Sqlite, JobStoreSuite,
                         ::testing::Values([] { return std::make_unique<SqliteQueue>(); }));
INSTANTIATE_TEST_SUITE_P(Table, JobStoreSuite,
                         ::testing::Values([] { return std::make_unique<TableQueue>(); }));

}  // namespace
}  // namespace hts::testing
