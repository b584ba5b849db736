// Files that are no plugin of ours: each is refused with one sentence that says what to do.

#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "../temporary_folder.hpp"
#include "plugin_setup.hpp"

namespace hts::testing {
namespace {

namespace fs = std::filesystem;
using plugin::Isolation;

std::string refusal_of(const fs::path& file, Isolation isolation = Isolation::process) {
  const auto loaded = plugin::load_plugin(file, options_for(isolation));
  return loaded ? "loaded" : loaded.error().message;
}

TEST(PluginRefusal, says_what_is_wrong_with_a_library) {
  const std::vector<std::pair<std::string, std::string>> defects = {
      {"other_version", "is of plugin version 42 and this program takes version 1"},
      {"other_size", "its table is not"},
      {"no_entry", "has no function hts_strategy_plugin"},
      {"no_table", "gave no table"},
      {"bad_name", "name is not a-z"},
      {"no_help", "without a title or a help"},
      {"bad_range", "the parameter first, which has no range"},
      {"bad_default", "the parameter first, which has a default that is no number"},
      {"bad_type", "the parameter second of a type that does not exist"},
      {"twice", "the parameter first twice"},
  };
  for (const auto& [name, said] : defects) {
    for (const auto isolation : {Isolation::process, Isolation::none}) {
      const auto sentence = refusal_of(plugin_file(name), isolation);
      EXPECT_TRUE(sentence.starts_with("The plugin " + plugin_file(name).string())) << sentence;
      EXPECT_NE(sentence.find(said), std::string::npos) << sentence;
      EXPECT_TRUE(sentence.ends_with(".")) << sentence;
    }
  }
}

TEST(PluginRefusal, one_that_dies_while_it_is_loaded_is_refused) {
  EXPECT_NE(refusal_of(plugin_file("crash_at_load")).find("failed while it was loaded"),
            std::string::npos);
  EXPECT_NE(refusal_of(plugin_file("exit_at_load")).find("ended its process with status 0"),
            std::string::npos);
}

TEST(PluginRefusal, a_name_of_a_builtin_strategy_is_not_registered) {
  const auto registered =
      plugin::register_plugins({plugin_file("clash")}, options_for(Isolation::process));
  ASSERT_FALSE(registered);
  EXPECT_EQ(registered.error().code, result::ErrorCode::conflict);
  EXPECT_NE(registered.error().message.find("clash.so"), std::string::npos);
}

TEST(PluginRefusal, what_is_no_library_is_refused_unloaded) {
  const TemporaryFolder place;
  const auto text = place.path() / "notes.so";
  std::ofstream(text) << "not a library";
  EXPECT_NE(refusal_of(text).find("is no shared library"), std::string::npos);
  const auto empty = place.path() / "empty.so";
  std::ofstream{empty};
  EXPECT_NE(refusal_of(empty).find("is no shared library"), std::string::npos);
  EXPECT_NE(refusal_of(place.path()).find("is not a file"), std::string::npos);
  EXPECT_NE(refusal_of(place.path() / "missing.so").find("cannot be read"), std::string::npos);
}

TEST(PluginRefusal, a_library_cut_off_or_of_an_other_machine_is_a_sentence) {
  const TemporaryFolder place;
  std::ifstream file(plugin_file("rise"), std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  const auto cut = place.path() / "cut.so";
  std::ofstream(cut, std::ios::binary) << bytes.substr(0, bytes.size() / 3);
  // The system's loader may crash on it; that is its process's affair.
  const auto sentence = refusal_of(cut);
  EXPECT_TRUE(sentence.find("cannot be loaded") != std::string::npos ||
              sentence.find("failed while it was loaded") != std::string::npos)
      << sentence;
  auto foreign = bytes;
  foreign[18] = '\x53';  // e_machine
  const auto other = place.path() / "foreign.so";
  std::ofstream(other, std::ios::binary) << foreign;
  EXPECT_NE(refusal_of(other).find("cannot be loaded"), std::string::npos) << refusal_of(other);
}

TEST(PluginRefusal, what_everybody_may_write_is_not_loaded) {
  const TemporaryFolder place;
  const auto file = place.path() / "rise.so";
  fs::copy_file(plugin_file("rise"), file);
  fs::permissions(file, fs::perms::others_write, fs::perm_options::add);
  EXPECT_NE(refusal_of(file).find("may be written by everybody"), std::string::npos);
  fs::permissions(file, fs::perms::others_write, fs::perm_options::remove);
  EXPECT_EQ(refusal_of(file), "loaded");
}

TEST(PluginRefusal, a_file_that_changes_after_it_was_loaded_changes_nothing) {
  const TemporaryFolder place;
  const auto file = place.path() / "rise.so";
  fs::copy_file(plugin_file("rise"), file);
  const auto definition = plugin::load_plugin(file, options_for(Isolation::process));
  ASSERT_TRUE(definition);
  fs::remove(file);
  std::ofstream(file) << "something else";
  const auto parameters = strategies::resolve_for(*definition, {}).value();
  // Two at once: at least one of them in a process that is started now.
  auto first = definition->make(parameters);
  auto second = definition->make(parameters);
  EXPECT_EQ(first.name(), "rise");
  EXPECT_EQ(second.name(), "rise");
}

TEST(PluginRefusal, a_process_that_cannot_be_started_is_said) {
  auto options = options_for(Isolation::process);
  options.host_command = {"/nowhere/hts", "strategy-host"};
  const auto missing = plugin::load_plugin(plugin_file("rise"), options);
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message.find("No process"), std::string::npos);
  options.host_command = {"/bin/true"};
  const auto silent = plugin::load_plugin(plugin_file("rise"), options);
  ASSERT_FALSE(silent);
  EXPECT_NE(silent.error().message.find("status 0"), std::string::npos) << silent.error().message;
}

TEST(PluginRefusal, a_folder_is_its_libraries_in_order) {
  const TemporaryFolder place;
  for (const char* name : {"b.so", "a.so", "notes.txt"}) std::ofstream{place.path() / name};
  const auto files = plugin::plugins_in(place.path());
  ASSERT_TRUE(files);
  EXPECT_EQ(*files, (std::vector<fs::path>{place.path() / "a.so", place.path() / "b.so"}));
  EXPECT_FALSE(plugin::plugins_in(place.path() / "missing"));
}

}  // namespace
}  // namespace hts::testing
