#include "adapters/parquet/parquet_artifact_store.hpp"

#include <fstream>
#include <iterator>

#include <boost/json/object.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../artifact_store_suite.hpp"
#include "../full_disk.hpp"
#include "../temporary_folder.hpp"
#include "engine/json/json_text.hpp"

namespace hts::testing {
namespace {

using parquet::DuckdbDatabase;
using parquet::ParquetArtifactStore;
using ::testing::HasSubstr;
using ::testing::Not;

class ParquetArchive final : public ArtifactArchive {
 public:
  std::unique_ptr<ports::ArtifactStore> open() override {
    return std::make_unique<ParquetArtifactStore>(folder_.path() / "new" / "results", database_);
  }

 private:
  TemporaryFolder folder_;
  std::shared_ptr<DuckdbDatabase> database_ = std::make_shared<DuckdbDatabase>();
};

INSTANTIATE_TEST_SUITE_P(Parquet, ArtifactStoreSuite, ::testing::Values([] {
                           return std::unique_ptr<ArtifactArchive>{new ParquetArchive};
                         }));

std::vector<std::string> names_below(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator{folder}) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

TEST(ParquetArtifactStore, a_run_is_a_folder_of_four_files) {
  TemporaryFolder folder;
  ParquetArtifactStore store{folder.path()};
  ASSERT_TRUE(store.save(sample_run(1)));
  EXPECT_EQ(names_below(folder.path()), std::vector{sample_run_id(1)});
  const auto run_folder = *store.folder_of(sample_run_id(1));
  EXPECT_EQ(names_below(run_folder),
            (std::vector<std::string>{"metadata.json", "performance_curve.parquet",
                                      "symbol_signals.parquet", "symbol_summary.parquet"}));
  std::ifstream file{run_folder / "metadata.json"};
  const std::string text{std::istreambuf_iterator<char>{file}, {}};
  const auto metadata = json::parse_json(text);
  ASSERT_TRUE(metadata) << metadata.error().message;
  EXPECT_EQ(metadata->at("run_id").as_string(), sample_run_id(1));
  EXPECT_EQ(metadata->at("total_signals"), 6);
}

TEST(ParquetArtifactStore, what_a_killed_process_left_is_removed_and_other_files_stay) {
  TemporaryFolder folder;
  const auto leftover = folder.path() / ("." + sample_run_id(7) + ".999999-1.tmp");
  std::filesystem::create_directory(leftover);
  std::ofstream{leftover / "symbol_signals.parquet"} << "half";
  std::ofstream{folder.path() / "notes.txt"} << "mine";
  ParquetArtifactStore store{folder.path()};
  EXPECT_TRUE(store.list()->empty());
  ASSERT_TRUE(store.save(sample_run(1)));
  EXPECT_EQ(names_below(folder.path()), (std::vector<std::string>{sample_run_id(1), "notes.txt"}));
}

TEST(ParquetArtifactStore, a_damaged_file_is_named) {
  TemporaryFolder folder;
  ParquetArtifactStore store{folder.path()};
  ASSERT_TRUE(store.save(sample_run(1)));
  const auto path = *store.folder_of(sample_run_id(1)) / "symbol_signals.parquet";
  std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
  auto loaded = store.load(backtest::summarize(sample_run(1)));
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, result::ErrorCode::storage);
  EXPECT_THAT(loaded.error().message, HasSubstr(path.string()));
  std::filesystem::remove(path);
  loaded = store.load(backtest::summarize(sample_run(1)));
  ASSERT_FALSE(loaded);
  EXPECT_THAT(loaded.error().message, HasSubstr(path.string()));
}

TEST(ParquetArtifactStore, an_unusable_root_is_named) {
  TemporaryFolder folder;
  std::ofstream{folder.path() / "file"} << "x";
  ParquetArtifactStore store{folder.path() / "file" / "results"};
  const auto saved = store.save(sample_run(1));
  ASSERT_FALSE(saved);
  EXPECT_EQ(saved.error().code, result::ErrorCode::storage);
  EXPECT_THAT(saved.error().message, HasSubstr((folder.path() / "file" / "results").string()));
}

TEST(ParquetArtifactStore, a_full_disk_leaves_nothing_half_written) {
  SmallDisk disk{512};
  if (!disk.mounted()) GTEST_SKIP() << "Mounting a small disk needs root.";
  ParquetArtifactStore store{disk.path() / "results"};
  ASSERT_TRUE(store.save(sample_run(1)));
  disk.fill_up_to(40);
  const auto saved = store.save(sample_run(2, 20'000));
  ASSERT_FALSE(saved);
  EXPECT_EQ(saved.error().code, result::ErrorCode::storage);
  EXPECT_THAT(saved.error().message, HasSubstr("No space left on device"));
  EXPECT_THAT(saved.error().message, HasSubstr(sample_run_id(2) + "/symbol_signals.parquet"));
  EXPECT_THAT(saved.error().message, Not(HasSubstr(".tmp")));
  EXPECT_EQ(names_below(disk.path() / "results"), std::vector{sample_run_id(1)});
  EXPECT_TRUE(store.load(backtest::summarize(sample_run(1))));
}

}  // namespace
}  // namespace hts::testing
