#include "adapters/cli/text_table.hpp"

#include <limits>
#include <sstream>

#include <gtest/gtest.h>

namespace hts::cli {
namespace {

TEST(TextTable, pads_columns_and_aligns_numbers_right) {
  TextTable table({"name", "count"});
  table.add({"BTC_KRW", "7"});
  table.add({"X", "1,234,567"});
  table.add({"short"});
  std::ostringstream out;
  table.print(out);
  EXPECT_EQ(out.str(),
            "name         count\n"
            "------------------\n"
            "BTC_KRW          7\n"
            "X        1,234,567\n"
            "short\n");
}

TEST(TextTable, formats_numbers_for_people) {
  EXPECT_EQ(fixed(1.005, 1), "1.0");
  EXPECT_EQ(fixed(-0.1234, 3), "-0.123");
  EXPECT_EQ(fixed(std::numeric_limits<double>::quiet_NaN(), 2), "-");
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1000), "1,000");
  EXPECT_EQ(grouped(12345678), "12,345,678");
}

}  // namespace
}  // namespace hts::cli
