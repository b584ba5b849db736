#include "adapters/credentials/url_password.hpp"

#include <array>
#include <cstdio>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

namespace hts::credentials {
namespace {

TEST(UrlPassword, an_address_is_shown_without_its_password) {
  EXPECT_EQ(without_password("postgresql://user:secret@host:5432/db?sslmode=require"),
            "postgresql://user@host:5432/db?sslmode=require");
  EXPECT_EQ(without_password("redis://:secret@host"), "redis://@host");
  EXPECT_EQ(without_password("postgresql://host/db?user=me&password=secret&x=1"),
            "postgresql://host/db?user=me&password=***&x=1");
  EXPECT_EQ(without_password("postgresql://host/db?sslpassword=secret&password=secret"),
            "postgresql://host/db?sslpassword=***&password=***");
}

TEST(UrlPassword, what_has_no_password_is_shown_as_it_is) {
  for (const char* text :
       {"", "sqlite", "sqlite:./state/results.sqlite", "postgresql://host:5432/db",
        "postgresql://user@host:5432/db", "a:b@c", "password=x"}) {
    EXPECT_EQ(without_password(text), text);
  }
}

TEST(UrlPassword, a_password_that_was_not_encoded_is_left_out_whole) {
  for (const char* text : {"postgresql://user:se/c@r?e#t@host/db", "postgresql://user:se@cret@host",
                           "postgresql://user:se?cret@host"}) {
    const std::string shown = without_password(text);
    EXPECT_EQ(shown.find("cret"), std::string::npos) << shown;
    EXPECT_NE(shown.find("host"), std::string::npos) << shown;
  }
}

TEST(UrlPassword, arguments_lose_their_passwords_and_keep_their_length) {
  std::string program = "hts";
  std::string option = "--results.url=postgresql://user:secret@host/db";
  std::string query = "postgresql://host/db?password=secret&sslpassword=other";
  std::string other = "--description=a:b@c";
  std::array<char*, 4> arguments = {program.data(), option.data(), query.data(), other.data()};
  hide_passwords(static_cast<int>(arguments.size()), arguments.data());
  EXPECT_EQ(program, "hts");
  EXPECT_EQ(option, "--results.url=postgresql://user:******@host/db");
  EXPECT_EQ(query, "postgresql://host/db?password=******&sslpassword=*****");
  EXPECT_EQ(other, "--description=a:b@c");
}

TEST(UrlPassword, a_password_file_gives_its_first_line) {
  const std::string path = ::testing::TempDir() + "hts_password_file";
  std::ofstream(path) << "se cret\r\nmore\n";
  EXPECT_EQ(*read_password_file(path), "se cret");
  std::ofstream(path) << "\n";
  EXPECT_FALSE(read_password_file(path));
  std::remove(path.c_str());
  const auto missing = read_password_file(path);
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message.find(path), std::string::npos);
}

}  // namespace
}  // namespace hts::credentials
