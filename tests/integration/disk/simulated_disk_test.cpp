#include "adapters/simulation/simulated_disk.hpp"

#include <cerrno>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../disk_suite.hpp"
#include "adapters/disk/disk_error.hpp"
#include "adapters/disk/durable.hpp"

namespace hts::testing {
namespace {

using disk::OpenMode;
using simulation::SimulatedDisk;
using ::testing::HasSubstr;

class SimulatedFolder final : public DiskUnderTest {
 public:
  SimulatedFolder() {
    if (!disk_.make_directories(folder())) throw std::runtime_error("no folder");
  }
  disk::Disk& disk() override { return disk_; }
  std::filesystem::path folder() const override { return "/data/test"; }

 private:
  SimulatedDisk disk_{1};
};

INSTANTIATE_TEST_SUITE_P(Simulated, DiskSuite, ::testing::Values([] {
                           return std::unique_ptr<DiskUnderTest>{new SimulatedFolder};
                         }));

std::span<const std::byte> bytes(std::string_view text) {
  return std::as_bytes(std::span{text});
}

std::string text_of(disk::Disk& disk, const std::filesystem::path& path) {
  const auto text = disk::read_text(disk, path);
  return text ? *text : "(" + text.error().message + ")";
}

/// What `look` finds after a power failure that follows `work`, over many seeds.
template <class Work, class Look>
std::set<std::string> outcomes(Work work, Look look) {
  std::set<std::string> found;
  constexpr std::uint64_t seeds = 400;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    SimulatedDisk disk{seed};
    work(disk);
    disk.crash();
    disk.reboot();
    found.insert(look(disk));
  }
  return found;
}

std::string names_in_root(SimulatedDisk& disk) {
  std::string names;
  const auto entries = disk.list("/");
  EXPECT_TRUE(entries);
  for (const auto& entry : *entries) names += entry.name + " ";
  return names;
}

TEST(SimulatedDisk, what_is_synced_with_its_name_survives) {
  const auto found = outcomes(
      [](SimulatedDisk& disk) {
        ASSERT_TRUE(disk.make_directories("/a/b"));
        ASSERT_TRUE(disk::write_synced(disk, "/a/b/file", std::string(2000, 'x')));
        for (const char* folder : {"/a/b", "/a", "/"}) ASSERT_TRUE(disk.sync_directory(folder));
      },
      [](SimulatedDisk& disk) { return text_of(disk, "/a/b/file"); });
  EXPECT_EQ(found, std::set{std::string(2000, 'x')});
}

TEST(SimulatedDisk, a_synced_file_without_a_synced_name_is_there_or_not) {
  const auto found =
      outcomes([](SimulatedDisk& disk) { ASSERT_TRUE(disk::write_synced(disk, "/file", "text")); },
               names_in_root);
  EXPECT_EQ(found, (std::set<std::string>{"", "file "}));
}

TEST(SimulatedDisk, a_name_without_its_folders_name_is_lost_with_it) {
  const auto found = outcomes(
      [](SimulatedDisk& disk) {
        ASSERT_TRUE(disk.make_directories("/new"));
        ASSERT_TRUE(disk::write_synced(disk, "/new/file", "text"));
        ASSERT_TRUE(disk.sync_directory("/new"));
      },
      names_in_root);
  EXPECT_EQ(found, (std::set<std::string>{"", "new "}));
}

TEST(SimulatedDisk, an_unsynced_change_is_kept_lost_or_torn_between_sectors) {
  const std::string before(1024, 'a');
  const std::string after(1024, 'b');
  const auto found = outcomes(
      [&](SimulatedDisk& disk) {
        ASSERT_TRUE(disk::write_synced(disk, "/file", before));
        ASSERT_TRUE(disk.sync_directory("/"));
        auto file = disk.open("/file", OpenMode::update);
        ASSERT_TRUE(file);
        ASSERT_TRUE((*file)->write_at(0, bytes(after)));
      },
      [](SimulatedDisk& disk) { return text_of(disk, "/file"); });
  EXPECT_EQ(found, (std::set{before, after, before.substr(512) + after.substr(512),
                             after.substr(512) + before.substr(512)}));
}

TEST(SimulatedDisk, a_partial_sector_is_changed_as_a_whole) {
  const auto found = outcomes(
      [](SimulatedDisk& disk) {
        ASSERT_TRUE(disk::write_synced(disk, "/file", "one two three"));
        ASSERT_TRUE(disk.sync_directory("/"));
        auto file = disk.open("/file", OpenMode::update);
        ASSERT_TRUE((*file)->write_at(4, bytes("TWO")));
        ASSERT_TRUE((*file)->write_at(8, bytes("THREE")));
      },
      [](SimulatedDisk& disk) { return text_of(disk, "/file"); });
  EXPECT_EQ(found, (std::set<std::string>{"one two three", "one TWO THREE"}));
}

TEST(SimulatedDisk, unsynced_growth_leaves_any_size_and_never_changes_what_was_synced) {
  const auto found = outcomes(
      [](SimulatedDisk& disk) {
        ASSERT_TRUE(disk::write_synced(disk, "/file", "synced"));
        ASSERT_TRUE(disk.sync_directory("/"));
        auto file = disk.open("/file", OpenMode::update);
        ASSERT_TRUE((*file)->write_at(6, bytes(std::string(600, 'x'))));
      },
      [](SimulatedDisk& disk) {
        const std::string text = text_of(disk, "/file");
        EXPECT_EQ(text.substr(0, 6), "synced");
        return std::to_string(text.size());
      });
  EXPECT_TRUE(found.contains("6"));
  EXPECT_TRUE(found.contains("606"));
  EXPECT_GT(found.size(), 20U);
}

TEST(SimulatedDisk, an_unsynced_cut_is_done_or_not_done) {
  const std::string before(1500, 'a');
  const auto found = outcomes(
      [&](SimulatedDisk& disk) {
        ASSERT_TRUE(disk::write_synced(disk, "/file", before));
        ASSERT_TRUE(disk.sync_directory("/"));
        auto file = disk.open("/file", OpenMode::update);
        ASSERT_TRUE((*file)->truncate(700));
      },
      [](SimulatedDisk& disk) { return text_of(disk, "/file"); });
  EXPECT_EQ(found, (std::set{before, before.substr(800)}));
}

TEST(SimulatedDisk, a_rename_without_a_folder_sync_is_done_or_undone_never_half) {
  const auto found = outcomes(
      [](SimulatedDisk& disk) {
        ASSERT_TRUE(disk::write_synced(disk, "/file", "old"));
        ASSERT_TRUE(disk::write_synced(disk, "/temporary", "new"));
        ASSERT_TRUE(disk.sync_directory("/"));
        ASSERT_TRUE(disk.rename("/temporary", "/file"));
      },
      [](SimulatedDisk& disk) { return names_in_root(disk) + text_of(disk, "/file"); });
  EXPECT_EQ(found, (std::set<std::string>{"file new", "file temporary old"}));
}

TEST(SimulatedDisk, changes_of_one_name_keep_their_order_and_others_have_none) {
  const auto found = outcomes(
      [](SimulatedDisk& disk) {
        for (const char* name : {"/1", "/2"}) ASSERT_TRUE(disk.make_directories(name));
        ASSERT_TRUE(disk.rename("/1", "/3"));
      },
      names_in_root);
  EXPECT_EQ(found, (std::set<std::string>{"", "1 ", "2 ", "3 ", "1 2 ", "2 3 "}));
}

TEST(SimulatedDisk, a_removal_without_a_folder_sync_may_be_undone_with_the_content) {
  const auto found = outcomes(
      [](SimulatedDisk& disk) {
        ASSERT_TRUE(disk::write_synced(disk, "/file", "text"));
        ASSERT_TRUE(disk.sync_directory("/"));
        ASSERT_TRUE(disk.remove("/file"));
        EXPECT_FALSE(*disk.exists("/file"));
      },
      [](SimulatedDisk& disk) { return *disk.exists("/file") ? text_of(disk, "/file") : "gone"; });
  EXPECT_EQ(found, (std::set<std::string>{"gone", "text"}));
}

TEST(SimulatedDisk, what_a_failed_sync_lost_stays_lost_until_it_is_written_again) {
  const auto work = [](SimulatedDisk& disk, bool writes_again) {
    ASSERT_TRUE(disk::write_synced(disk, "/file", "old"));
    ASSERT_TRUE(disk.sync_directory("/"));
    auto file = disk.open("/file", OpenMode::update);
    ASSERT_TRUE((*file)->write_at(0, bytes("new")));
    disk.fail_after(0, EIO);
    EXPECT_FALSE((*file)->sync());
    EXPECT_EQ(text_of(disk, "/file"), "new");
    if (writes_again) {
      ASSERT_TRUE((*file)->write_at(0, bytes("new")));
    }
    ASSERT_TRUE((*file)->sync());
  };
  const auto look = [](SimulatedDisk& disk) { return text_of(disk, "/file"); };
  EXPECT_EQ(outcomes([&](SimulatedDisk& disk) { work(disk, false); }, look),
            (std::set<std::string>{"new", "old"}));
  EXPECT_EQ(outcomes([&](SimulatedDisk& disk) { work(disk, true); }, look),
            (std::set<std::string>{"new"}));
}

TEST(SimulatedDisk, without_power_every_call_fails) {
  SimulatedDisk disk{1};
  ASSERT_TRUE(disk::write_synced(disk, "/file", "text"));
  ASSERT_TRUE(disk.sync_directory("/"));
  auto file = disk.open("/file", OpenMode::update);
  auto lock = disk.lock_directory("/", disk::LockKind::exclusive, {});
  ASSERT_TRUE(lock);
  const auto before = disk.operations();
  disk.crash();
  EXPECT_TRUE(disk.crashed());
  std::array<std::byte, 4> buffer{};
  const auto open_file_fails = [&] {
    EXPECT_FALSE((*file)->read_at(0, buffer));
    EXPECT_FALSE((*file)->write_at(0, buffer));
    EXPECT_FALSE((*file)->truncate(0));
    EXPECT_FALSE((*file)->sync());
    EXPECT_FALSE((*file)->size());
  };
  open_file_fails();
  EXPECT_FALSE(disk.make_directories("/a"));
  EXPECT_FALSE(disk.make_directories("/"));
  EXPECT_FALSE(disk.check_writable("/"));
  EXPECT_FALSE(disk.exists("/file"));
  EXPECT_FALSE(disk.file_size("/file"));
  EXPECT_FALSE(disk.list("/"));
  EXPECT_FALSE(disk.open("/file", OpenMode::read));
  EXPECT_FALSE(disk.sync_file("/file"));
  EXPECT_FALSE(disk.sync_directory("/"));
  EXPECT_FALSE(disk.rename("/file", "/x"));
  EXPECT_FALSE(disk.remove("/file"));
  EXPECT_FALSE(disk.remove_all("/file"));
  const auto refused = disk.lock_directory("/a", disk::LockKind::shared, std::chrono::hours{1});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, result::ErrorCode::storage);
  EXPECT_EQ(disk.operations(), before);

