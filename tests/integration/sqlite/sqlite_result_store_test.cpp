#include "adapters/sqlite/sqlite_result_store.hpp"

#include <stdexcept>

#include <gtest/gtest.h>

#include "../result_store_suite.hpp"
#include "../temporary_folder.hpp"

namespace hts::testing {
namespace {

class SqliteIndex final : public ResultIndex {
 public:
  std::unique_ptr<ports::ResultStore> open() override {
    auto store = sqlite::SqliteResultStore::open(folder_.path() / "new" / "results.db");
    if (!store) throw std::runtime_error(store.error().message);
    return *std::move(store);
  }

 private:
  TemporaryFolder folder_;
};

INSTANTIATE_TEST_SUITE_P(Sqlite, ResultStoreSuite, ::testing::Values([] {
                           return std::unique_ptr<ResultIndex>{new SqliteIndex};
                         }));

}  // namespace
}  // namespace hts::testing
