#include "config/simulation/feed.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

#include "config/wiring/candle_arrival.hpp"

namespace hts::simulation {
namespace {

using std::chrono::minutes;

constexpr std::chrono::seconds answer_deadline{30};
/// Into a minute, for a candle that is sent too early.
constexpr std::chrono::seconds latest_early{50};
/// As one page of an exchange's history.
constexpr std::size_t largest_batch = 200;

}  // namespace

Feed::Feed(const Plan& plan, Dice dice, Referee& referee, Truth& truth)
    : plan_(plan),
      dice_(dice),
      referee_(referee),
      truth_(truth),
      market_(truth.market()),
      lines_(market_.symbols().size()) {}

void Feed::meet(DaemonLife& life, Events& events) {
  life_ = &life;
  for (std::size_t symbol = 0; symbol < lines_.size(); ++symbol) {
    lines_[symbol].waiting = false;
    tick(symbol, events);
  }
}

void Feed::tick(std::size_t symbol, Events& events) {
  Line& line = lines_[symbol];
  // The next look: a little after the next minute has closed.
  const auto next = std::chrono::floor<minutes>(life_->now()) + minutes{1} +
                    dice_.between(time::Duration{0}, std::chrono::seconds{2});
  events.at(next, [this, symbol, &events, generation = generation_] {
    if (generation == generation_) tick(symbol, events);
  });

  if (dice_.chance(plan_.feed_outage_rate)) line.down = !line.down;
  if (dice_.chance(plan_.feed_early_rate)) send_early(symbol);
  if (line.down || line.waiting) return;
  const std::int64_t closed = (life_->now() - market_.begin()) / minutes{1};
  std::vector<std::int64_t> batch;
  for (const std::int64_t minute : line.missing) {
    if (batch.size() < largest_batch) batch.push_back(minute);
  }
  while (line.sent_up_to < closed && batch.size() < largest_batch)
    batch.push_back(line.sent_up_to++);
  if (batch.empty() && closed > 0 && dice_.chance(plan_.feed_repeat_rate)) {
    batch.push_back(static_cast<std::int64_t>(dice_.below(static_cast<std::size_t>(closed))));
  }
  if (!batch.empty()) send(symbol, std::move(batch));
}

void Feed::send(std::size_t symbol, std::vector<std::int64_t> minutes) {
  auto candles = std::make_shared<market::CandleSeries>();
  for (const std::int64_t minute : minutes) {
    candles->push_back(market_.minute_candle(symbol, minute));
    lines_[symbol].missing.insert(minute);
  }
  lines_[symbol].waiting = true;
  life_->runtime().enter(config::make_candle_arrival(
      life_->runtime(), life_->actors().ingest,
      {market_.symbols()[symbol], market::Timeframe::minute(), candles}, answer_deadline,
      [this, symbol, minutes,
       generation = generation_](const result::Result<ports::WriteReport>& stored) {
        if (generation != generation_) return;
        lines_[symbol].waiting = false;
        referee_.note(stored.ok() ? 1 : 2);
        if (stored.ok()) {
          truth_.candles_stored(symbol, minutes);
          for (const std::int64_t minute : minutes) lines_[symbol].missing.erase(minute);
        } else if (stored.error().code == result::ErrorCode::invalid) {
          referee_.violated("good_candle_taken",
                            "ingest refused closed candles: " + stored.error().message);
        }
      }));
}

void Feed::send_early(std::size_t symbol) {
  const std::int64_t open = (life_->now() - market_.begin()) / minutes{1};
  // What waits in a mailbox until its minute is over may be taken.
  if ((life_->now() - market_.begin()) % minutes{1} > latest_early) return;
  auto candles = std::make_shared<market::CandleSeries>();
  candles->push_back(market_.minute_candle(symbol, open));
  // The price so far is not the price at the close.
  candles->close.back() = candles->open.back();
  life_->runtime().enter(config::make_candle_arrival(
      life_->runtime(), life_->actors().ingest,
      {market_.symbols()[symbol], market::Timeframe::minute(), candles}, answer_deadline,
      [this, generation = generation_](const result::Result<ports::WriteReport>& stored) {
        if (generation == generation_ && stored.ok()) {
          referee_.violated("candle_after_close", "ingest stored a candle that had not closed yet");
        }
      }));
}

}  // namespace hts::simulation