  disk.reboot();
  EXPECT_FALSE(disk.crashed());
  open_file_fails();
  EXPECT_EQ(text_of(disk, "/file"), "text");
  // Locks died with the machine, and an old one takes no new one with it.
  auto again = disk.lock_directory("/", disk::LockKind::exclusive, {});
  ASSERT_TRUE(again);
  lock->reset();
  EXPECT_FALSE(disk.lock_directory("/", disk::LockKind::exclusive, {}));
}

TEST(SimulatedDisk, the_power_fails_at_the_ordered_operation) {
  for (std::uint64_t operations = 0; operations < 4; ++operations) {
    SimulatedDisk disk{operations};
    disk.crash_after(operations);
    for (std::uint64_t i = 0; i < operations; ++i) {
      EXPECT_TRUE(disk.make_directories("/" + std::to_string(i)));
    }
    EXPECT_FALSE(disk.crashed());
    const auto failed = disk.make_directories("/last");
    ASSERT_FALSE(failed);
    EXPECT_THAT(failed.error().message, HasSubstr("power failed"));
    EXPECT_TRUE(disk.crashed());
    EXPECT_EQ(disk.operations(), operations + 1);
  }
}

TEST(SimulatedDisk, an_ordered_error_strikes_once) {
  SimulatedDisk disk{1};
  disk.fail_after(1, ENOSPC);
  EXPECT_TRUE(disk.make_directories("/a"));
  const auto failed = disk.make_directories("/b");
  ASSERT_FALSE(failed);
  EXPECT_TRUE(disk::is_disk_full(failed.error()));
  EXPECT_FALSE(*disk.exists("/b"));
  EXPECT_TRUE(disk.make_directories("/b"));
}

