#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <msgpack.hpp>

#include "adapters/journal/format.hpp"
#include "adapters/journal/msgpack_reader.hpp"
#include "adapters/journal/msgpack_writer.hpp"

namespace hts::journal {
namespace {

const std::vector<std::int64_t> interesting_integers = {0,
                                                        1,
                                                        127,
                                                        128,
                                                        255,
                                                        256,
                                                        65'535,
                                                        65'536,
                                                        -1,
                                                        -32,
                                                        -33,
                                                        -128,
                                                        -129,
                                                        -32'768,
                                                        -32'769,
                                                        INT32_MAX,
                                                        INT32_MIN,
                                                        INT64_MAX,
                                                        INT64_MIN,
                                                        4'294'967'295,
                                                        4'294'967'296,
                                                        -2'147'483'649};

TEST(Msgpack, is_read_by_its_own_library) {
  std::string bytes;
  MsgpackWriter writer(bytes);
  const std::vector<std::size_t> sizes = {0, 1, 31, 32, 255, 256, 65'535, 65'536};
  writer.array(interesting_integers.size() + 2 * sizes.size() + 6);
  for (const std::int64_t value : interesting_integers) writer.integer(value);
  for (const std::size_t size : sizes) {
    writer.text(std::string(size, 't'));
    writer.binary(std::string(size, 'b'));
  }
  writer.nil();
  writer.boolean(true);
  writer.boolean(false);
  writer.real(-0.1);
  writer.unsigned_integer(UINT64_MAX);
  writer.array(0);

  const auto unpacked = msgpack::unpack(bytes.data(), bytes.size());
  const msgpack::object& root = unpacked.get();
  ASSERT_EQ(root.type, msgpack::type::ARRAY);
  std::size_t at = 0;
  const auto next = [&]() -> const msgpack::object& { return root.via.array.ptr[at++]; };
  for (const std::int64_t value : interesting_integers) {
    EXPECT_EQ(next().as<std::int64_t>(), value);
  }
  for (const std::size_t size : sizes) {
    EXPECT_EQ(next().as<std::string>(), std::string(size, 't'));
    const msgpack::object& binary = next();
    ASSERT_EQ(binary.type, msgpack::type::BIN);
    EXPECT_EQ(std::string(binary.via.bin.ptr, binary.via.bin.size), std::string(size, 'b'));
  }
  EXPECT_TRUE(next().is_nil());
  EXPECT_TRUE(next().as<bool>());
  EXPECT_FALSE(next().as<bool>());
  EXPECT_EQ(next().as<double>(), -0.1);
  EXPECT_EQ(next().as<std::uint64_t>(), UINT64_MAX);
  EXPECT_EQ(next().via.array.size, 0U);
  EXPECT_EQ(at, root.via.array.size);
}

TEST(Msgpack, is_as_short_as_its_own_library_writes_it) {
  for (const std::int64_t value : interesting_integers) {
    std::string own;
    MsgpackWriter(own).integer(value);
    msgpack::sbuffer theirs;
    msgpack::pack(theirs, value);
    EXPECT_EQ(own, std::string(theirs.data(), theirs.size())) << value;
  }
}

TEST(Msgpack, comes_back_bit_for_bit) {
  const std::vector<double> reals = {
      0.0, -0.0, 1.0, -0.1, 1e300, 5e-324, std::numeric_limits<double>::infinity()};
  std::string bytes;
  MsgpackWriter writer(bytes);
  for (const std::int64_t value : interesting_integers) writer.integer(value);
  for (const double value : reals) writer.real(value);
  writer.real(std::nan(""));
  writer.nil();
  writer.text("t");
  MsgpackReader reader(bytes);
  for (const std::int64_t value : interesting_integers) EXPECT_EQ(reader.integer(), value);
  for (const double value : reals) {
    const double read = reader.real();
    EXPECT_EQ(read, value);
    EXPECT_EQ(std::signbit(read), std::signbit(value));
  }
  EXPECT_TRUE(std::isnan(reader.real()));
  EXPECT_TRUE(reader.take_nil());
  EXPECT_FALSE(reader.take_nil());
  EXPECT_EQ(reader.text(), "t");
  EXPECT_TRUE(reader.finished());
}

TEST(Msgpack, that_is_cut_or_of_another_type_makes_the_reader_bad) {
  std::string bytes;
  MsgpackWriter writer(bytes);
  writer.array(2);
  writer.text("some text");
  writer.unsigned_integer(70'000);
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
    MsgpackReader reader(std::string_view(bytes).substr(0, cut));
    (void)reader.array();
    (void)reader.text();
    (void)reader.unsigned_integer();
    EXPECT_FALSE(reader.ok()) << cut;
  }
  MsgpackReader wrong(bytes);
  EXPECT_EQ(wrong.text(), "");
  EXPECT_FALSE(wrong.ok());
  EXPECT_EQ(wrong.array(), 0U);
  // An array cannot announce more values than there are bytes.
  MsgpackReader huge(std::string_view("\xdd\xff\xff\xff\xff\x01", 6));
  EXPECT_EQ(huge.array(), 0U);
  EXPECT_FALSE(huge.ok());
}

TEST(Msgpack, holds_the_headers_of_segments) {
  SegmentHeader header;
  header.program = "hts 0.1.0";
  header.session = 3;
  header.segment = 1;
  header.records = 500'000;
  header.started_at = time::from_milliseconds(1'700'000'000'123);
  header.seed = UINT64_MAX;
  header.settings_digest = "abc";
  header.settings = {{"jobs.workers", "2"}, {"data.root", "/data"}};
  const std::string bytes = encode(header);
  EXPECT_NO_THROW((void)msgpack::unpack(bytes.data(), bytes.size()));
  const auto read = decode_segment_header(bytes);
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, header);
  EXPECT_EQ(kind_of(bytes), RecordKind::segment_header);
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
    EXPECT_FALSE(decode_segment_header(std::string_view(bytes).substr(0, cut))) << cut;
  }
  const Gap gap{17, "full disk"};
  EXPECT_EQ(decode_gap(encode(gap)), gap);
  EXPECT_FALSE(decode_gap(bytes));
}

}  // namespace
}  // namespace hts::journal
