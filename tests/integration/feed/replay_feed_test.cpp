#include "adapters/recording/replay_feed.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <zlib.h>

#include "adapters/recording/recording_file.hpp"
#include "integration/feed/collecting_listener.hpp"
#include "integration/temporary_folder.hpp"

namespace hts::recording {
namespace {

using testing::CollectingListener;
using Told = CollectingListener::Told;

const std::string upbit_text =
    R"({"ty":"trade","cd":"KRW-BTC","tms":1730336862082,"ttms":1730336862047,"tp":1.0E8,"tv":0.5,"ab":"BID","sid":3})";

std::string binance_line(int number) {
  return std::to_string(1723161254000000000LL + number * 1'000'000LL) +
         R"( {"e":"trade","E":5,"s":"BTCUSDT","t":)" + std::to_string(number) +
         R"(,"p":"7","q":"1","T":1,"m":true,"M":true})" + "\n";
}

ports::FeedSubscription both() {
  ports::FeedSubscription subscription;
  subscription.symbols = {*market::Symbol::parse("KRW-BTC"), *market::Symbol::parse("BTCUSDT")};
  return subscription;
}

Told played(const std::string& path, double speed, std::size_t refusals = 0) {
  CollectingListener listener;
  listener.refuse(refusals);
  const auto feed = make_replay_feed({.path = path, .speed = speed});
  EXPECT_TRUE(feed->subscribe(both(), listener).ok());
  return listener.wait_until([](const Told& told) {
    if (told.statuses.empty()) return false;
    const ports::FeedState state = told.statuses.back().state;
    return state == ports::FeedState::stopped || state == ports::FeedState::disconnected;
  });
}

bool equal_trades(const Told& left, const Told& right) {
  return std::equal(left.trades.begin(), left.trades.end(), right.trades.begin(),
                    right.trades.end(), [](const auto& a, const auto& b) {
                      return a.instrument == b.instrument && a.trade == b.trade;
                    });
}

class replay_feed : public ::testing::Test {
 protected:
  std::string write(const std::string& text) {
    const std::string path = folder_.path() / "recording";
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
  testing::TemporaryFolder folder_;
};

TEST_F(replay_feed, brings_messages_of_both_exchanges_in_the_recordings_time) {
  const auto told = played(write(binance_line(1) + "\r\n" + binance_line(2) + upbit_text), 0);
  ASSERT_EQ(told.trades.size(), 3U);
  EXPECT_EQ(told.trades[0].instrument, 1U);
  EXPECT_EQ(told.trades[1].trade.sequence, 2U);
  EXPECT_EQ(told.trades[2].instrument, 0U);
  EXPECT_EQ(told.trades[2].trade.price, 1e8);
  EXPECT_EQ(told.received.back(), time::from_milliseconds(1730336862082));
  EXPECT_EQ(told.statuses.front().state, ports::FeedState::live);
  EXPECT_EQ(told.statuses.back().reason, "The recording is over.");
}

TEST_F(replay_feed, is_the_same_at_any_speed_and_whatever_is_refused) {
  std::string text;
  for (int i = 1; i <= 500; ++i) text += binance_line(i);
  const std::string path = write(text);
  const auto fast = played(path, 0);
  ASSERT_EQ(fast.trades.size(), 500U);
  EXPECT_TRUE(equal_trades(fast, played(path, 20)));
  const auto refused = played(path, 0, 30);
  EXPECT_EQ(refused.refused, 30U);
  EXPECT_TRUE(equal_trades(fast, refused));
  EXPECT_TRUE(std::is_sorted(fast.received.begin(), fast.received.end()));
}

TEST_F(replay_feed, begins_anew_with_each_subscription) {
  const std::string path = write(binance_line(1));
  const auto feed = make_replay_feed({.path = path, .speed = 0});
  for (int round = 0; round < 2; ++round) {
    CollectingListener listener;
    ASSERT_TRUE(feed->subscribe(both(), listener).ok());
    EXPECT_EQ(listener.wait_for_trades(1).trades.size(), 1U);
    feed->stop();
  }
  EXPECT_EQ(feed->figures().trades, 2U);
}

TEST_F(replay_feed, is_heard_of_when_it_is_played_whatever_time_it_tells) {
  const time::Timestamp began{std::chrono::system_clock::now()};
  CollectingListener listener;
  const auto feed = make_replay_feed({.path = write(binance_line(1)), .speed = 0});
  ASSERT_TRUE(feed->subscribe(both(), listener).ok());
  EXPECT_EQ(listener.wait_for_trades(1).trades.size(), 1U);
  EXPECT_GE(feed->figures().last_frame, began);
}

TEST_F(replay_feed, a_stop_does_not_wait_for_what_is_due_in_an_hour) {
  CollectingListener listener;
  const auto feed =
      make_replay_feed({.path = write(binance_line(1) + binance_line(3'600'000)), .speed = 1});
  ASSERT_TRUE(feed->subscribe(both(), listener).ok());
  EXPECT_EQ(listener.wait_for_trades(1).trades.size(), 1U);
  feed->stop();
  EXPECT_EQ(feed->figures().status.state, ports::FeedState::stopped);
}

TEST_F(replay_feed, what_is_known_already_comes_at_once_at_any_speed) {
  CollectingListener listener;
  const auto feed =
      make_replay_feed({.path = write(binance_line(1) + binance_line(3'600'000)), .speed = 1});
  auto subscription = both();
  subscription.after = time::Timestamp::max();
  ASSERT_TRUE(feed->subscribe(subscription, listener).ok());
  EXPECT_EQ(listener.wait_for_trades(2).trades.size(), 2U);
}

TEST_F(replay_feed, a_file_that_is_not_there_or_was_cut_off_says_so) {
  CollectingListener listener;
  const auto feed = make_replay_feed({.path = folder_.path() / "nothing"});
  EXPECT_EQ(feed->subscribe(both(), listener).error().code, result::ErrorCode::not_found);

  std::string text;
  for (int i = 1; i <= 2000; ++i) text += binance_line(i * 7919 % 100'003);
  const std::string packed = folder_.path() / "packed.gz";
  gzFile file = gzopen(packed.c_str(), "wb");
  gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
  gzclose(file);
  EXPECT_EQ(played(packed, 0).trades.size(), 2000U);
  std::filesystem::resize_file(packed, std::filesystem::file_size(packed) / 2);
  const auto told = played(packed, 0);
  EXPECT_LT(told.trades.size(), 2000U);
  EXPECT_EQ(told.statuses.back().state, ports::FeedState::disconnected);
  EXPECT_NE(told.statuses.back().reason.find("cut off"), std::string::npos)
      << told.statuses.back().reason;
}

TEST_F(replay_feed, damaged_messages_are_counted_and_passed_over) {
  CollectingListener listener;
  const auto feed = make_replay_feed(
      {.path = write("{\"e\":\"trade\"\n" + binance_line(1) + "nonsense\n" + binance_line(2)),
       .speed = 0});
  ASSERT_TRUE(feed->subscribe(both(), listener).ok());
  EXPECT_EQ(listener.wait_for_trades(2).trades.size(), 2U);
  EXPECT_EQ(feed->figures().malformed, 2U);
}

TEST(replay_pace, a_message_is_due_by_its_distance_from_the_first) {
  const time::Timestamp first{};
  const ReplayPace pace(std::chrono::seconds{5}, first, 100);
  EXPECT_EQ(pace.due(first), std::chrono::seconds{5});
  EXPECT_EQ(pace.due(first + std::chrono::seconds{50}), std::chrono::milliseconds{5500});
}

TEST(replay_recording, the_recorded_stream_is_played_whole) {
  const auto path = std::filesystem::path{HTS_SOURCE_DIR} / ".." / "shared" / "data" / "binance" /
                    "spot_btcusdt_20240808.stream.gz";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "no recording beside the checkout";
  const auto told = played(path, 0);
  ASSERT_GT(told.trades.size(), 1000U);
  for (std::size_t i = 1; i < told.trades.size(); ++i) {
    ASSERT_LT(told.trades[i - 1].trade.sequence, told.trades[i].trade.sequence);
  }
}

}  // namespace
}  // namespace hts::recording
