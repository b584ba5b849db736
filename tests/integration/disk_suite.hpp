#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/disk/disk.hpp"

/// What every disk must do. A test program includes this and instantiates `DiskSuite` with a
/// function that makes a disk with an empty folder.
namespace hts::testing {

class DiskUnderTest {
 public:
  virtual ~DiskUnderTest() = default;
  [[nodiscard]] virtual disk::Disk& disk() = 0;
  /// Exists and is empty.
  [[nodiscard]] virtual std::filesystem::path folder() const = 0;
};

class DiskSuite : public ::testing::TestWithParam<std::function<std::unique_ptr<DiskUnderTest>()>> {
 protected:
  static std::span<const std::byte> bytes(std::string_view text) {
    return std::as_bytes(std::span{text});
  }
  void write(const std::filesystem::path& path, std::string_view text) {
    auto file = disk.open(path, disk::OpenMode::write_new);
    ASSERT_TRUE(file) << file.error().message;
    ASSERT_TRUE((*file)->write_at(0, bytes(text)));
  }
  std::string read(disk::File& file, std::uint64_t offset = 0, std::size_t most = 1'000'000) {
    std::string text(most, '?');
    const auto count = file.read_at(offset, std::as_writable_bytes(std::span{text}));
    EXPECT_TRUE(count);
    text.resize(count ? *count : 0);
    return text;
  }
  std::string read(const std::filesystem::path& path) {
    auto file = disk.open(path, disk::OpenMode::read);
    return file ? read(**file) : file.error().message;
  }
  template <class T>
  static void expect_error(const result::Result<T>& outcome, const std::filesystem::path& path,
                           std::string_view reason) {
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, result::ErrorCode::storage);
    EXPECT_THAT(outcome.error().message,
                ::testing::HasSubstr(" " + path.string() + ": " + std::string{reason} + ". "));
  }

  std::unique_ptr<DiskUnderTest> under_test = GetParam()();
  disk::Disk& disk = under_test->disk();
  std::filesystem::path root = under_test->folder();
};

TEST_P(DiskSuite, what_was_written_is_read) {
  auto file = disk.open(root / "a", disk::OpenMode::write_new);
  ASSERT_TRUE(file) << file.error().message;
  ASSERT_TRUE((*file)->write_at(0, bytes("hello world")));
  ASSERT_TRUE((*file)->write_at(6, bytes("there")));
  EXPECT_EQ(read(**file), "hello there");
  EXPECT_EQ(read(**file, 6), "there");
  EXPECT_EQ(read(**file, 2, 3), "llo");
  EXPECT_EQ(read(**file, 11), "");
  EXPECT_EQ(read(**file, 1000), "");
  EXPECT_EQ(*(*file)->size(), 11U);
  EXPECT_EQ(*disk.file_size(root / "a"), 11U);
  EXPECT_TRUE((*file)->sync());
  EXPECT_EQ(read(root / "a"), "hello there");
}

TEST_P(DiskSuite, a_gap_reads_as_zeros) {
  auto file = disk.open(root / "a", disk::OpenMode::update);
  ASSERT_TRUE(file);
  ASSERT_TRUE((*file)->write_at(0, bytes("ab")));
  ASSERT_TRUE((*file)->write_at(1500, bytes("cd")));
  EXPECT_EQ(read(**file), "ab" + std::string(1498, '\0') + "cd");
}

TEST_P(DiskSuite, a_cut_file_that_grows_again_has_zeros_there) {
  auto file = disk.open(root / "a", disk::OpenMode::update);
  ASSERT_TRUE(file);
  ASSERT_TRUE((*file)->write_at(0, bytes(std::string(2000, 'x'))));
  ASSERT_TRUE((*file)->sync());
  ASSERT_TRUE((*file)->truncate(3));
  EXPECT_EQ(read(**file), "xxx");
  ASSERT_TRUE((*file)->truncate(1200));
  EXPECT_EQ(read(**file), "xxx" + std::string(1197, '\0'));
}

