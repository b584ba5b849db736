#include "adapters/journal/journal_writer.hpp"

#include <atomic>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/journal/journal_reader.hpp"
#include "memory_disk.hpp"

namespace hts::journal {
namespace {

using ::testing::HasSubstr;

struct Journal {
  std::shared_ptr<testing::MemoryDisk> disk = std::make_shared<testing::MemoryDisk>();
  WriterOptions options;
  time::Timestamp now = time::from_milliseconds(1'700'000'000'000);

  Journal() {
    options.folder = "j";
    options.now = [this] { return now; };
  }
  std::unique_ptr<JournalWriter> open() {
    SegmentHeader header;
    header.program = "hts test";
    header.seed = 5;
    auto writer = JournalWriter::open(disk, options, header);
    EXPECT_TRUE(writer.ok());
    return std::move(writer).value();
  }
  /// Everything in the folder: records as they are, headers as "header SESSION.SEGMENT+RECORDS",
  /// gaps as "gap N".
  std::vector<std::string> contents() {
    std::vector<std::string> all;
    const auto segments = list_segments(*disk, "j");
    for (const SegmentFile& segment : *segments) {
      auto reader = SegmentReader::open(*disk, segment.path);
      while (const auto record = reader->next()) {
        if (const auto header = decode_segment_header(record->payload)) {
          all.push_back("header " + std::to_string(header->session) + "." +
                        std::to_string(header->segment) + "+" + std::to_string(header->records));
        } else if (const auto gap = decode_gap(record->payload)) {
          all.push_back("gap " + std::to_string(gap->records));
        } else {
          all.emplace_back(record->payload);
        }
      }
      if (reader->damage()) all.emplace_back(name_of(reader->damage()->kind));
    }
    return all;
  }
};

/// A payload of kind "command".
std::string record(int number) {
  return std::string("\x92\x02\xcd") + static_cast<char>(number / 256) +
         static_cast<char>(number % 256);
}

class JournalWriters : public ::testing::TestWithParam<Fsync> {};
INSTANTIATE_TEST_SUITE_P(Policies, JournalWriters,
                         ::testing::Values(Fsync::always, Fsync::interval, Fsync::none));

TEST_P(JournalWriters, keep_every_record_in_order) {
  for (const bool threaded : {true, false}) {
    Journal journal;
    journal.options.fsync = GetParam();
    journal.options.threaded = threaded;
    std::vector<std::string> expected = {"header 1.0+0"};
    {
      const auto writer = journal.open();
      for (int i = 0; i < 2'000; ++i) {
        EXPECT_EQ(writer->append(record(i)), static_cast<std::uint64_t>(i) + 1);
        expected.push_back(record(i));
      }
      EXPECT_TRUE(writer->drain());
      EXPECT_EQ(journal.contents(), expected);
      EXPECT_EQ(writer->figures().backlog_bytes, 0U);
      EXPECT_EQ(writer->figures().records, 2'000U);
    }
    EXPECT_EQ(journal.contents(), expected);
  }
}

TEST(JournalWriter, tells_that_a_record_is_durable_only_after_an_fsync) {
  Journal journal;
  journal.options.fsync = Fsync::always;
  const auto writer = journal.open();
  const std::uint64_t number = writer->append(record(1));
  std::promise<std::uint64_t> syncs;
  writer->when_durable(number, [&] { syncs.set_value(journal.disk->syncs()); });
  EXPECT_GE(syncs.get_future().get(), 1U);
}

TEST(JournalWriter, without_a_thread_syncs_by_the_clock_it_is_given) {
  Journal journal;
  journal.options.threaded = false;
  journal.options.fsync = Fsync::interval;
  time::Timestamp now = time::from_milliseconds(1'577'836'800'000);
  journal.options.now = [&now] { return now; };
  const auto writer = journal.open();
  const auto before = journal.disk->syncs();
  for (int i = 0; i < 1'000; ++i) writer->append(record(i));
  EXPECT_EQ(journal.disk->syncs(), before);
  now += journal.options.fsync_interval;
  for (int i = 0; i < 1'000; ++i) writer->append(record(i));
  EXPECT_EQ(journal.disk->syncs(), before + 1);
}

TEST(JournalWriter, begins_a_session_of_its_own_at_every_start) {
  Journal journal;
  journal.open()->append(record(1));
  journal.open()->append(record(2));
  EXPECT_EQ(journal.contents(),
            (std::vector<std::string>{"header 1.0+0", record(1), "header 2.0+0", record(2)}));
}

TEST(JournalWriter, goes_on_in_a_new_segment_when_one_is_full) {
  Journal journal;
  journal.options.threaded = false;
  journal.options.segment_bytes = 120;
  const auto writer = journal.open();
  for (int i = 0; i < 30; ++i) writer->append(record(i));
  const auto segments = list_segments(*journal.disk, "j");
  EXPECT_GT(segments->size(), 2U);
  std::vector<std::string> records;
  std::uint64_t headers = 0;
  for (const std::string& found : journal.contents()) {
    if (found.starts_with("header")) {
      EXPECT_EQ(found,
                "header 1." + std::to_string(headers++) + "+" + std::to_string(records.size()));
    } else {
      records.push_back(found);
    }
  }
  EXPECT_EQ(records.size(), 30U);
}

TEST(JournalWriter, removes_the_oldest_segments_over_the_size_to_keep) {
  Journal journal;
  journal.options.threaded = false;
  journal.options.segment_bytes = 120;
  journal.options.keep_bytes = 400;
  const auto writer = journal.open();
  for (int i = 0; i < 200; ++i) writer->append(record(i));
  const auto segments = list_segments(*journal.disk, "j");
  std::uint64_t total = 0;
  for (const SegmentFile& segment : *segments) total += *journal.disk->file_size(segment.path);
  EXPECT_LE(total, 400U + 120U + 13U);
  EXPECT_GE(segments->size(), 2U);
  EXPECT_EQ(journal.contents().back(), record(199));
}

TEST(JournalWriter, removes_segments_that_ended_too_long_ago) {
  Journal journal;
  journal.options.keep_age = std::chrono::hours{48};
  journal.open()->append(record(1));
  journal.now += std::chrono::hours{24};
  journal.open()->append(record(2));
  journal.now += std::chrono::hours{47};
  EXPECT_EQ(journal.contents().size(), 4U);
  (void)journal.open();
  // The first ended with the second's start, 47 hours ago.
  EXPECT_EQ(journal.contents().size(), 5U);
  journal.now += std::chrono::hours{2};
  (void)journal.open();
  EXPECT_EQ(journal.contents(),
            (std::vector<std::string>{"header 2.0+0", record(2), "header 3.0+0", "header 4.0+0"}));
}

TEST(JournalWriter, writes_what_waited_once_a_full_disk_has_room_again) {
  Journal journal;
  journal.options.threaded = false;
  std::vector<std::string> health;
  journal.options.on_health = [&](std::string_view problem) { health.emplace_back(problem); };
  const auto writer = journal.open();
  writer->append(record(1));
  journal.disk->fail_writes(true);
  writer->append(record(2));
  writer->append(record(3));
  EXPECT_THAT(writer->figures().problem, HasSubstr("no space left"));
  EXPECT_GT(writer->figures().backlog_bytes, 0U);
  journal.disk->fail_writes(false);
  writer->append(record(4));
  EXPECT_TRUE(writer->drain());
  EXPECT_EQ(writer->figures().problem, "");
  EXPECT_EQ(journal.contents(),
            (std::vector<std::string>{"header 1.0+0", record(1), record(2), record(3), record(4)}));
  ASSERT_EQ(health.size(), 2U);
  EXPECT_THAT(health[0], HasSubstr("no space left"));
  EXPECT_EQ(health[1], "");
}

TEST(JournalWriter, resumes_by_itself_with_a_thread) {
  Journal journal;
  journal.options.retry_after = std::chrono::milliseconds{1};
  std::promise<void> broken;
  std::promise<void> whole;
  journal.options.on_health = [&](std::string_view problem) {
    (problem.empty() ? whole : broken).set_value();
  };
  const auto writer = journal.open();
  journal.disk->fail_writes(true);
  writer->append(record(1));
  broken.get_future().wait();
  journal.disk->fail_writes(false);
  whole.get_future().wait();
  EXPECT_EQ(journal.contents(), (std::vector<std::string>{"header 1.0+0", record(1)}));
}

TEST(JournalWriter, says_in_a_gap_how_many_records_a_slow_disk_lost) {
  Journal journal;
  journal.options.threaded = false;
  journal.options.backlog_bytes = 40;
  const auto writer = journal.open();
  journal.disk->fail_writes(true);
  for (int i = 0; i < 10; ++i) writer->append(record(i));
  const std::uint64_t lost = writer->figures().lost_records;
  EXPECT_GT(lost, 0U);
  journal.disk->fail_writes(false);
  EXPECT_TRUE(writer->drain());
  EXPECT_TRUE(writer->drain());
  writer->append(record(10));
  std::vector<std::string> expected = {"header 1.0+0"};
  for (int i = 0; i < 10 - static_cast<int>(lost); ++i) expected.push_back(record(i));
  expected.push_back("gap " + std::to_string(lost));
  expected.push_back(record(10));
  EXPECT_EQ(journal.contents(), expected);
}

TEST(JournalWriter, does_not_trust_a_file_whose_fsync_failed) {
  Journal journal;
  journal.options.threaded = false;
  journal.options.fsync = Fsync::always;
  const auto writer = journal.open();
  journal.disk->fail_syncs(true);
  bool told = false;
  writer->when_durable(writer->append(record(1)), [&] { told = true; });
  EXPECT_TRUE(told) << "the daemon goes on";
  EXPECT_NE(writer->figures().problem, "");
  journal.disk->fail_syncs(false);
  writer->append(record(2));
  EXPECT_EQ(writer->figures().problem, "");
  EXPECT_EQ(journal.contents(),
            (std::vector<std::string>{"header 1.0+0", record(1), "header 1.1+1", record(2)}));
}

TEST(JournalWriter, refuses_a_folder_that_cannot_be_written) {
  Journal journal;
  journal.disk->fail_writes(true);
  const auto writer = JournalWriter::open(journal.disk, journal.options, {});
  ASSERT_FALSE(writer.ok());
  EXPECT_EQ(writer.error().code, result::ErrorCode::storage);
}

}  // namespace
}  // namespace hts::journal
