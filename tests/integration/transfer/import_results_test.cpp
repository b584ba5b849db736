#include "adapters/transfer/import_results.hpp"

#include <fstream>
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "../backtest_samples.hpp"
#include "../temporary_folder.hpp"
#include "adapters/json/backtest_json.hpp"
#include "adapters/parquet/parquet_artifact_store.hpp"
#include "adapters/sqlite/sqlite_result_store.hpp"

namespace hts::testing {
namespace {

using transfer::ImportOutcome;

/// An index that refuses, as with a full disk.
class RefusingIndex final : public ports::ResultStore {
 public:
  explicit RefusingIndex(result::ErrorCode code) : code_(code) {}
  result::Status insert(const backtest::RunSummary&) override { return refusal(); }
  result::Result<backtest::RunSummary> find(const std::string& run_id) override {
    return ports::no_such_run(run_id);
  }
  result::Result<backtest::RunSummary> find_equal(const ports::WantedRun&) override {
    return refusal();
  }
  result::Result<backtest::RunSummary> latest() override { return refusal(); }
  result::Result<ports::HistoryPage> history(std::uint64_t, std::uint64_t) override {
    return refusal();
  }
  result::Result<backtest::RunSummary> set_symbol_active(const std::string&, const market::Symbol&,
                                                         bool) override {
    return refusal();
  }

 private:
  [[nodiscard]] result::Error refusal() const {
    return result::make_error(code_, "The index refuses.");
  }
  result::ErrorCode code_;
};

class ImportResults : public ::testing::Test {
 protected:
  void write(const std::string& name, const std::string& text) {
    const auto file = folder.path() / "in" / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }
  void write_run(const std::string& name, unsigned number) {
    write(name, json::backtest_to_text(sample_run(number)));
  }
  result::Result<transfer::ResultImport> import(ports::ResultStore& into) {
    return transfer::import_results(folder.path() / "in", into, artifacts, {});
  }

  TemporaryFolder folder;
  std::unique_ptr<ports::ResultStore> index =
      sqlite::SqliteResultStore::open(folder.path() / "results.sqlite").value();
  parquet::ParquetArtifactStore artifacts{folder.path() / "runs"};
};

TEST_F(ImportResults, every_answer_is_stored_whole) {
  write_run("a.json", 1);
  write_run("2024/b.json", 2);
  const auto report = import(*index);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->count(ImportOutcome::imported), 2U);
  for (const unsigned number : {1U, 2U}) {
    const auto summary = index->find(sample_run_id(number));
    ASSERT_TRUE(summary);
    const auto run = artifacts.load(*summary);
    ASSERT_TRUE(run) << run.error().message;
    EXPECT_EQ(json::backtest_to_text(*run), json::backtest_to_text(sample_run(number)));
  }
}

TEST_F(ImportResults, a_portfolio_is_stored_whole) {
  write("p.json", json::backtest_to_text(sample_portfolio_run(4)));
  ASSERT_EQ(import(*index)->count(ImportOutcome::imported), 1U);
  const auto run = artifacts.load(*index->find(sample_run_id(4)));
  ASSERT_TRUE(run) << run.error().message;
  EXPECT_EQ(json::backtest_to_text(*run), json::backtest_to_text(sample_portfolio_run(4)));
}

TEST_F(ImportResults, an_import_again_skips_what_is_there) {
  write_run("a.json", 1);
  ASSERT_TRUE(import(*index));
  write_run("copy_of_a.json", 1);
  write_run("b.json", 2);
  const auto report = import(*index);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->count(ImportOutcome::imported), 1U);
  EXPECT_EQ(report->count(ImportOutcome::skipped), 2U);
  EXPECT_EQ(index->history(0, 10)->total, 2U);
}

TEST_F(ImportResults, the_index_of_the_seed_system_and_other_files_are_skipped) {
  write_run("a.json", 1);
  write("index.json", R"({"runs": [{"run_id": "x", "file": "a.json"}]})");
  write("list.json", "[1, 2]");
  write("notes.txt", "not JSON");
  const auto report = import(*index);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->files.size(), 3U);
  EXPECT_EQ(report->count(ImportOutcome::skipped), 2U);
  EXPECT_EQ(report->count(ImportOutcome::failed), 0U);
}

TEST_F(ImportResults, a_bad_file_fails_with_its_field_and_the_others_are_imported) {
  write_run("a.json", 1);
  write_run("c.json", 3);
  write("broken.json", "{\"run_id\": ");
  auto text = json::backtest_to_text(sample_run(2));
  text.replace(text.find("\"entry_price\":"), 14, "\"entry\":");
  write("b.json", text);
  const auto report = import(*index);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->count(ImportOutcome::imported), 2U);
  ASSERT_EQ(report->count(ImportOutcome::failed), 2U);
  std::map<std::string, std::string> fields;
  for (const auto& file : report->files) {
    if (file.outcome != ImportOutcome::failed) continue;
    fields[file.file.string()] = file.field;
    EXPECT_FALSE(file.reason.empty());
  }
  EXPECT_EQ(fields["b.json"], "symbols[0].signals[0].entry_price");
  EXPECT_TRUE(fields.contains("broken.json"));
  EXPECT_EQ(artifacts.list()->size(), 2U);
}

TEST_F(ImportResults, an_index_that_refuses_leaves_no_half_run) {
  write_run("a.json", 1);
  RefusingIndex full{result::ErrorCode::storage};
  const auto report = import(full);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->count(ImportOutcome::failed), 1U);
  EXPECT_TRUE(artifacts.list()->empty());
}

TEST_F(ImportResults, an_index_that_is_away_ends_the_import) {
  write_run("a.json", 1);
  RefusingIndex away{result::ErrorCode::unavailable};
  const auto report = import(away);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, result::ErrorCode::unavailable);
  EXPECT_EQ(import(*index)->count(ImportOutcome::imported), 1U);
}

TEST_F(ImportResults, a_folder_that_is_not_there_is_named) {
  const auto report = import(*index);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, result::ErrorCode::not_found);
}

}  // namespace
}  // namespace hts::testing
