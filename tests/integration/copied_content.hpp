#pragma once

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "adapters/transfer/copy_results.hpp"
#include "backtest_samples.hpp"
#include "side_samples.hpp"

/// Something in every table, for tests of copies.
namespace hts::testing {

inline void fill(const transfer::ResultStores& stores, unsigned runs) {
  std::vector<backtest::RunSummary> summaries;
  for (unsigned number = 0; number < runs; ++number) {
    summaries.push_back(backtest::summarize(sample_run(number)));
    // Several in one instant: their order must come along.
    summaries.back().executed_at = time::from_milliseconds(1'700'000'000'000 + number / 7);
  }
  ASSERT_TRUE(stores.runs.insert_all(summaries));
  ASSERT_TRUE(stores.runs.insert(backtest::summarize(sample_portfolio_run(900'000))));
  ASSERT_TRUE(stores.runs.set_symbol_active(sample_run_id(1),
                                            market::Symbol::parse("ETH_KRW").value(), false));
  ASSERT_TRUE(stores.jobs.record({sample_job(1), sample_job(2), sample_job(3)}));
  ASSERT_TRUE(stores.presets.create(sample_preset("quiet")));
  ASSERT_TRUE(stores.presets.create(sample_preset("조용")));
  ASSERT_TRUE(
      stores.collection.put({sample_status("BTC_KRW", "1m"), sample_status("ETH_KRW", "1d")}));
}

inline std::vector<std::string> run_ids_of(ports::ResultStore& store) {
  std::vector<std::string> ids;
  const auto page = store.history(0, UINT64_MAX);
  EXPECT_TRUE(page);
  if (page) {
    for (const auto& run : page->runs) ids.push_back(run.run_id);
  }
  return ids;
}

/// Copies, and expects both ends to be equal and in the same order.
inline std::vector<transfer::CopiedTable> expect_copied(const transfer::ResultStores& from,
                                                        const transfer::ResultStores& to) {
  const auto tables = transfer::copy_results(from, to, {});
  if (!tables) {
    ADD_FAILURE() << tables.error().message;
    return {};
  }
  EXPECT_EQ(tables->size(), 4U);
  for (const auto& table : *tables) {
    EXPECT_TRUE(table.is_equal()) << table.name;
    EXPECT_GT(table.at_source, 0U) << table.name;
  }
  EXPECT_EQ(run_ids_of(from.runs), run_ids_of(to.runs));
  return *tables;
}

}  // namespace hts::testing
