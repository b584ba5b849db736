#include "adapters/redis_streams/publish_queue.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace hts::redis_streams {
namespace {

/// A server in memory: what it has, and whether it answers.
class Server {
 public:
  result::Status publish(const std::vector<MarketPublisher::ClosedCandle>& candles,
                         const std::vector<std::string>& signals) {
    const std::lock_guard lock{mutex_};
    ++calls_;
    changed_.notify_all();
    if (is_away_) {
      return result::make_error(result::ErrorCode::unavailable, "The server is away.");
    }
    for (const auto& closed : candles) closes_.push_back(closed.candle.close);
    signals_.insert(signals_.end(), signals.begin(), signals.end());
    return result::success();
  }
  void set_away(bool is_away) {
    const std::lock_guard lock{mutex_};
    is_away_ = is_away;
  }
  void wait_for_calls(int calls) {
    std::unique_lock lock{mutex_};
    ASSERT_TRUE(changed_.wait_for(lock, std::chrono::seconds{20}, [&] { return calls_ >= calls; }));
  }
  void wait_for_closes(std::size_t count) {
    std::unique_lock lock{mutex_};
    ASSERT_TRUE(
        changed_.wait_for(lock, std::chrono::seconds{20}, [&] { return closes_.size() >= count; }));
  }
  int calls() {
    const std::lock_guard lock{mutex_};
    return calls_;
  }
  std::vector<double> closes() {
    const std::lock_guard lock{mutex_};
    return closes_;
  }
  std::vector<std::string> signals() {
    const std::lock_guard lock{mutex_};
    return signals_;
  }
  PublishQueue::Publish publishing() {
    return [this](const auto& candles, const auto& signals) {
      auto done = publish(candles, signals);
      changed_.notify_all();
      return done;
    };
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_away_ = false;
  int calls_ = 0;
  std::vector<double> closes_;
  std::vector<std::string> signals_;
};

MarketPublisher::ClosedCandle candle(double close) {
  return {market::Symbol::parse("KRW-BTC").value(),
          market::Timeframe::minute(),
          {time::Timestamp{}, 1, 1, 1, close, 1}};
}

PublishQueue::Options soon(std::size_t capacity = 100) {
  PublishQueue::Options options;
  options.capacity = capacity;
  options.pause = std::chrono::milliseconds{1};
  return options;
}

TEST(PublishQueue, tells_candles_and_signals_in_their_order) {
  Server server;
  {
    PublishQueue queue{server.publishing(), soon()};
    queue.add_signal("{}");
    for (int i = 1; i <= 3; ++i) queue.add(candle(i));
    server.wait_for_closes(3);
  }
  EXPECT_EQ(server.closes(), (std::vector<double>{1, 2, 3}));
  EXPECT_EQ(server.signals(), std::vector<std::string>{"{}"});
}

TEST(PublishQueue, tries_again_while_the_server_is_away_and_notes_it_once) {
  Server server;
  server.set_away(true);
  std::mutex mutex;
  std::vector<bool> notes;
  PublishQueue::Options options = soon();
  options.note = [&](bool is_problem, const std::string&) {
    const std::lock_guard lock{mutex};
    notes.push_back(is_problem);
  };
  {
    PublishQueue queue{server.publishing(), options};
    queue.add(candle(1));
    server.wait_for_calls(3);
    EXPECT_FALSE(queue.readings().is_reachable);
    EXPECT_EQ(queue.readings().waiting, 1U);
    server.set_away(false);
    server.wait_for_closes(1);
  }
  EXPECT_EQ(server.closes(), std::vector<double>{1});
  EXPECT_EQ(notes, (std::vector<bool>{true, false}));
}

TEST(PublishQueue, drops_and_counts_the_oldest_when_there_is_no_room) {
  Server server;
  server.set_away(true);
  PublishQueue queue{server.publishing(), soon(2)};
  for (int i = 1; i <= 5; ++i) queue.add(candle(i));
  EXPECT_EQ(queue.readings().dropped, 3U);
  EXPECT_EQ(queue.readings().waiting, 2U);
  // What was on its way while they were added has failed by then.
  server.wait_for_calls(server.calls() + 2);
  server.set_away(false);
  server.wait_for_closes(2);
  EXPECT_EQ(server.closes(), (std::vector<double>{4, 5}));
}

class FailingTail final : public ports::CandleTail {
 public:
  bool fails = false;
  result::Status append(const std::vector<ports::TailBar>&) override {
    if (fails) return result::make_error(result::ErrorCode::storage, "The disk is full.");
    return result::success();
  }
  result::Result<market::CandleSeries> load(const market::Symbol&, time::TimeRange) override {
    return market::CandleSeries{};
  }
  result::Result<std::vector<Held>> held() override { return std::vector<Held>{}; }
  result::Status drop(const market::Symbol&, time::Timestamp) override { return result::success(); }
};

TEST(PublishingTail, tells_of_candles_only_once_they_are_durable) {
  Server server;
  FailingTail below;
  PublishQueue queue{server.publishing(), soon()};
  PublishingTail tail{below, queue};
  const auto bar = [](double close) {
    const auto closed = candle(close);
    return std::vector<ports::TailBar>{{closed.candle.open_time, {{closed.symbol, closed.candle}}}};
  };
  below.fails = true;
  EXPECT_FALSE(tail.append(bar(1)));
  below.fails = false;
  EXPECT_TRUE(tail.append(bar(2)));
  server.wait_for_closes(1);
  EXPECT_EQ(server.closes(), std::vector<double>{2});
}

}  // namespace
}  // namespace hts::redis_streams
