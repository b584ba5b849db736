#include <chrono>

#include <gtest/gtest.h>

#include "../disk_suite.hpp"
#include "../full_disk.hpp"
#include "../temporary_folder.hpp"
#include "adapters/disk/disk_error.hpp"

namespace hts::testing {
namespace {

class SystemFolder final : public DiskUnderTest {
 public:
  disk::Disk& disk() override { return *disk_; }
  std::filesystem::path folder() const override { return folder_.path(); }

 private:
  TemporaryFolder folder_;
  std::shared_ptr<disk::Disk> disk_ = disk::system_disk();
};

INSTANTIATE_TEST_SUITE_P(System, DiskSuite, ::testing::Values([] {
                           return std::unique_ptr<DiskUnderTest>{new SystemFolder};
                         }));

TEST(SystemDisk, a_full_disk_is_told_with_its_remedy) {
  SmallDisk small{64};
  if (!small.mounted()) GTEST_SKIP() << "Mounting a small disk needs root.";
  auto file = disk::system_disk()->open(small.path() / "a", disk::OpenMode::write_new);
  ASSERT_TRUE(file);
  const std::string text(100'000, 'x');
  const auto written = (*file)->write_at(0, std::as_bytes(std::span{text}));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().message, "Cannot write " + (small.path() / "a").string() +
                                         ": No space left on device. Free some space on that disk "
                                         "and try again.");
  EXPECT_TRUE(disk::is_disk_full(written.error()));
}

TEST(SystemDisk, a_link_to_a_folder_is_a_folder) {
  TemporaryFolder folder;
  std::filesystem::create_directory(folder.path() / "real");
  std::filesystem::create_directory_symlink("real", folder.path() / "link");
  std::filesystem::create_directory_symlink("nowhere", folder.path() / "torn");
  EXPECT_EQ(*disk::system_disk()->list(folder.path()),
            (std::vector<disk::Entry>{{"link", true}, {"real", true}, {"torn", false}}));
}

TEST(SystemDisk, a_link_to_nowhere_in_a_folders_place_is_said) {
  TemporaryFolder folder;
  std::filesystem::create_directory_symlink("nowhere", folder.path() / "torn");
  const auto locked = disk::system_disk()->lock_directory(
      folder.path() / "torn" / "a", disk::LockKind::exclusive, std::chrono::hours{1});
  ASSERT_FALSE(locked);
  EXPECT_EQ(locked.error().message, "Cannot make the folder " +
                                        (folder.path() / "torn" / "a").string() +
                                        ": File exists. A file has the name of a folder: move it, "
                                        "or choose another folder.");
}

TEST(DiskError, an_error_under_a_temporary_name_is_shown_as_about_the_file) {
  const auto error = disk::shown_as(disk::file_error("Cannot write", "/d/.a.1-1.tmp", EIO),
                                    "/d/.a.1-1.tmp", "/d/a");
  EXPECT_EQ(error.message, "Cannot write /d/a: Input/output error. Check the disk and try again.");
  EXPECT_FALSE(disk::is_disk_full(error));
}

}  // namespace
}  // namespace hts::testing
