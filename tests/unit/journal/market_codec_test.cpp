#include "adapters/journal/market_codec.hpp"

#include <chrono>

#include <gtest/gtest.h>

#include "adapters/journal/journaled_market.hpp"
#include "engine/runtime/port_calls.hpp"

namespace hts::journal {
namespace {

using runtime::PortCalls;

const market::Symbol tail_symbol = *market::Symbol::parse("BTC_KRW");
const time::Timestamp tail_start = *time::parse_iso8601("2024-08-08T12:00:00Z");

class OneMinuteTail final : public ports::CandleTail {
 public:
  int calls = 0;
  result::Status append(const std::vector<ports::TailBar>&) override {
    ++calls;
    return result::make_error(result::ErrorCode::storage, "The disk is full.");
  }
  result::Result<market::CandleSeries> load(const market::Symbol&, time::TimeRange) override {
    ++calls;
    market::CandleSeries series;
    series.push_back({tail_start, 0.1, 1e15, 1e-8, 3, 123.45678901});
    return series;
  }
  result::Result<std::vector<Held>> held() override {
    ++calls;
    return std::vector<Held>{{tail_symbol, 1, tail_start, tail_start}};
  }
  result::Status drop(const market::Symbol&, time::Timestamp) override {
    ++calls;
    return result::success();
  }
};

struct Told {
  result::Status appended = result::success();
  market::CandleSeries loaded;
  std::vector<ports::CandleTail::Held> held;
  result::Status dropped = result::success();
};

Told ask_all(ports::CandleTail& tail) {
  Told told;
  told.appended = tail.append({{tail_start, {{tail_symbol, {tail_start, 1, 2, 0.5, 1.5, 0.1}}}}});
  told.loaded = *tail.load(tail_symbol, {});
  told.held = *tail.held();
  told.dropped = tail.drop(tail_symbol, tail_start);
  return told;
}

TEST(journaled_market, a_replay_gives_what_the_tail_gave_and_does_not_need_it) {
  OneMinuteTail below;
  JournaledCandleTail recording(&below);
  PortCalls record;
  record.begin_recording();
  Told first;
  {
    const PortCalls::Scope scope(record);
    first = ask_all(recording);
  }
  EXPECT_EQ(below.calls, 4);
  ASSERT_EQ(record.calls().size(), 4U);

  JournaledCandleTail replaying(nullptr);
  PortCalls replay;
  replay.begin_replay(record.calls());
  Told again;
  {
    const PortCalls::Scope scope(replay);
    again = ask_all(replaying);
  }
  EXPECT_FALSE(replay.difference());
  EXPECT_EQ(again.appended.error().message, first.appended.error().message);
  EXPECT_EQ(again.loaded, first.loaded);
  ASSERT_EQ(again.held.size(), 1U);
  EXPECT_EQ(again.held[0].last, tail_start);
  EXPECT_TRUE(again.dropped);
}

TEST(journaled_market, other_calls_than_those_of_the_record_are_seen) {
  OneMinuteTail below;
  PortCalls record;
  record.begin_recording();
  {
    const PortCalls::Scope scope(record);
    (void)JournaledCandleTail(&below).load(tail_symbol, {});
  }
  PortCalls replay;
  replay.begin_replay(record.calls());
  {
    const PortCalls::Scope scope(replay);
    JournaledCandleTail tail(nullptr);
    EXPECT_FALSE(tail.load(tail_symbol, {tail_start, time::Timestamp::max()}));
  }
  EXPECT_TRUE(replay.difference());
}

}  // namespace
}  // namespace hts::journal