TEST_P(DiskSuite, the_modes_of_opening_keep_or_empty_or_refuse) {
  expect_error(disk.open(root / "a", disk::OpenMode::read), root / "a",
               "No such file or directory");
  {
    EXPECT_TRUE(disk.open(root / "a", disk::OpenMode::update));
  }
  write(root / "a", "text");
  {
    EXPECT_TRUE(disk.open(root / "a", disk::OpenMode::update));
  }
  EXPECT_EQ(read(root / "a"), "text");
  {
    auto file = disk.open(root / "a", disk::OpenMode::read);
    ASSERT_TRUE(file);
    EXPECT_FALSE((*file)->write_at(0, bytes("x")));
    EXPECT_FALSE((*file)->truncate(0));
  }
  EXPECT_EQ(read(root / "a"), "text");
  {
    EXPECT_TRUE(disk.open(root / "a", disk::OpenMode::write_new));
  }
  EXPECT_EQ(read(root / "a"), "");
  expect_error(disk.open(root, disk::OpenMode::read), root, "Is a directory");
  expect_error(disk.open(root, disk::OpenMode::update), root, "Is a directory");
  expect_error(disk.open(root / "none" / "a", disk::OpenMode::update), root / "none" / "a",
               "No such file or directory");
  expect_error(disk.open(root / "a" / "b", disk::OpenMode::update), root / "a" / "b",
               "Not a directory");
}

TEST_P(DiskSuite, folders_are_made_with_those_above_them) {
  EXPECT_TRUE(disk.make_directories(root / "a" / "b" / "c"));
  EXPECT_TRUE(disk.make_directories(root / "a" / "b"));
  EXPECT_TRUE(*disk.exists(root / "a" / "b" / "c"));
  EXPECT_FALSE(*disk.exists(root / "a" / "c"));
  write(root / "file", "x");
  expect_error(disk.make_directories(root / "file"), root / "file", "Not a directory");
  expect_error(disk.make_directories(root / "file" / "x"), root / "file" / "x", "Not a directory");
  EXPECT_TRUE(disk.check_writable(root / "a"));
  expect_error(disk.check_writable(root / "none"), root / "none", "No such file or directory");
}

TEST_P(DiskSuite, a_folder_is_listed_in_order) {
  write(root / "b", "x");
  write(root / ".hidden", "x");
  ASSERT_TRUE(disk.make_directories(root / "a" / "below"));
  const auto entries = disk.list(root);
  ASSERT_TRUE(entries);
  EXPECT_EQ(*entries, (std::vector<disk::Entry>{{".hidden", false}, {"a", true}, {"b", false}}));
  EXPECT_TRUE(disk.list(root / "none")->empty());
  expect_error(disk.list(root / "b"), root / "b", "Not a directory");
}

TEST_P(DiskSuite, a_rename_replaces_a_file_or_an_empty_folder) {
  write(root / "a", "new");
  write(root / "b", "old");
  auto open = disk.open(root / "b", disk::OpenMode::read);
  ASSERT_TRUE(open);
  ASSERT_TRUE(disk.rename(root / "a", root / "b"));
  EXPECT_FALSE(*disk.exists(root / "a"));
  EXPECT_EQ(read(root / "b"), "new");
  EXPECT_EQ(read(**open), "old");

  ASSERT_TRUE(disk.make_directories(root / "from" / "below"));
  ASSERT_TRUE(disk.make_directories(root / "to"));
  ASSERT_TRUE(disk.rename(root / "from", root / "to"));
  EXPECT_TRUE(*disk.exists(root / "to" / "below"));
  ASSERT_TRUE(disk.make_directories(root / "from"));
  expect_error(disk.rename(root / "from", root / "to"), root / "to", "Directory not empty");
  expect_error(disk.rename(root / "none", root / "x"), root / "x", "No such file or directory");
  expect_error(disk.rename(root / "b", root / "to"), root / "to", "Is a directory");
  expect_error(disk.rename(root / "from", root / "b"), root / "b", "Not a directory");
  EXPECT_TRUE(disk.rename(root / "b", root / "b"));
  EXPECT_EQ(read(root / "b"), "new");
}

TEST_P(DiskSuite, only_what_is_empty_is_removed_alone) {
  ASSERT_TRUE(disk.make_directories(root / "a" / "b"));
  write(root / "a" / "file", "x");
  expect_error(disk.remove(root / "a"), root / "a", "Directory not empty");
  EXPECT_TRUE(disk.remove(root / "a" / "file"));
  EXPECT_TRUE(disk.remove(root / "a" / "file"));
  EXPECT_TRUE(disk.remove(root / "a" / "b"));
  EXPECT_TRUE(disk.remove(root / "a"));
  EXPECT_TRUE(disk.list(root)->empty());
}

