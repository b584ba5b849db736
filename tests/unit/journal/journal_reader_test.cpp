#include "adapters/journal/journal_reader.hpp"

#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "memory_disk.hpp"

namespace hts::journal {
namespace {

using ::testing::HasSubstr;

const std::vector<std::string> payloads = {"\x91\x01", "\x92\x02\x05", std::string(40, 'x'),
                                           std::string("\x91\x00", 2), std::string(300, '\0')};

std::string whole_segment(std::vector<std::size_t>* record_ends = nullptr) {
  std::string bytes = make_prologue();
  if (record_ends != nullptr) record_ends->push_back(bytes.size());
  for (const std::string& payload : payloads) {
    append_record(bytes, payload);
    if (record_ends != nullptr) record_ends->push_back(bytes.size());
  }
  return bytes;
}

struct Reading {
  std::vector<std::string> records;
  std::optional<Damage> damage;
};

Reading read_all(const std::string& bytes) {
  testing::MemoryDisk disk;
  disk.put("f", bytes);
  auto reader = SegmentReader::open(disk, "f");
  Reading reading;
  while (const auto record = reader->next()) reading.records.emplace_back(record->payload);
  reading.damage = reader->damage();
  return reading;
}

/// How many records end at or before `at`.
std::size_t whole_before(const std::vector<std::size_t>& ends, std::size_t at) {
  std::size_t count = 0;
  while (count + 1 < ends.size() && ends[count + 1] <= at) ++count;
  return count;
}

void expect_prefix(const Reading& reading, std::size_t count, std::size_t at) {
  ASSERT_EQ(reading.records.size(), count) << at;
  for (std::size_t i = 0; i < count; ++i) EXPECT_EQ(reading.records[i], payloads[i]) << at;
}

TEST(JournalReader, reads_what_was_written) {
  const Reading reading = read_all(whole_segment());
  EXPECT_EQ(reading.records, payloads);
  EXPECT_FALSE(reading.damage);
}

TEST(JournalReader, reads_everything_before_a_cut_at_any_byte) {
  std::vector<std::size_t> ends;
  const std::string whole = whole_segment(&ends);
  for (std::size_t cut = 0; cut < whole.size(); ++cut) {
    const Reading reading = read_all(whole.substr(0, cut));
    const std::size_t count = whole_before(ends, cut);
    expect_prefix(reading, count, cut);
    if (cut == ends[count] && cut != 0) {
      EXPECT_FALSE(reading.damage) << cut;  // cut between records: nothing can tell
    } else {
      ASSERT_TRUE(reading.damage) << cut;
      EXPECT_EQ(reading.damage->kind, Damage::Kind::torn_tail) << cut;
      EXPECT_EQ(reading.damage->offset, cut < prologue_bytes ? 0 : ends[count]) << cut;
    }
  }
}

TEST(JournalReader, takes_zeros_behind_a_cut_for_a_torn_tail) {
  std::vector<std::size_t> ends;
  const std::string whole = whole_segment(&ends);
  for (const std::size_t end : ends) {
    const Reading reading = read_all(whole.substr(0, end) + std::string(3'000'000, '\0'));
    expect_prefix(reading, whole_before(ends, end), end);
    ASSERT_TRUE(reading.damage);
    EXPECT_EQ(reading.damage->kind, Damage::Kind::torn_tail);
    EXPECT_EQ(reading.damage->offset, end);
  }
}

TEST(JournalReader, never_accepts_a_record_with_a_flipped_bit) {
  std::vector<std::size_t> ends;
  const std::string whole = whole_segment(&ends);
  for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
    std::string bytes = whole;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
    const Reading reading = read_all(bytes);
    const std::size_t count = whole_before(ends, bit / 8);
    expect_prefix(reading, count, bit);
    ASSERT_TRUE(reading.damage) << bit;
    EXPECT_EQ(reading.damage->offset, bit / 8 < prologue_bytes ? 0 : ends[count]) << bit;
  }
}

TEST(JournalReader, names_a_version_that_it_does_not_know) {
  std::string bytes = make_prologue(7);
  append_record(bytes, payloads[0]);
  const Reading reading = read_all(bytes);
  EXPECT_TRUE(reading.records.empty());
  ASSERT_TRUE(reading.damage);
  EXPECT_EQ(reading.damage->kind, Damage::Kind::unknown_version);
  EXPECT_EQ(reading.damage->offset, 8U);
  EXPECT_THAT(reading.damage->message, HasSubstr("version 7"));
}

TEST(JournalReader, says_that_another_file_is_no_journal) {
  const Reading reading = read_all("timestamp,open,high,low,close,volume\n");
  ASSERT_TRUE(reading.damage);
  EXPECT_EQ(reading.damage->kind, Damage::Kind::not_a_journal);
}

TEST(JournalReader, reads_records_larger_than_its_buffer) {
  std::string bytes = make_prologue();
  const std::string large(5'000'000, 'l');
  append_record(bytes, "\x91\x01");
  append_record(bytes, large);
  append_record(bytes, "\x91\x02");
  const Reading reading = read_all(bytes);
  ASSERT_EQ(reading.records.size(), 3U);
  EXPECT_EQ(reading.records[1], large);
  EXPECT_FALSE(reading.damage);
}

TEST(SegmentNames, come_back_and_leave_other_files_alone) {
  const auto created = time::from_milliseconds(1'795'259'334'000);
  const std::string name = segment_name(12, created);
  EXPECT_EQ(name, "00000012-20261121T110854Z.journal");
  const auto parsed = parse_segment_name(name);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->sequence, 12U);
  EXPECT_EQ(parsed->created, created);
  for (const char* other :
       {"results.sqlite", "1-20261121T110854Z.journal", ".journal",
        "00000012-20261321T110854Z.journal", "0000001x-20261121T110854Z.journal",
        "00000012-20261121T110854Z.journal.partial"}) {
    EXPECT_FALSE(parse_segment_name(other)) << other;
  }
}

}  // namespace
}  // namespace hts::journal
