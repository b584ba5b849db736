#include "adapters/cli/progress_bar.hpp"

#include <algorithm>
#include <cstdint>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

namespace hts::cli {
namespace {

TEST(progress_bar, fills_up_and_is_gone_at_the_end) {
  std::ostringstream err;
  {
    ProgressBar bar(err, true);
    bar.show("reading a.csv", 50, 100);
    EXPECT_EQ(err.str(), "\rreading a.csv [###############...............]  50%");
  }
  const std::string width(std::string{"reading a.csv [###############...............]  50%"}.size(),
                          ' ');
  EXPECT_TRUE(err.str().ends_with("\r" + width + "\r"));
}

TEST(progress_bar, is_drawn_only_when_something_changes) {
  std::ostringstream err;
  ProgressBar bar(err, true);
  for (std::uint64_t done = 0; done <= 100'000; ++done) bar.show("x", done, 100'000);
  const std::string drawn = err.str();
  EXPECT_EQ(std::count(drawn.begin(), drawn.end(), '\r'), 101);
}

TEST(progress_bar, is_silent_without_a_terminal) {
  std::ostringstream err;
  {
    ProgressBar bar(err, false);
    bar.show("x", 1, 2);
  }
  EXPECT_EQ(err.str(), "");
}

TEST(progress_bar, shows_the_amount_when_the_total_is_unknown) {
  std::ostringstream err;
  ProgressBar bar(err, true);
  bar.show("x", std::uint64_t{5} << 20U, 0);
  EXPECT_EQ(err.str(), "\rx  5 MiB");
}

TEST(progress_bar, a_shorter_line_covers_the_longer_one_before) {
  std::ostringstream err;
  ProgressBar bar(err, true);
  bar.show("longer", 0, 0);
  bar.show("x", 0, 0);
  EXPECT_TRUE(err.str().ends_with("\rx  0 MiB     "));
}

TEST(progress_bar, more_than_the_total_is_the_total_and_long_labels_keep_their_end) {
  std::ostringstream err;
  ProgressBar bar(err, true);
  bar.show(std::string(100, 'a') + "end", 7, 2);
  EXPECT_TRUE(err.str().ends_with("aend [##############################] 100%"));
  EXPECT_LT(err.str().size(), 80U);
}

}  // namespace
}  // namespace hts::cli
