#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fake_redis.hpp"
#include "redis_store_setup.hpp"

namespace hts::redis {
namespace {

using result::ErrorCode;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

result::Error error_of(const std::string& url, const JobStoreOptions& options = {}) {
  auto opened = open_job_store(url, options);
  if (opened) return result::make_error(ErrorCode::internal, "It was opened.");
  return opened.error();
}

std::vector<std::string> warnings_of(const testing::RedisServer& server) {
  std::vector<std::string> warnings;
  JobStoreOptions options;
  options.warn = [&](const std::string& warning) { warnings.push_back(warning); };
  (void)testing::store_on(server, options);
  return warnings;
}

void expect_refused(const std::string& info, const std::string& reason) {
  testing::FakeRedis server(info);
  const result::Error error = error_of(server.url());
  EXPECT_EQ(error.field, "jobs.store");
  EXPECT_THAT(error.message, HasSubstr(reason));
  EXPECT_EQ(server.changes(), 0);
}

TEST(RedisAtStart, an_old_redis_is_refused_with_its_version) {
  expect_refused("redis_version:6.0.16\r\nredis_mode:standalone\r\n", "version 6.0.16");
  expect_refused("redis_version:5.0.3\r\n", "6.2 or later");
}

TEST(RedisAtStart, a_sentinel_is_refused_and_says_how_to_find_the_primary) {
  expect_refused("redis_version:7.0.15\r\nredis_mode:sentinel\r\n",
                 "SENTINEL GET-MASTER-ADDR-BY-NAME");
}

TEST(RedisAtStart, a_node_of_a_cluster_is_refused) {
  testing::RedisServer server({"--cluster-enabled", "yes"});
  const result::Error error = error_of(server.url());
  EXPECT_EQ(error.field, "jobs.store");
  EXPECT_THAT(error.message, HasSubstr("a node of a cluster, which is not supported"));
  EXPECT_EQ(server.command("DBSIZE"), ":0");
}

TEST(RedisAtStart, a_replica_is_refused) {
  testing::RedisServer primary;
  testing::RedisServer replica({"--replicaof", "127.0.0.1", std::to_string(primary.port())});
  const result::Error error = error_of(replica.url());
  EXPECT_EQ(error.field, "jobs.store");
  EXPECT_THAT(error.message, HasSubstr("give the address of its primary"));
}

TEST(RedisAtStart, a_key_of_another_program_is_refused_and_nothing_changed) {
  testing::RedisServer server;
  server.command("SET hts:{jobs}:leases x");
  const result::Error error = error_of(server.url());
  EXPECT_EQ(error.code, ErrorCode::invalid);
  EXPECT_EQ(error.field, "jobs.store");
  EXPECT_THAT(error.message, HasSubstr("hts:{jobs}:leases of another program"));
  EXPECT_EQ(server.command("DBSIZE"), ":1");
}

TEST(RedisAtStart, another_key_type_among_our_own_is_refused) {
  testing::RedisServer server;
  (void)testing::store_on(server);
  server.command("DEL hts:{jobs}:queue:5");
  server.command("SADD hts:{jobs}:queue:5 x");
  EXPECT_THAT(error_of(server.url()).message, HasSubstr("hts:{jobs}:queue:5 of another program"));
}

TEST(RedisAtStart, another_version_of_the_layout_is_refused) {
  testing::RedisServer server;
  server.command("SET hts:{jobs}:layout 99");
  const result::Error error = error_of(server.url());
  EXPECT_EQ(error.code, ErrorCode::invalid);
  EXPECT_THAT(error.message, HasSubstr("layout 99, here it is 1"));
  EXPECT_EQ(server.command("DBSIZE"), ":1");
}

TEST(RedisAtStart, a_wrong_password_is_refused_and_never_repeated) {
  testing::RedisServer server({"--requirepass", "right"});
  testing::TemporaryFolder folder;
  JobStoreOptions options;
  EXPECT_THAT(error_of(server.url(), options).message, HasSubstr("wants a password"));
  options.password_file = folder.path() / "password";
  EXPECT_THAT(error_of(server.url(), options).message, HasSubstr("cannot be read or is empty"));
  std::ofstream(options.password_file) << "wrong-one\n";
  const result::Error error = error_of(server.url(), options);
  EXPECT_EQ(error.code, ErrorCode::invalid);
  EXPECT_EQ(error.field, "jobs.password_file");
  EXPECT_THAT(error.message, AllOf(HasSubstr("refuses"), Not(HasSubstr("wrong-one"))));
  std::ofstream(options.password_file) << "right\n";
  EXPECT_TRUE(open_job_store(server.url(), options));
}

TEST(RedisAtStart, a_user_of_the_address_is_logged_in) {
  testing::RedisServer server;
  server.command("ACL SETUSER clerk on >secret ~* &* +@all");
  testing::TemporaryFolder folder;
  JobStoreOptions options;
  options.password_file = folder.path() / "password";
  std::ofstream(options.password_file) << "secret";
  const std::string port = std::to_string(server.port());
  EXPECT_TRUE(open_job_store("redis://clerk@127.0.0.1:" + port, options));
  EXPECT_EQ(error_of("redis://nobody@127.0.0.1:" + port, options).field, "jobs.password_file");
}

TEST(RedisAtStart, a_database_that_is_not_there_is_refused) {
  testing::RedisServer server;
  EXPECT_THAT(error_of(server.url() + "/99").message, HasSubstr("no database 99"));
}

TEST(RedisAtStart, a_server_that_cannot_be_reached_is_warned_about_and_used_once_it_is_there) {
  testing::RedisServer server;
  server.kill();
  std::vector<std::string> warnings;
  JobStoreOptions options;
  options.warn = [&](const std::string& warning) { warnings.push_back(warning); };
  const auto store = testing::store_on(server, options);
  EXPECT_THAT(warnings, ElementsAre(HasSubstr("cannot be reached")));
  const auto counts = store->counts();
  ASSERT_FALSE(counts);
  EXPECT_EQ(counts.error().code, ErrorCode::unavailable);
  server.start();
  EXPECT_TRUE(testing::becomes_true([&] { return store->counts().ok(); }));
}

TEST(RedisAtStart, what_may_lose_jobs_is_warned_about_with_the_setting_that_helps) {
  EXPECT_THAT(warnings_of(testing::RedisServer({"--appendonly", "no"})),
              ElementsAre(AllOf(HasSubstr("all jobs are lost"), HasSubstr("appendonly yes"))));
  EXPECT_THAT(warnings_of(testing::RedisServer({"--appendonly", "no", "--save", "60 1"})),
              ElementsAre(HasSubstr("keeps snapshots only")));
  EXPECT_THAT(warnings_of(testing::RedisServer({"--appendfsync", "no"})),
              ElementsAre(HasSubstr("appendfsync everysec")));
  EXPECT_THAT(warnings_of(testing::RedisServer(
                  {"--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru"})),
              ElementsAre(HasSubstr("maxmemory-policy noeviction")));
  EXPECT_THAT(warnings_of(testing::RedisServer({"--appendfsync", "always"})), IsEmpty());
}

}  // namespace
}  // namespace hts::redis
