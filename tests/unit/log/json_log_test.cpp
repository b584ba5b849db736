#include "adapters/log/json_log.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "integration/temporary_folder.hpp"

namespace hts::log {
namespace {

std::string content(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

bool tells(const std::filesystem::path& path, const std::string& message) {
  return content(path).find("\"message\":\"" + message + "\"") != std::string::npos;
}

TEST(JsonLog, goes_on_in_the_file_that_has_the_name_after_a_move) {
  const hts::testing::TemporaryFolder folder;
  const auto path = folder.path() / "hts.log";
  const auto log = JsonLog::open(path.string(), Level::info);
  ASSERT_TRUE(log) << log.error().message;
  (*log)->write(Level::info, "test", "before");
  std::filesystem::rename(path, folder.path() / "old.log");
  (*log)->write(Level::info, "test", "still the old one");
  ASSERT_TRUE((*log)->reopen());
  (*log)->write(Level::info, "test", "after");
  EXPECT_TRUE(tells(folder.path() / "old.log", "still the old one"));
  EXPECT_FALSE(tells(folder.path() / "old.log", "after"));
  EXPECT_TRUE(tells(path, "after"));
  EXPECT_EQ(content(path).find("{\"time\":\""), 0U);
}

TEST(JsonLog, writes_the_old_file_on_when_a_new_one_cannot_be_opened) {
  const hts::testing::TemporaryFolder folder;
  const auto path = folder.path() / "logs" / "hts.log";
  std::filesystem::create_directory(path.parent_path());
  const auto log = JsonLog::open(path.string(), Level::info);
  ASSERT_TRUE(log) << log.error().message;
  std::filesystem::rename(path.parent_path(), folder.path() / "moved");
  std::ofstream{path.parent_path()} << "a file where the folder was";
  const auto reopened = (*log)->reopen();
  ASSERT_FALSE(reopened);
  EXPECT_EQ(reopened.error().field, "log.file");
  (*log)->write(Level::info, "test", "nothing is lost");
  EXPECT_TRUE(tells(folder.path() / "moved" / "hts.log", "nothing is lost"));
}

TEST(JsonLog, a_level_counts_from_when_it_is_set) {
  const hts::testing::TemporaryFolder folder;
  const auto path = folder.path() / "hts.log";
  const auto log = JsonLog::open(path.string(), Level::warning);
  ASSERT_TRUE(log) << log.error().message;
  (*log)->write(Level::info, "test", "too little");
  (*log)->set_level(Level::debug);
  (*log)->write(Level::debug, "test", "enough");
  (*log)->flush();
  EXPECT_FALSE(tells(path, "too little"));
  EXPECT_TRUE(tells(path, "enough"));
}

TEST(JsonLog, a_full_file_gives_its_name_to_a_new_one_and_the_oldest_goes) {
  const hts::testing::TemporaryFolder folder;
  const auto log = JsonLog::open((folder.path() / "hts.log").string(), Level::info,
                                 {.bytes = 1000, .kept_files = 2});
  ASSERT_TRUE(log) << log.error().message;
  for (int i = 0; i < 100; ++i) (*log)->write(Level::info, "test", "line " + std::to_string(i));
  EXPECT_TRUE(tells(folder.path() / "hts.log", "line 99"));
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    ++files;
    EXPECT_LE(entry.file_size(), 1000U) << entry.path();
  }
  EXPECT_EQ(files, 3U);
}

}  // namespace
}  // namespace hts::log
