#include <gtest/gtest.h>

#include "../../integration/side_samples.hpp"
#include "adapters/journal/journaled_preset_store.hpp"

namespace hts::journal {
namespace {

TEST(PresetCodec, presets_and_pages_come_back_equal) {
  const ports::PresetPage page{{testing::sample_preset("a"), testing::sample_preset("한글")}, 7};
  const auto back =
      decode_result<ports::PresetPage>(encode_result(result::Result<ports::PresetPage>(page)));
  ASSERT_TRUE(back && *back);
  EXPECT_EQ((*back)->presets, page.presets);
  EXPECT_EQ((*back)->total, 7U);
}

TEST(PresetCodec, bytes_of_something_else_are_refused) {
  const auto bytes = encode_result(result::Result<ports::Preset>(testing::sample_preset("a")));
  EXPECT_TRUE(decode_result<ports::Preset>(bytes));
  EXPECT_FALSE(decode_result<ports::PresetPage>(bytes));
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(decode_result<ports::Preset>(bytes.substr(0, length)));
  }
}

}  // namespace
}  // namespace hts::journal