TEST_P(DiskSuite, a_folder_is_removed_with_all_below_it) {
  ASSERT_TRUE(disk.make_directories(root / "a" / "b" / "c"));
  write(root / "a" / "b" / "file", "x");
  write(root / "other", "x");
  EXPECT_TRUE(disk.remove_all(root / "a"));
  EXPECT_TRUE(disk.remove_all(root / "a"));
  EXPECT_TRUE(disk.remove_all(root / "other"));
  EXPECT_TRUE(disk.list(root)->empty());
}

TEST_P(DiskSuite, what_is_not_there_cannot_be_synced) {
  write(root / "a", "x");
  EXPECT_TRUE(disk.sync_file(root / "a"));
  EXPECT_TRUE(disk.sync_directory(root));
  expect_error(disk.sync_file(root / "b"), root / "b", "No such file or directory");
  write(root / "c", "y");
  EXPECT_TRUE(disk.sync_files(std::vector{root / "a", root / "c"}));
  expect_error(disk.sync_files(std::vector{root / "a", root / "b", root / "c"}), root / "b",
               "No such file or directory");
  expect_error(disk.sync_directory(root / "b"), root / "b", "No such file or directory");
  expect_error(disk.sync_directory(root / "a"), root / "a", "Not a directory");
  expect_error(disk.file_size(root / "b"), root / "b", "No such file or directory");
  expect_error(disk.file_size(root), root, "Is a directory");
}

TEST_P(DiskSuite, an_exclusive_lock_shuts_out_all_others) {
  using disk::LockKind;
  constexpr std::chrono::milliseconds none{0};
  auto alone = disk.lock_directory(root / "new", LockKind::exclusive, none);
  ASSERT_TRUE(alone) << alone.error().message;
  for (const auto kind : {LockKind::exclusive, LockKind::shared}) {
    const auto refused = disk.lock_directory(root / "new", kind, none);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, result::ErrorCode::conflict);
    EXPECT_THAT(refused.error().message, ::testing::HasSubstr((root / "new").string()));
  }
  EXPECT_TRUE(disk.lock_directory(root / "other", LockKind::exclusive, none));
  alone->reset();
  auto one = disk.lock_directory(root / "new", LockKind::shared, none);
  auto two = disk.lock_directory(root / "new", LockKind::shared, none);
  EXPECT_TRUE(one);
  EXPECT_TRUE(two);
  one->reset();
  EXPECT_FALSE(disk.lock_directory(root / "new", LockKind::exclusive, none));
  two->reset();
  EXPECT_TRUE(disk.lock_directory(root / "new", LockKind::exclusive, none));
}

TEST_P(DiskSuite, a_lock_is_on_the_folder_that_is_there_now) {
  constexpr std::chrono::milliseconds none{0};
  auto before = disk.lock_directory(root / "a", disk::LockKind::exclusive, none);
  ASSERT_TRUE(before);
  ASSERT_TRUE(disk.remove(root / "a"));
  auto after = disk.lock_directory(root / "a", disk::LockKind::exclusive, none);
  EXPECT_TRUE(after);
  before->reset();
  EXPECT_FALSE(disk.lock_directory(root / "a", disk::LockKind::exclusive, none));
}

TEST_P(DiskSuite, a_lock_of_another_thread_is_waited_for) {
  constexpr std::chrono::seconds patience{60};
  constexpr int threads = 4;
  constexpr int rounds = 25;
  std::atomic<int> inside{0};
  std::vector<std::thread> workers;
  workers.reserve(threads);
  for (int i = 0; i < threads; ++i) {
    workers.emplace_back([&] {
      for (int round = 0; round < rounds; ++round) {
        auto lock = disk.lock_directory(root / "a", disk::LockKind::exclusive, patience);
        ASSERT_TRUE(lock) << lock.error().message;
        // Not one step: two threads inside would lose a count.
        inside = inside.load() + 1;
        (void)disk.remove(root / "a");
      }
    });
  }
  for (auto& worker : workers) worker.join();
  EXPECT_EQ(inside, threads * rounds);
}

TEST_P(DiskSuite, temporary_names_are_hidden_beside_the_file_and_differ) {
  const auto one = disk.temporary_path(root / "2020.parquet");
  const auto two = disk.temporary_path(root / "2020.parquet");
  EXPECT_NE(one, two);
  EXPECT_EQ(one.parent_path(), root);
  EXPECT_TRUE(one.filename().string().starts_with(".2020.parquet."));
  EXPECT_TRUE(one.filename().string().ends_with(".tmp"));
}

}  // namespace hts::testing
