#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/redis/link.hpp"
#include "adapters/redis/pipeline.hpp"
#include "adapters/redis/record_codec.hpp"
#include "adapters/redis/redis_address.hpp"
#include "adapters/redis/scripts.hpp"
#include "adapters/redis/server_check.hpp"
#include "engine/jobs/job_machine.hpp"

namespace hts::redis {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::chrono_literals;

TEST(RedisAddress, has_a_host_and_may_have_user_port_and_database) {
  const auto plain = parse_address("redis://example.org");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->host, "example.org");
  EXPECT_EQ(plain->port, 6379);
  EXPECT_EQ(plain->database, 0);
  EXPECT_EQ(plain->user, "");
  const auto full = parse_address("redis://clerk@10.0.0.5:7000/3");
  ASSERT_TRUE(full);
  EXPECT_EQ(full->user, "clerk");
  EXPECT_EQ(full->text(), "10.0.0.5:7000");
  EXPECT_EQ(full->database, 3);
  EXPECT_EQ(parse_address("redis://[::1]:7000/")->text(), "[::1]:7000");
  EXPECT_EQ(parse_address("redis://[::1]")->host, "::1");
}

TEST(RedisAddress, refuses_what_it_cannot_read_and_names_the_setting) {
  for (const char* url : {"", "redis", "http://host", "redis://", "redis://:6379", "redis://h:0",
                          "redis://h:65536", "redis://h:1x", "redis://h/x", "redis://h/-1",
                          "redis://[::1", "redis://[::1]7000", "rediss://h", "redis:///3"}) {
    const auto address = parse_address(url);
    ASSERT_FALSE(address) << url;
    EXPECT_EQ(address.error().code, result::ErrorCode::invalid) << url;
    EXPECT_EQ(address.error().field, "jobs.store") << url;
  }
}

TEST(RedisAddress, refuses_a_password_and_does_not_repeat_it) {
  const auto address = parse_address("redis://clerk:hunter2@host");
  ASSERT_FALSE(address);
  EXPECT_THAT(address.error().message, HasSubstr("jobs.password_file"));
  EXPECT_THAT(address.error().message, Not(HasSubstr("hunter2")));
}

TEST(Pipeline, writes_commands_as_redis_reads_them) {
  Pipeline pipeline;
  pipeline.add({"SET", "k", "a\r\nb"});
  pipeline.begin();
  pipeline.argument("DEL");
  pipeline.argument(-7);
  pipeline.end();
  EXPECT_EQ(pipeline.size(), 2U);
  EXPECT_EQ(pipeline.command(0), "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$4\r\na\r\nb\r\n");
  EXPECT_EQ(pipeline.command(1), "*2\r\n$3\r\nDEL\r\n$2\r\n-7\r\n");
  Pipeline other;
  other.add({"PING"});
  other.append(pipeline);
  EXPECT_EQ(other.size(), 3U);
  EXPECT_EQ(other.command(2), pipeline.command(1));
  EXPECT_EQ(other.bytes(), "*1\r\n$4\r\nPING\r\n" + std::string(pipeline.bytes()));
}

TEST(Backoff, doubles_with_jitter_up_to_five_seconds_and_starts_anew) {
  Backoff backoff;
  for (int round = 0; round < 2; ++round) {
    auto most = 50ms;
    for (int failure = 0; failure < 12; ++failure) {
      const auto wait = backoff.next();
      EXPECT_LE(wait, most);
      EXPECT_GE(wait, most / 2);
      most = std::min(most * 2, std::chrono::milliseconds{5000});
    }
    backoff.reset();
  }
}

TEST(ServerInfo, is_read_by_whole_names_at_the_start_of_lines) {
  const std::string info = "# Server\r\nxredis_version:1\r\nredis_version:7.0.15\r\nrole:master";
  EXPECT_EQ(info_value(info, "redis_version"), "7.0.15");
  EXPECT_EQ(info_value(info, "role"), "master");
  EXPECT_EQ(info_value(info, "redis"), "");
  EXPECT_EQ(info_value(info, "absent"), "");
}

TEST(Scripts, are_known_by_their_sha1) {
  EXPECT_EQ(submit_script().sha1.size(), 40U);
  EXPECT_NE(submit_script().sha1, change_script().sha1);
  EXPECT_THAT(submit_script().sha1, Not(HasSubstr("-")));
}

jobs::JobRecord full_record() {
  jobs::JobRecord record;
  record.job.id = jobs::JobId{1, 2};
  record.job.kind = "sweep";
  record.job.priority = 9;
  record.job.timeout = 7s;
  record.job.max_attempts = 4;
  record.job.idempotency_key = std::string("key\0key", 7);
  record.job.created_at = time::Timestamp{123456789ns};
  record.state = jobs::JobState::running;
  record.available_at = time::Timestamp{-5ns};
  record.started_at = time::Timestamp{1ns};
  record.finished_at = time::Timestamp{2ns};
  record.claims = 1'000'000'000'000;
  record.lease = jobs::Lease{"worker of the north", 77, time::Timestamp{3ns}};
  record.ended_token = 5;
  record.attempts = 6;
  record.lease_losses = 7;
  record.hand_backs = 8;
  record.cancel_requested = true;
  record.progress = 0.1;
  record.error = result::make_error(result::ErrorCode::network, "It broke.", "field");
  record.is_dead_letter = true;
  record.run_id = "run";
  record.whole = jobs::JobId{~0ULL, 3};
  record.part_number = 9;
  record.parts = 10;
  record.open_parts = 11;
  record.joins = true;
  return record;
}

TEST(RecordCodec, gives_back_every_field) {
  const jobs::JobRecord record = full_record();
  EXPECT_EQ(decode_record(record.job.id, encode_record(record), {}), record);
  const jobs::JobRecord plain = jobs::accept({}, 0);
  EXPECT_EQ(decode_record({}, encode_record(plain), {}), plain);
}

TEST(RecordCodec, does_the_claim_that_stands_beside_the_record) {
  jobs::JobRecord record = jobs::accept({}, 0);
  const std::string bytes = encode_record(record);
  const time::Timestamp now{42s};
  jobs::claim(record, "a worker", now, 30s);
  EXPECT_EQ(decode_record({}, bytes, encode_claim("a worker", now, 30s)), record);
}

TEST(RecordCodec, refuses_bytes_that_are_cut_or_not_its_own) {
  const std::string bytes = encode_record(full_record());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(decode_record({}, std::string_view(bytes).substr(0, size), {})) << size;
  }
  EXPECT_FALSE(decode_record({}, bytes + "x", {}));
  EXPECT_FALSE(decode_record({}, bytes, "x"));
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string broken = bytes;
    broken[at] = static_cast<char>(broken[at] ^ 0x55);
    (void)decode_record({}, broken, {});
  }
}

}  // namespace
}  // namespace hts::redis
