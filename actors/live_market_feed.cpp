#include <algorithm>
#include <chrono>
#include <utility>

#include "actors/live_market.hpp"

namespace hts::actors {
namespace {

constexpr std::chrono::days most_behind{1};
/// Of the exchange's clock, forward, when two trades agree on it: a machine sleeps for hours, and a
/// mistake of years would close the market until then.
constexpr std::chrono::days longest_jump{1};
/// Of a message on its way: what is older was no news when it was sent.
constexpr std::chrono::seconds longest_delay{10};

}  // namespace

void LiveMarket::on_batch(const ports::FeedBatch& batch) {
  if (batch.subscription != subscription_ || intakes_.empty()) return;
  for (const ports::FeedTrade& trade : batch.trades) take_trade(trade, batch.received);
  for (const ports::FeedCandle& candle : batch.candles) take_candle(candle, batch.received);
  for (const ports::FeedTicker& ticker : batch.tickers) {
    if (ticker.instrument >= intakes_.size()) continue;
    Intake& intake = intakes_[ticker.instrument];
    if (ticker.time <= intake.price_time || !(ticker.price > 0)) continue;
    if (!is_believable(ticker.time, batch.received)) {
      ++rejected_;
      continue;
    }
    intake.price = ticker.price;
    intake.price_time = ticker.time;
  }
  for (const ports::FeedQuote& quote : batch.quotes) {
    if (quote.instrument < intakes_.size()) intakes_[quote.instrument].quote = quote;
  }
  if (!has_alarm_) set_alarm();
  if (!outlet_.has_room()) watch_room();
}

void LiveMarket::on_status(const ports::FeedStatus& status) {
  if (status.subscription != subscription_ || intakes_.empty()) return;
  feed_ = status;
  log_status(status);
  switch (status.state) {
    case ports::FeedState::live:
      is_live_ = true;
      break;
    case ports::FeedState::stalled:
      // What is late now may still come: no minute is closed without a later trade.
      is_live_ = false;
      break;
    case ports::FeedState::stopped:
    case ports::FeedState::connecting:
    case ports::FeedState::disconnected:
      lose_stream();
      break;
  }
}

/// Each loss once, however often it is tried to end it.
void LiveMarket::log_status(const ports::FeedStatus& status) {
  const bool is_lost = status.state == ports::FeedState::disconnected;
  if (is_lost && !std::exchange(told_lost_, true)) {
    context_.log(runtime::LogLevel::warning, "The feed does not deliver: " + status.reason);
  } else if (status.state == ports::FeedState::live && std::exchange(told_lost_, false)) {
    context_.log(runtime::LogLevel::info, "The feed delivers again.");
  }
}

void LiveMarket::lose_stream() {
  is_live_ = false;
  if (!observed_from_) return;
  ++losses_;
  observed_from_.reset();
  clock_before_ = clock_;
  clock_.forget();
  closed_by_clock_ = {};
  doubted_.reset();
}

void LiveMarket::take_trade(const ports::FeedTrade& message, time::Timestamp received) {
  const market::Trade& trade = message.trade;
  if (message.instrument >= intakes_.size()) {
    ++rejected_;
    return;
  }
  Intake& intake = intakes_[message.instrument];
  if (market::is_possible(trade)) {
    if (!is_believable(trade.time, received)) {
      // Two that agree are no slip of one message.
      const bool is_confirmed = is_believable(trade.time - longest_jump, received) && doubted_ &&
                                *doubted_ != trade &&
                                std::chrono::abs(doubted_->time - trade.time) < most_ahead;
      doubted_ = trade;
      if (!is_confirmed) {
        ++rejected_;
        return;
      }
    }
    note_time(trade.time, received);
    if (trade.time >= intake.price_time) {
      intake.price = trade.price;
      intake.price_time = trade.time;
    }
    // Of the minute that was missed in part; once later ones have closed it is a late trade.
    if (!observed_from_ ||
        (trade.time < intake.built_from && intake.builder.closed_before() <= intake.built_from)) {
      ++trades_;
      return;
    }
  }
  const time::Timestamp closed_before = intake.builder.closed_before();
  const market::CandleBuilder::Added added = intake.builder.add(trade);
  if (added.fate == market::TradeFate::taken) ++trades_;
  if (intake.builder.closed_before() == closed_before) return;
  keep_closed(intake, added.closed);
  absorb(message.instrument);
}

void LiveMarket::take_candle(const ports::FeedCandle& message, time::Timestamp received) {
  const market::Candle& candle = message.candle;
  if (message.instrument >= intakes_.size()) {
    ++rejected_;
    return;
  }
  if (message.timeframe != market::Timeframe::minute() || !message.is_closed) return;
  if (market::find_defect(candle) || minute_of(candle.open_time) != candle.open_time ||
      !is_believable(candle.open_time, received)) {
    ++rejected_;
    return;
  }
  note_time(candle.open_time + one_minute, received);
  Intake& intake = intakes_[message.instrument];
  const paper::InstrumentId i = message.instrument;
  const auto known = std::ranges::find(intake.ahead, candle.open_time, &market::Candle::open_time);
  if (known != intake.ahead.end()) {
    note_conflict(intake, *known, candle);
    return;
  }
  if (candle.open_time < assembly_.settled_before(i)) {
    if (intake.last && intake.last->open_time == candle.open_time) {
      note_conflict(intake, *intake.last, candle);
    }
    return;
  }
  const time::Timestamp end = candle.open_time + one_minute;
  if (end > intake.builder.closed_before()) {
    const std::optional<market::Candle> own = intake.builder.close_before(end);
    if (own && own->open_time == candle.open_time) {
      // Nobody has seen ours, and the exchange knows better.
      note_conflict(intake, *own, candle);
    } else {
      keep_closed(intake, own);
    }
  }
  // The exchange's own candle is as good as its history.
  intake.ahead.insert(
      std::ranges::upper_bound(intake.ahead, candle.open_time, {}, &market::Candle::open_time),
      candle);
  if (!intake.last || intake.last->open_time < candle.open_time) intake.last = candle;
  if (intake.price_time < end) {
    intake.price = candle.close;
    intake.price_time = end;
  }
  if (has_gap(i) && is_past_loaded_ && candle.open_time == assembly_.settled_before(i) &&
      !intake.is_filling) {
    settle_gap(i, {candle.open_time, end});
  }
  absorb(i);
}

bool LiveMarket::is_believable(time::Timestamp seen, time::Timestamp received) {
  if (seen <= received + most_ahead) return true;
  const auto now = clock_.now(context_.steady_now());
  return now && seen <= *now + most_ahead;
}

void LiveMarket::note_time(time::Timestamp seen, time::Timestamp received) {
  if (!ports_.options.is_recording && seen < received - most_behind && !observed_from_) return;
  const runtime::SteadyTime now = context_.steady_now();
  // What happened before the stream was lost says nothing of when it came back.
  const bool is_known = seen <= newest_seen_ && newest_seen_ <= received + most_ahead;
  if (!observed_from_ && !ports_.options.is_recording && is_known) return;
  newest_seen_ = std::max(newest_seen_, seen);
  clock_.note(seen, now);
  is_live_ = true;
  const bool may_be_old = ports_.history != nullptr && !ports_.options.is_recording;
  if (!observed_from_) {
    first_seen_ = seen;
    first_at_ = now;
    begin_observation(may_be_old ? std::max(seen, arrival(received, now)) : seen);
    waits_for_clock_ = *observed_from_ > minute_of(seen) + one_minute;
    return;
  }
  if (!may_be_old) return;
  const time::Timestamp expected = first_seen_ + (now - first_at_);
  if (seen > expected + longest_delay) {
    // What came first was old, as an exchange's last trade that it sends at once.
    first_seen_ = seen;
    first_at_ = now;
    waits_for_clock_ = false;
    if (minute_of(seen) + one_minute > *observed_from_) begin_observation(seen);
  } else if (waits_for_clock_ && now - first_at_ >= one_minute && seen > expected - longest_delay) {
    // It was not: this machine's clock is ahead.
    waits_for_clock_ = false;
    begin_observation(seen);
  }
}

/// When a message came, by the exchange's clock. It was known before a loss; this machine's is
/// taken where it may be right.
time::Timestamp LiveMarket::arrival(time::Timestamp received, runtime::SteadyTime now) const {
  const auto known = clock_before_.now(now);
  if (!known || *known > received + most_ahead) return received;
  return received > *known + most_ahead ? *known : std::max(*known, received);
}

/// Whole minutes after `from` are seen from their beginning. Without a history nothing is better
/// than what the stream brings.
void LiveMarket::begin_observation(time::Timestamp from) {
  may_have_gaps_ = true;
  const auto before = std::exchange(observed_from_, minute_of(from) + one_minute);
  for (Intake& intake : intakes_) {
    // Where nothing was built yet it may begin earlier, too.
    const time::Timestamp closed = intake.builder.closed_before();
    const bool is_new = before && closed == *before && !intake.builder.current();
    intake.built_from = is_new ? *observed_from_ : std::max(*observed_from_, closed);
    if (is_new || closed < *observed_from_) {
      intake.observed_from = *observed_from_;
      intake.builder.begin(*observed_from_);
    }
  }
  if (is_past_loaded_) {
    for (paper::InstrumentId i = 0; i < intakes_.size(); ++i) absorb(i);
  }
}

void LiveMarket::keep_closed(Intake& intake, const std::optional<market::Candle>& candle) {
  if (!candle) return;
  intake.ahead.push_back(*candle);
  intake.last = candle;
}

void LiveMarket::absorb(paper::InstrumentId instrument) {
  if (!is_past_loaded_ || has_gap(instrument)) return;
  Intake& intake = intakes_[instrument];
  for (const market::Candle& candle : intake.ahead) assembly_.push(instrument, candle, false);
  intake.ahead.clear();
  assembly_.settle(instrument, intake.builder.closed_before());
}

void LiveMarket::close_by_clock() {
  const auto now = clock_.now(context_.steady_now());
  if (!now || !is_live_ || !observed_from_) return;
  if (ports_.gate && ports_.gate->is_behind.load(std::memory_order_acquire)) return;
  const time::Timestamp end = minute_of(*now - ports_.options.grace);
  if (end <= closed_by_clock_) return;
  closed_by_clock_ = end;
  for (paper::InstrumentId i = 0; i < intakes_.size(); ++i) {
    Intake& intake = intakes_[i];
    if (intake.builder.closed_before() >= end) continue;
    keep_closed(intake, intake.builder.close_before(end));
    absorb(i);
  }
}

void LiveMarket::set_alarm() {
  const auto now = clock_.now(context_.steady_now());
  if (!now) return;
  close_by_clock();
  fill_gaps();
  if (ports_.options.is_recording) return;  // only its own messages move its clock
  has_alarm_ = true;
  const time::Timestamp next = minute_of(*now - ports_.options.grace) + one_minute;
  context_.after(next + ports_.options.grace - *now, [this, follow = follow_] {
    if (follow != follow_) return;
    has_alarm_ = false;
    set_alarm();
  });
}

void LiveMarket::note_conflict(Intake& intake, const market::Candle& first,
                               const market::Candle& other) {
  if (first == other) return;
  ++intake.conflicts;
  if (std::exchange(told_conflict_, true)) return;
  notify(Severity::warning, "candle_conflict",
         "The exchange tells another candle of " + intake.symbol.text() + " at " +
             time::format_iso8601(first.open_time) +
             " than the one that it, or its trades, made first. A candle that has closed stays as "
             "it is; further differences are only counted.");
}

}  // namespace hts::actors