TEST(SimulatedDisk, a_short_write_leaves_its_beginning_and_is_an_error) {
  const std::string whole = "0123456789";
  std::set<std::string> left;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    SimulatedDisk disk{seed};
    disk.set_faults({.error_rate = 0, .short_write_rate = 1, .crash_rate = 0});
    auto file = disk.open("/file", OpenMode::write_new);
    ASSERT_TRUE(file);
    const auto written = (*file)->write_at(0, bytes(whole));
    ASSERT_FALSE(written);
    EXPECT_TRUE(disk::is_disk_full(written.error()));
    const std::string text = text_of(disk, "/file");
    EXPECT_EQ(text, whole.substr(0, text.size()));
    left.insert(text);
  }
  EXPECT_EQ(left.size(), whole.size());
  EXPECT_FALSE(left.contains(whole));
}

TEST(SimulatedDisk, faults_come_at_their_rates) {
  SimulatedDisk disk{5};
  disk.set_faults({.error_rate = 0.25, .short_write_rate = 0, .crash_rate = 0});
  int failed = 0;
  int full = 0;
  for (int i = 0; i < 2000; ++i) {
    const auto made = disk.make_directories("/" + std::to_string(i));
    failed += made ? 0 : 1;
    full += !made && disk::is_disk_full(made.error()) ? 1 : 0;
  }
  EXPECT_NEAR(failed, 500, 100);
  EXPECT_NEAR(full, 250, 80);
}

