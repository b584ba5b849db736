#include "config/wiring/feed_arrival.hpp"

#include <string>

#include <gtest/gtest.h>

#include "adapters/journal/msgpack_writer.hpp"

namespace hts::config {
namespace {

/// As a journal has it: a trade, and since there are any also quotes.
std::string batch_bytes(bool has_quotes) {
  std::string bytes;
  journal::MsgpackWriter writer(bytes);
  writer.array(has_quotes ? 6 : 5);
  writer.unsigned_integer(3);
  writer.integer(1'730'336'862'047'000'000);
  writer.array(1);
  writer.array(6);
  writer.unsigned_integer(1);
  writer.integer(1'730'336'862'046'000'000);
  writer.real(100.5);
  writer.real(2);
  writer.unsigned_integer(9);
  writer.boolean(true);
  writer.array(0);
  writer.array(0);
  if (!has_quotes) return bytes;
  writer.array(1);
  writer.array(5);
  writer.unsigned_integer(1);
  for (const double value : {100.0, 1.0, 101.0, 2.5}) writer.real(value);
  return bytes;
}

std::string read_and_written(const std::string& bytes) {
  const auto work = remake_feed_work({}, feed_batch_work, bytes);
  if (work == nullptr) return "refused";
  std::string again;
  work->encode(again);
  return again;
}

TEST(feed_arrival, a_batch_is_read_as_it_was_written_with_quotes_and_as_it_was_before_them) {
  EXPECT_EQ(read_and_written(batch_bytes(true)), batch_bytes(true));
  EXPECT_EQ(read_and_written(batch_bytes(false)), batch_bytes(false));
}

TEST(feed_arrival, damaged_bytes_are_refused) {
  const std::string whole = batch_bytes(true);
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_EQ(read_and_written(whole.substr(0, length)), "refused") << length;
  }
}

}  // namespace
}  // namespace hts::config
