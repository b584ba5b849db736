#include "adapters/disk/durable.hpp"

#include <gtest/gtest.h>

#include "../temporary_folder.hpp"

namespace hts::testing {
namespace {

TEST(Durable, a_written_text_is_read_again) {
  TemporaryFolder folder;
  const auto disk = disk::system_disk();
  const auto path = folder.path() / "a.json";
  for (const char* text : {"{\"a\": 1}", ""}) {
    ASSERT_TRUE(disk::write_synced(*disk, path, text));
    EXPECT_EQ(*disk::read_text(*disk, path), text);
  }
  EXPECT_FALSE(disk::read_text(*disk, folder.path() / "b"));
  EXPECT_FALSE(disk::write_synced(*disk, folder.path(), "x"));
}

TEST(Durable, temporaries_are_removed_and_other_names_stay) {
  TemporaryFolder folder;
  const auto disk = disk::system_disk();
  ASSERT_TRUE(disk::write_synced(*disk, folder.path() / ".a.1-1.tmp", "x"));
  ASSERT_TRUE(disk->make_directories(folder.path() / ".run.1-2.tmp" / "below"));
  ASSERT_TRUE(disk::write_synced(*disk, folder.path() / "mine.tmp", "x"));
  ASSERT_TRUE(disk::write_synced(*disk, folder.path() / ".hidden", "x"));
  disk::remove_temporaries(*disk, folder.path());
  EXPECT_EQ(*disk->list(folder.path()),
            (std::vector<disk::Entry>{{".hidden", false}, {"mine.tmp", false}}));
}

TEST(Durable, lasting_folders_are_made_wherever_they_are) {
  TemporaryFolder folder;
  const auto disk = disk::system_disk();
  EXPECT_TRUE(disk::make_lasting_directories(*disk, folder.path() / "a" / "b"));
  EXPECT_TRUE(disk::make_lasting_directories(*disk, folder.path() / "a" / "b" / ""));
  EXPECT_TRUE(disk::make_lasting_directories(*disk, folder.path() / "a" / ".." / "c"));
  EXPECT_TRUE(*disk->exists(folder.path() / "c"));
  EXPECT_TRUE(disk::make_lasting_directories(*disk, "."));
  EXPECT_TRUE(disk::make_lasting_directories(*disk, "/"));
  EXPECT_FALSE(disk::make_lasting_directories(*disk, "/proc/none/a"));
}

}  // namespace
}  // namespace hts::testing
