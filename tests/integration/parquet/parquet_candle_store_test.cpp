#include "adapters/parquet/parquet_candle_store.hpp"

#include <gtest/gtest.h>

#include "../candle_store_suite.hpp"
#include "../temporary_folder.hpp"

namespace hts::testing {
namespace {

class ParquetCatalog final : public CandleCatalog {
 public:
  std::unique_ptr<ports::CandleStore> open() override {
    return std::make_unique<parquet::ParquetCandleStore>(folder_.path(), database_);
  }

 private:
  TemporaryFolder folder_;
  std::shared_ptr<parquet::DuckdbDatabase> database_ = std::make_shared<parquet::DuckdbDatabase>();
};

INSTANTIATE_TEST_SUITE_P(Parquet, CandleStoreSuite, ::testing::Values([] {
                           return std::unique_ptr<CandleCatalog>{new ParquetCatalog};
                         }));

}  // namespace
}  // namespace hts::testing
