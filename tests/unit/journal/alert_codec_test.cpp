#include "adapters/journal/alert_codec.hpp"

#include <string>

#include <gtest/gtest.h>

namespace hts::journal {
namespace {

template <class T>
std::optional<result::Result<T>> there_and_back(const T& value) {
  return decode_result<T>(encode_result(result::Result<T>(value)));
}

ports::Alert sample_alert() {
  return {"s1:7",
          "signal",
          "info",
          "BUY \"BTC_KRW\"",
          "two\nlines",
          R"({"price": 0.1})",
          time::Timestamp{time::Duration{1'700'000'000'123'456'789}}};
}

TEST(AlertCodec, deliveries_come_back_equal) {
  ports::AlertDelivery delivery;
  delivery.number = 7;
  delivery.channel = "slack";
  delivery.alert = sample_alert();
  delivery.attempts = 3;
  delivery.not_before = time::Timestamp{time::Duration{5}};
  delivery.error = "away";
  const auto back = there_and_back(std::vector<ports::AlertDelivery>{delivery});
  ASSERT_TRUE(back && *back);
  ASSERT_EQ((*back)->size(), 1U);
  const auto& line = (*back)->front();
  EXPECT_EQ(line.number, 7U);
  EXPECT_EQ(line.channel, "slack");
  EXPECT_EQ(line.alert, sample_alert());
  EXPECT_EQ(line.attempts, 3U);
  EXPECT_EQ(line.not_before, delivery.not_before);
  EXPECT_EQ(line.error, "away");
}

TEST(AlertCodec, counts_come_back_with_and_without_an_oldest) {
  for (const auto& oldest :
       {std::optional<time::Timestamp>{}, std::optional{sample_alert().created_at}}) {
    const auto back = there_and_back(ports::AlertOutbox::Counts{4, oldest});
    ASSERT_TRUE(back && *back);
    EXPECT_EQ((*back)->waiting, 4U);
    EXPECT_EQ((*back)->oldest, oldest);
  }
}

TEST(AlertCodec, bytes_of_something_else_are_refused) {
  const auto bytes = encode_result(result::Result<ports::Alert>(sample_alert()));
  EXPECT_TRUE(decode_result<ports::Alert>(bytes));
  EXPECT_FALSE(decode_result<ports::AlertDelivery>(bytes));
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(decode_result<ports::Alert>(bytes.substr(0, length)));
  }
}

}  // namespace
}  // namespace hts::journal
