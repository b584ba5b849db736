#include "adapters/journal/job_codec.hpp"

#include <string>

#include <gtest/gtest.h>

#include "adapters/journal/journaled_job_store.hpp"
#include "adapters/simulation/table_job_store.hpp"
#include "engine/runtime/port_calls.hpp"

namespace hts::journal {
namespace {

jobs::NewJob new_job() {
  jobs::NewJob job;
  job.id = {0x1122334455667788, 0x8899aabbccddeeff};
  job.kind = "backtest";
  job.request = R"({"strategy": "sma_cross"})";
  job.priority = 9;
  job.timeout = std::chrono::seconds{77};
  job.max_attempts = 5;
  job.idempotency_key = "key";
  job.created_at = time::from_milliseconds(1'700'000'000'123);
  return job;
}

jobs::JobRecord full_record() {
  jobs::JobRecord record;
  record.job = new_job();
  record.sequence = 1;
  record.state = jobs::JobState::cancelled;
  record.available_at = time::from_milliseconds(2);
  record.started_at = time::from_milliseconds(3);
  record.finished_at = time::from_milliseconds(4);
  record.claims = 5;
  record.lease = jobs::Lease{"worker", 6, time::from_milliseconds(7)};
  record.ended_token = 8;
  record.attempts = 9;
  record.lease_losses = 10;
  record.hand_backs = 11;
  record.cancel_requested = true;
  record.progress = 0.125;
  record.error = result::make_error(result::ErrorCode::timed_out, "Late.", "timeout_seconds");
  record.is_dead_letter = true;
  record.run_id = "run";
  record.output = "{}";
  record.whole = {12, 13};
  record.part_number = 14;
  record.parts = 15;
  record.open_parts = 16;
  record.joins = true;
  return record;
}

TEST(JobCodec, gives_back_every_field_of_a_record) {
  for (const auto& record : {full_record(), jobs::JobRecord{}}) {
    const std::string bytes = encode_result(result::Result<jobs::JobRecord>(record));
    const auto decoded = decode_result<jobs::JobRecord>(bytes);
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->value(), record);
    for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
      EXPECT_FALSE(decode_result<jobs::JobRecord>(bytes.substr(0, cut))) << cut;
    }
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
      std::string flipped = bytes;
      flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
      (void)decode_result<jobs::JobRecord>(flipped);
    }
  }
}

TEST(JobCodec, gives_back_what_a_batch_did) {
  ports::JobBatchResult result;
  result.submits.push_back(
      {ports::SubmitResult::conflict, {1, 2}, jobs::JobState::failed, time::from_milliseconds(3)});
  result.finishes = {jobs::FinishResult::done, jobs::FinishResult::lease_lost};
  result.heartbeats = {jobs::HeartbeatResult::cancel_requested};
  result.changed = {full_record()};
  result.claimed = {full_record(), full_record()};
  const auto decoded = decode_result<ports::JobBatchResult>(
      encode_result(result::Result<ports::JobBatchResult>(result)));
  ASSERT_TRUE(decoded);
  const ports::JobBatchResult& back = decoded->value();
  ASSERT_EQ(back.submits.size(), 1U);
  EXPECT_EQ(back.submits[0].result, ports::SubmitResult::conflict);
  EXPECT_EQ(back.submits[0].id, (jobs::JobId{1, 2}));
  EXPECT_EQ(back.submits[0].state, jobs::JobState::failed);
  EXPECT_EQ(back.finishes, result.finishes);
  EXPECT_EQ(back.heartbeats, result.heartbeats);
  EXPECT_EQ(back.changed, result.changed);
  EXPECT_EQ(back.claimed, result.claimed);
}

TEST(JobCodec, gives_back_counts_and_pages) {
  ports::JobCounts counts{1, 2, 3, 4, 5, 6, {7, 8}, time::from_milliseconds(9), {}, true};
  const auto decoded =
      decode_result<ports::JobCounts>(encode_result(result::Result<ports::JobCounts>(counts)));
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->value().queued_by_priority, counts.queued_by_priority);
  EXPECT_EQ(decoded->value().oldest_queued_at, counts.oldest_queued_at);
  EXPECT_EQ(decoded->value().next_available_at, std::nullopt);
  EXPECT_EQ(decoded->value().dead_letters, 6U);
  EXPECT_TRUE(decoded->value().paused);
  const auto page = decode_result<ports::JobPage>(
      encode_result(result::Result<ports::JobPage>(ports::JobPage{{full_record()}, 7})));
  ASSERT_TRUE(page);
  EXPECT_EQ(page->value().jobs.front(), full_record());
  EXPECT_EQ(page->value().total, 7U);
}

TEST(JobCodec, a_replayed_batch_is_answered_from_the_record_and_tells_another_batch) {
  simulation::TableJobStore table;
  JournaledJobStore recorded(&table);
  ports::JobBatch batch;
  batch.capacity = 10;
  batch.submits.push_back(new_job());
  jobs::Finish& finish = batch.finishes.emplace_back();
  finish.id = {1, 2};
  finish.token = 3;
  finish.end.emplace<jobs::HandedBack>("reason", std::chrono::seconds{1});
  batch.heartbeats.push_back({{4, 5}, 6, 0.5});
  batch.claim = ports::Claim{"worker", 2, std::chrono::seconds{30}};
  runtime::PortCalls calls;
  calls.begin_recording();
  {
    const runtime::PortCalls::Scope scope(calls);
    ASSERT_TRUE(recorded.transact(batch).ok());
  }
  JournaledJobStore replayed(nullptr);
  runtime::PortCalls again;
  again.begin_replay(calls.calls());
  {
    const runtime::PortCalls::Scope scope(again);
    const auto answer = replayed.transact(batch);
    ASSERT_TRUE(answer.ok());
    ASSERT_EQ(answer->claimed.size(), 1U);
    EXPECT_EQ(answer->claimed[0].job, new_job());
  }
  EXPECT_FALSE(again.difference());
  runtime::PortCalls other;
  other.begin_replay(calls.calls());
  {
    const runtime::PortCalls::Scope scope(other);
    batch.heartbeats[0].progress = 0.75;
    EXPECT_FALSE(replayed.transact(batch).ok());
  }
  EXPECT_TRUE(other.difference());
}

}  // namespace
}  // namespace hts::journal
