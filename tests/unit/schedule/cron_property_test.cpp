#include <array>
#include <random>
#include <string>

#include <gtest/gtest.h>

#include "engine/schedule/cron_expression.hpp"

namespace hts::schedule {
namespace {

namespace chrono = std::chrono;

/// An expression as text, and what its fields hold, told apart while it is written.
struct Written {
  std::string text;
  std::array<std::array<bool, 64>, 5> values{};
  std::array<bool, 5> star{};
};

class Writer {
 public:
  explicit Writer(std::uint64_t seed) : random_(seed) {}

  Written expression() {
    static constexpr std::array<std::pair<unsigned, unsigned>, 5> bounds = {
        {{0, 59}, {0, 23}, {1, 31}, {1, 12}, {0, 7}}};
    Written written;
    for (std::size_t i = 0; i < bounds.size(); ++i) {
      if (i > 0) written.text += ' ';
      const std::size_t begin = written.text.size();
      const unsigned items = draw(1, 3);
      for (unsigned item = 0; item < items; ++item) {
        if (item > 0) written.text += ',';
        write_item(written.text, written.values[i], bounds[i].first, bounds[i].second, i < 2);
      }
      written.star[i] = written.text[begin] == '*';
    }
    if (written.values[4][7]) written.values[4][0] = true;
    return written;
  }

  unsigned draw(unsigned lowest, unsigned highest) {
    return lowest + static_cast<unsigned>(random_() % (highest - lowest + 1));
  }
  std::mt19937_64& random() { return random_; }

 private:
  void write_item(std::string& text, std::array<bool, 64>& values, unsigned lowest,
                  unsigned highest, bool is_narrow) {
    unsigned first = lowest;
    unsigned last = highest;
    // Stars everywhere would make every minute due.
    const bool is_star = draw(0, is_narrow ? 9 : 2) == 0;
    const bool is_range = is_star || draw(0, 2) == 0;
    if (is_star) {
      text += '*';
    } else {
      first = last = draw(lowest, highest);
      text += std::to_string(first);
      if (is_range) {
        last = draw(first, highest);
        text += '-' + std::to_string(last);
      }
    }
    unsigned step = 1;
    if (is_range && draw(0, 1) == 0) {
      step = draw(1, highest);
      text += '/' + std::to_string(step);
    }
    for (unsigned value = first; value <= last; value += step) values[value] = true;
  }

  std::mt19937_64 random_;
};

bool is_due(const Written& written, time::Timestamp t, time::Duration zone) {
  const auto local = chrono::floor<chrono::minutes>(t + zone);
  const auto day = chrono::floor<chrono::days>(local);
  const chrono::year_month_day date{day};
  const auto minute = static_cast<unsigned>((local - day).count());
  const bool by_day = written.values[2][static_cast<unsigned>(date.day())];
  const bool by_weekday = written.values[4][chrono::weekday{day}.c_encoding()];
  const bool is_day =
      written.star[2] || written.star[4] ? by_day && by_weekday : by_day || by_weekday;
  return written.values[0][minute % 60] && written.values[1][minute / 60] &&
         written.values[3][static_cast<unsigned>(date.month())] && is_day;
}

TEST(CronExpression, the_next_due_minute_is_the_one_that_a_walk_over_all_minutes_finds) {
  Writer writer(20240808);
  constexpr int expressions = 150;
  constexpr int minutes_walked = 3 * 24 * 60;
  int found = 0;
  for (int i = 0; i < expressions; ++i) {
    const Written written = writer.expression();
    const auto cron = CronExpression::parse(written.text);
    if (!cron) {
      ASSERT_NE(cron.error().message.find("never be due"), std::string::npos)
          << written.text << ": " << cron.error().message;
      continue;
    }
    const time::Duration zone = i % 2 == 0 ? time::Duration{} : time::kst_offset;
    auto t = time::Timestamp{chrono::days{writer.draw(0, 60'000)}} +
             chrono::seconds{writer.draw(0, 86'399)};
    auto expected = cron->next_after(t, zone);
    ASSERT_TRUE(expected) << written.text;
    auto minute = chrono::floor<chrono::minutes>(t);
    for (int walked = 0; walked < minutes_walked; ++walked) {
      minute += chrono::minutes{1};
      const bool due = is_due(written, minute, zone);
      ASSERT_EQ(due, minute == *expected) << written.text << " at " << time::format_iso8601(minute);
      if (!due) continue;
      ++found;
      expected = cron->next_after(minute, zone);
      ASSERT_TRUE(expected) << written.text;
    }
    // What lies behind the walk is due itself.
    ASSERT_TRUE(is_due(written, *expected, zone)) << written.text;
  }
  EXPECT_GT(found, 1000);
}

TEST(CronExpression, no_text_does_more_than_be_refused) {
  static constexpr std::string_view letters = "0123456789*/-, \t@abcdefgjmnopstuw\n\0\xff";
  std::mt19937_64 random(7);
  int taken = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    const auto length = random() % 24;
    for (std::uint64_t j = 0; j < length; ++j) text += letters[random() % letters.size()];
    const auto cron = CronExpression::parse(i % 4 == 0 ? text : text + " * * * *");
    if (cron) {
      ++taken;
    } else {
      ASSERT_EQ(cron.error().field, "cron") << text;
    }
  }
  EXPECT_GT(taken, 0);
}

}  // namespace
}  // namespace hts::schedule