/// A mixture of everything, with faults and power failures.
std::uint64_t hash_after_a_storm(std::uint64_t seed) {
  SimulatedDisk disk{seed};
  disk.set_faults({.error_rate = 0.05, .short_write_rate = 0.05, .crash_rate = 0.01});
  for (int i = 0; i < 300; ++i) {
    const std::string name = "/" + std::to_string(i % 7);
    (void)disk.make_directories(name);
    (void)disk::write_synced(disk, name + "/a", std::string(static_cast<std::size_t>(i) * 9, 'x'));
    const auto temporary = disk.temporary_path(name + "/b");
    if (auto file = disk.open(temporary, OpenMode::write_new)) {
      (void)(*file)->write_at(static_cast<std::uint64_t>(i), bytes(name));
    }
    (void)disk.rename(temporary, name + "/b");
    if (i % 3 == 0) (void)disk.sync_directory(name);
    if (i % 5 == 0) (void)disk.remove_all(name);
    if (disk.crashed()) disk.reboot();
  }
  return disk.content_hash();
}

TEST(SimulatedDisk, the_same_seed_and_calls_give_the_same_content) {
  std::set<std::uint64_t> hashes;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto hash = hash_after_a_storm(seed);
    EXPECT_EQ(hash_after_a_storm(seed), hash);
    hashes.insert(hash);
  }
  EXPECT_EQ(hashes.size(), 20U);
}

}  // namespace
}  // namespace hts::testing
