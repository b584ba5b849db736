// The journal on a disk that loses power.

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "adapters/journal/journal_reader.hpp"
#include "adapters/journal/journal_writer.hpp"
#include "adapters/simulation/simulated_disk.hpp"

namespace hts::journal {
namespace {

const std::string folder = "/state/journal";

WriterOptions options_for(Fsync fsync) {
  WriterOptions options;
  options.folder = folder;
  options.fsync = fsync;
  options.threaded = false;
  options.segment_bytes = 600;
  options.now = [] { return time::from_milliseconds(1'700'000'000'000); };
  return options;
}

/// A payload that knows its number, long enough for several sectors once in a while.
std::string payload_of(std::uint64_t number) {
  std::string bytes = "\x93\x02";
  bytes += std::to_string(number);
  bytes += std::string(number % 7 == 0 ? 1'300 : 20, static_cast<char>('a' + number % 26));
  return bytes;
}

/// Appends until the power fails; how many records were told to be durable.
std::uint64_t append_until_crash(const std::shared_ptr<simulation::SimulatedDisk>& disk,
                                 Fsync fsync, std::uint64_t first, std::uint64_t& last) {
  std::uint64_t durable = 0;
  auto writer = JournalWriter::open(disk, options_for(fsync), {});
  if (!writer) return 0;
  for (std::uint64_t number = 1; number <= 30 && !disk->crashed(); ++number) {
    const std::uint64_t position = (*writer)->append(payload_of(first + number));
    last = first + number;
    (*writer)->when_durable(position, [&] {
      if ((*writer)->figures().problem.empty()) durable = position;
    });
  }
  return durable;
}

/// The records of the last session, which must be a beginning of those that were appended.
std::uint64_t read_back(simulation::SimulatedDisk& disk, std::uint64_t first) {
  const auto segments = list_segments(disk, folder);
  EXPECT_TRUE(segments.ok());
  std::uint64_t number = 0;
  bool damaged = false;
  for (const SegmentFile& segment : *segments) {
    auto reader = SegmentReader::open(disk, segment.path);
    EXPECT_TRUE(reader.ok());
    while (const auto record = reader->next()) {
      if (kind_of(record->payload) == RecordKind::segment_header) continue;
      EXPECT_FALSE(damaged) << "nothing that counts stands behind damage";
      EXPECT_EQ(record->payload, payload_of(first + ++number));
    }
    damaged = damaged || reader->damage().has_value();
  }
  return number;
}

TEST(JournalCrash, loses_no_record_that_was_told_to_be_durable) {
  std::uint64_t crashes = 0;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    for (std::uint64_t operation = 0; operation < 90; ++operation) {
      const auto disk = std::make_shared<simulation::SimulatedDisk>(seed);
      disk->crash_after(operation);
      std::uint64_t last = 0;
      const std::uint64_t durable = append_until_crash(disk, Fsync::always, 0, last);
      if (!disk->crashed()) break;
      ++crashes;
      disk->reboot();
      const std::uint64_t there = read_back(*disk, 0);
      EXPECT_GE(there, durable) << "seed " << seed << ", operation " << operation;
      EXPECT_LE(there, last);
    }
  }
  EXPECT_GT(crashes, 100U);
}

TEST(JournalCrash, begins_a_new_session_behind_whatever_a_crash_left) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const auto disk = std::make_shared<simulation::SimulatedDisk>(seed);
    disk->crash_after(seed * 2);
    std::uint64_t last = 0;
    (void)append_until_crash(disk, Fsync::none, 0, last);
    disk->reboot();
    const auto before = list_segments(*disk, folder);
    auto writer = JournalWriter::open(disk, options_for(Fsync::always), {});
    ASSERT_TRUE(writer.ok()) << writer.error().message;
    (*writer)->append(payload_of(1));
    ASSERT_TRUE((*writer)->drain());
    const auto after = list_segments(*disk, folder);
    ASSERT_EQ(after->size(), before->size() + 1) << seed;
    auto reader = SegmentReader::open(*disk, after->back().path);
    const auto first = reader->next();
    ASSERT_TRUE(first);
    const auto header = decode_segment_header(first->payload);
    ASSERT_TRUE(header);
    EXPECT_EQ(header->segment, 0U);
    const auto record = reader->next();
    ASSERT_TRUE(record);
    EXPECT_EQ(record->payload, payload_of(1));
  }
}

}  // namespace
}  // namespace hts::journal
