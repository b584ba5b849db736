#include "adapters/journal/crc32c.hpp"

#include <string>

#include <gtest/gtest.h>

#include "engine/runtime/random.hpp"

namespace hts::journal {
namespace {

TEST(Crc32c, gives_the_published_check_values) {
  // RFC 3720, appendix B.4, and the catalogue's check value.
  EXPECT_EQ(crc32c("123456789"), 0xe3069283U);
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8a9136aaU);
  EXPECT_EQ(crc32c(std::string(32, '\xff')), 0x62a8ab43U);
  EXPECT_EQ(crc32c(""), 0U);
}

TEST(Crc32c, is_the_same_with_the_processors_instruction_and_with_tables) {
  std::uint64_t dice = 7;
  for (std::size_t size = 0; size < 300; ++size) {
    std::string bytes(size, '\0');
    for (char& byte : bytes) byte = static_cast<char>(runtime::detail::next_random(dice));
    EXPECT_EQ(crc32c(bytes), crc32c_portable(bytes)) << size;
    EXPECT_EQ(crc32c(bytes, 0x12345678U), crc32c_portable(bytes, 0x12345678U)) << size;
  }
}

TEST(Crc32c, of_a_text_in_parts_is_that_of_the_whole) {
  const std::string text = "a journal that is read back byte for byte";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    EXPECT_EQ(crc32c(text.substr(cut), crc32c(text.substr(0, cut))), crc32c(text));
    EXPECT_EQ(crc32c_portable(text.substr(cut), crc32c_portable(text.substr(0, cut))),
              crc32c(text));
  }
}

}  // namespace
}  // namespace hts::journal
