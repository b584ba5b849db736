#include "config/simulation/trade_feed.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <limits>

namespace hts::simulation {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr milliseconds longest_look{700};
constexpr milliseconds no_room_pause{100};
constexpr seconds longest_connect{2};
constexpr seconds longest_rest{20};
constexpr seconds longest_silence{40};
constexpr seconds longest_pause{70};
constexpr std::size_t kept_trades = 8;
/// What comes later than that after its minute may find it closed.
constexpr milliseconds in_time{1'000};
constexpr double refusal_rate = 0.3;

}  // namespace

TradeFeed::TradeFeed(const TradeMarket& market, Dice dice, Referee& referee, StreamFaults faults,
                     bool tells_candles)
    : market_(market),
      dice_(dice),
      referee_(referee),
      faults_(faults),
      tells_candles_(tells_candles) {}

void TradeFeed::meet(std::function<time::Timestamp()> now, Events& events) {
  now_ = std::move(now);
  events_ = &events;
}

void TradeFeed::part() {
  events_ = nullptr;
  stop();
}

void TradeFeed::stop() {
  // What was lost in silence is not told any more by a stream that is ended.
  if (is_silent_ && now_) impair(sent_up_to_, now_());
  forget_held();
  ++generation_;
  listener_ = nullptr;
  outgoing_.clear();
  lines_.clear();
  is_silent_ = told_stall_ = is_ending_ = false;
}

result::Status TradeFeed::subscribe(const ports::FeedSubscription& subscription,
                                    ports::FeedListener& listener) {
  stop();
  if (events_ == nullptr) return result::success();
  listener_ = &listener;
  subscription_ = subscription.number;
  for (const market::Symbol& symbol : subscription.symbols) {
    const auto found = market_.find(symbol);
    if (!found) {
      return result::make_error(result::ErrorCode::unknown_symbol, "not in this market", "symbol");
    }
    lines_.emplace_back().symbol = *found;
  }
  referee_.tell("the feed is subscribed, " + std::to_string(subscription_));
  later(dice_.between(time::Duration{0}, time::Duration{longest_connect}), &TradeFeed::connect);
  return result::success();
}

void TradeFeed::later(time::Duration pause, void (TradeFeed::*what)()) {
  events_->at(now_() + pause, [this, what, generation = generation_] {
    if (generation == generation_) (this->*what)();
  });
}

void TradeFeed::status(ports::FeedState state, const std::string& reason) {
  ports::FeedStatus status;
  status.subscription = subscription_;
  status.state = state;
  status.since = now_();
  status.reason = reason;
  if (!reason.empty()) referee_.tell("the feed: " + reason);
  listener_->on_status(status);
}

void TradeFeed::connect() {
  status(ports::FeedState::connecting, {});
  later(dice_.between(time::Duration{0}, time::Duration{longest_connect}), &TradeFeed::open);
}

void TradeFeed::open() {
  if (faults_.cut > 0 && dice_.chance(refusal_rate)) return lose("refused");
  status(ports::FeedState::live, {});
  sent_up_to_ = now_();
  is_silent_ = told_stall_ = is_ending_ = false;
  opened_at_ = sent_up_to_;
  begins_with_snapshot_ = dice_.chance(faults_.snapshot);
  for (Line& line : lines_) line.told_up_to = market_.minute_of(now_());
  later(longest_look, &TradeFeed::look);
}

void TradeFeed::lose(const std::string& reason) {
  is_silent_ = told_stall_ = is_ending_ = false;
  status(ports::FeedState::disconnected, reason);
  later(dice_.between(time::Duration{seconds{1}}, time::Duration{longest_rest}),
        &TradeFeed::connect);
}

void TradeFeed::look() {
  if (dice_.chance(faults_.silent)) {
    is_silent_ = true;
    referee_.tell("the feed falls silent");
    return later(dice_.between(time::Duration{seconds{1}}, time::Duration{longest_silence}),
                 &TradeFeed::end_silence);
  }
  if (dice_.chance(faults_.stall)) {
    referee_.tell("the feed stalls");
    const auto pause = dice_.between(time::Duration{seconds{1}}, time::Duration{longest_pause});
    if (pause > seconds{10}) {
      told_stall_ = true;
      status(ports::FeedState::stalled, "silent for a while");
    }
    return later(pause, &TradeFeed::end_stall);
  }
  if (auto batch = collect(now_()); batch) outgoing_.push_back(std::move(batch));
  if (dice_.chance(faults_.cut)) {
    is_ending_ = true;
    why_ = "cut";
  }
  flush();
}

void TradeFeed::end_silence() {
  impair(sent_up_to_, now_());
  lose("silent for too long");
}

void TradeFeed::end_stall() {
  if (std::exchange(told_stall_, false)) status(ports::FeedState::live, {});
  look();
}

/// Reads on once everything was taken.
void TradeFeed::flush() {
  while (!outgoing_.empty()) {
    if (!listener_->on_batch(outgoing_.front())) return later(no_room_pause, &TradeFeed::flush);
    delivered(*outgoing_.front());
    outgoing_.pop_front();
  }
  if (is_ending_) return lose(why_);
  later(dice_.between(time::Duration{1}, time::Duration{2 * longest_look}) / 2 + milliseconds{1},
        &TradeFeed::look);
}

TradeFeed::Batch TradeFeed::collect(time::Timestamp until) {
  auto batch = std::make_shared<ports::FeedBatch>();
  batch->subscription = subscription_;
  batch->received = until;
  for (ports::FeedInstrument i = 0; i < lines_.size(); ++i) {
    const std::int64_t last = market_.minute_of(until);
    for (std::int64_t minute = market_.minute_of(sent_up_to_); minute <= last; ++minute) {
      for (const market::Trade& trade : market_.trades(lines_[i].symbol, minute)) {
        if (trade.time > sent_up_to_ && trade.time <= until) batch->trades.push_back({i, trade});
      }
    }
    if (tells_candles_) add_candles(*batch, i, until);
  }
  if (std::exchange(begins_with_snapshot_, false)) add_snapshot(*batch);
  hold_back(*batch);
  std::ranges::stable_sort(batch->trades, {},
                           [](const ports::FeedTrade& each) { return each.trade.time; });
  sent_up_to_ = until;
  spoil(*batch);
  return batch->trades.empty() && batch->candles.empty() ? nullptr : batch;
}

void TradeFeed::add_candles(ports::FeedBatch& batch, std::size_t instrument,
                            time::Timestamp until) {
  Line& line = lines_[instrument];
  for (; market_.opens(line.told_up_to + 1) <= until; ++line.told_up_to) {
    const auto candle = market_.candle(line.symbol, line.told_up_to);
    if (!candle) continue;
    const auto id = static_cast<ports::FeedInstrument>(instrument);
    batch.candles.push_back({id, market::Timeframe::minute(), *candle, true});
    if (!dice_.chance(faults_.conflict)) continue;
    impaired_.insert({line.symbol, line.told_up_to});
    auto other = *candle;
    other.high += 1;
    batch.candles.insert(dice_.chance(0.5) ? batch.candles.end() : batch.candles.end() - 1,
                         {id, market::Timeframe::minute(), other, true});
  }
}

/// As exchanges do that tell a subscriber first what there was last: trades that came before, and
/// some that nobody was there to hear.
void TradeFeed::add_snapshot(ports::FeedBatch& batch) {
  for (ports::FeedInstrument i = 0; i < lines_.size(); ++i) {
    std::vector<market::Trade> before;
    const std::int64_t last = market_.minute_of(opened_at_);
    for (std::int64_t minute = last - 3; minute <= last; ++minute) {
      std::ranges::copy_if(market_.trades(lines_[i].symbol, minute), std::back_inserter(before),
                           [this](const auto& trade) { return trade.time <= opened_at_; });
    }
    // Of a moment ago, too: what was traded since then nobody tells.
    before.resize(before.size() - std::min(before.size(), dice_.below(3)));
    const std::size_t count = std::min(before.size(), 1 + dice_.below(4));
    for (std::size_t k = before.size() - count; k < before.size(); ++k) {
      batch.trades.push_back({i, before[k]});
    }
  }
}

/// What overtakes others on its way; the times of its minutes it may miss.
void TradeFeed::hold_back(ports::FeedBatch& batch) {
  if (!batch.trades.empty() && dice_.chance(faults_.late)) {
    const std::size_t which = dice_.below(batch.trades.size());
    held_.push_back({batch.trades[which],
                     now_() + dice_.between(time::Duration{0}, time::Duration{longest_rest})});
    batch.trades.erase(batch.trades.begin() + static_cast<std::ptrdiff_t>(which));
  }
  std::erase_if(held_, [&](const Held& each) {
    if (each.until > now_()) return false;
    batch.trades.push_back(each.trade);
    if (each.trade.trade.time <= opened_at_) impair(each);
    return true;
  });
}

void TradeFeed::forget_held() {
  for (const Held& each : held_) impair(each);
  held_.clear();
}

void TradeFeed::impair(const Held& held) {
  impaired_.insert(
      {lines_[held.trade.instrument].symbol, market_.minute_of(held.trade.trade.time)});
}

void TradeFeed::spoil(ports::FeedBatch& batch) {
  if (dice_.chance(faults_.repeat)) {
    for (ports::FeedInstrument i = 0; i < lines_.size(); ++i) {
      for (const market::Trade& trade : recent_[lines_[i].symbol])
        batch.trades.push_back({i, trade});
    }
  }
  if (batch.trades.size() > 1 && dice_.chance(faults_.disorder)) {
    for (std::size_t i = batch.trades.size() - 1; i > 0; --i) {
      std::swap(batch.trades[i], batch.trades[dice_.below(i + 1)]);
    }
  }
  if (!dice_.chance(faults_.nonsense) || lines_.empty()) return;
  ports::FeedTrade odd;
  odd.trade.time = batch.received;
  odd.trade.price = 1'000;
  odd.trade.quantity = 1;
  odd.trade.sequence = 1;
  switch (dice_.below(5)) {
    case 0:
      odd.trade.price = dice_.one_of({0.0, -1.0, 1e18});
      break;
    case 1:
      odd.trade.quantity = std::numeric_limits<double>::quiet_NaN();
      break;
    case 2:
      // Two that agree are believed.
      future_ = future_ % 30 + 1;
      odd.trade.time += std::chrono::hours{future_};
      break;
    case 3:
      odd.trade.time -= std::chrono::hours{dice_.between(std::int64_t{1}, 30)};
      break;
    default:
      odd.instrument = static_cast<ports::FeedInstrument>(lines_.size() + dice_.below(3));
      break;
  }
  batch.trades.insert(
      batch.trades.begin() + static_cast<std::ptrdiff_t>(dice_.below(batch.trades.size() + 1)),
      odd);
}

void TradeFeed::delivered(const ports::FeedBatch& batch) {
  const time::Timestamp now = now_();
  for (const auto& [instrument, trade] : batch.trades) {
    if (instrument >= lines_.size() || trade.sequence <= 1) continue;
    // The minutes before the connection come from the history.
    if (trade.time <= opened_at_) continue;
    Line& line = lines_[instrument];
    auto& recent = recent_[line.symbol];
    const auto known = std::ranges::find(recent, trade.sequence, &market::Trade::sequence);
    if (known != recent.end()) continue;
    const std::int64_t minute = market_.minute_of(trade.time);
    if (minute < line.newest || now > market_.opens(minute + 1) + in_time) {
      impaired_.insert({line.symbol, minute});
    }
    line.newest = std::max(line.newest, minute);
    recent.push_back(trade);
    if (recent.size() > kept_trades) recent.pop_front();
  }
}

/// Minutes that may have closed before anybody knew: what was open then comes from the history.
void TradeFeed::impair(time::Timestamp from, time::Timestamp until) {
  for (const Line& line : lines_) {
    for (std::int64_t minute = market_.minute_of(from); market_.opens(minute + 1) <= until;
         ++minute) {
      impaired_.insert({line.symbol, minute});
    }
  }
}

}  // namespace hts::simulation
