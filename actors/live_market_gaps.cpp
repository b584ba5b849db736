#include <algorithm>
#include <utility>

#include "actors/live_market.hpp"

namespace hts::actors {

bool LiveMarket::has_gap(paper::InstrumentId instrument) const noexcept {
  return assembly_.settled_before(instrument) < intakes_[instrument].observed_from;
}

void LiveMarket::fill_gaps() {
  if (!is_past_loaded_ || !may_have_gaps_) return;
  const auto now = clock_.now(context_.steady_now());
  // Behind the end of a recording, or where it is damaged, comes no time any more: what it left
  // open waits for nothing.
  const bool is_over =
      feed_.state == ports::FeedState::stopped ||
      (ports_.options.is_recording && feed_.state == ports::FeedState::disconnected);
  if (!now && !is_over) return;
  may_have_gaps_ = false;
  for (paper::InstrumentId i = 0; i < intakes_.size(); ++i) {
    if (!has_gap(i)) continue;
    may_have_gaps_ = true;
    if (!intakes_[i].is_filling) fill_gap(i, now.value_or(time::Timestamp::max()));
  }
}

void LiveMarket::fill_gap(paper::InstrumentId instrument, time::Timestamp now) {
  Intake& intake = intakes_[instrument];
  // The exchange closes its own candle first.
  if (now < intake.observed_from + ports_.options.grace) return;
  time::TimeRange range{assembly_.settled_before(instrument), intake.observed_from};
  if (ports_.history != nullptr) {
    range.begin = std::max(range.begin, range.end - ports_.options.longest_backfill);
  }
  intake.is_filling = true;
  gaps_.fill(instrument, intake.symbol, range);
}

void LiveMarket::on_filled(paper::InstrumentId instrument, time::TimeRange range,
                           const market::CandleSeries& candles) {
  Intake& intake = intakes_[instrument];
  intake.is_filling = false;
  for (std::size_t i = 0; i < candles.size(); ++i) {
    const market::Candle candle = candles[i];
    const auto place =
        std::ranges::lower_bound(intake.ahead, candle.open_time, {}, &market::Candle::open_time);
    if (place != intake.ahead.end() && place->open_time == candle.open_time) {
      note_conflict(intake, *place, candle);
      continue;
    }
    intake.ahead.insert(place, candle);
    ++intake.backfilled;
    if (!intake.last || intake.last->open_time < candle.open_time) intake.last = candle;
  }
  settle_gap(instrument, range);
}

void LiveMarket::on_given_up(paper::InstrumentId instrument, time::TimeRange range,
                             const std::string& why) {
  intakes_[instrument].is_filling = false;
  if (begins_anywhere_ && range.begin == time::Timestamp{} + one_minute) {
    settle_gap(instrument, range);
    return;
  }
  if (!given_up_) {
    given_up_ = {0, range, why};
    // Once for all symbols of the same loss.
    context_.after(time::Duration::zero(), [this] { tell_given_up(); });
  }
  ++given_up_->symbols;
  given_up_->range.begin = std::min(given_up_->range.begin, range.begin);
  given_up_->range.end = std::max(given_up_->range.end, range.end);
  settle_gap(instrument, range);
}

void LiveMarket::settle_gap(paper::InstrumentId instrument, time::TimeRange range) {
  Intake& intake = intakes_[instrument];
  while (!intake.ahead.empty() && intake.ahead.front().open_time < range.end) {
    assembly_.push(instrument, intake.ahead.front(), false);
    intake.ahead.pop_front();
  }
  assembly_.settle(instrument, range.end);
  absorb(instrument);
}

void LiveMarket::tell_given_up() {
  if (!given_up_) return;
  const GivenUp given_up = std::move(*given_up_);
  given_up_.reset();
  // A recording begins in the middle of a minute; nobody can do anything about it.
  const bool is_expected = ports_.options.is_recording && ports_.history == nullptr;
  ports::Alert alert;
  alert.created_at = context_.now();
  alert.id = "feed_gap:" + std::to_string(alert.created_at.time_since_epoch().count()) + ":" +
             std::to_string(context_.random());
  alert.kind = "feed_gap";
  alert.severity = is_expected ? "info" : "warning";
  alert.subject = "Minutes are missing";
  alert.text = "The market goes on without the minutes from " +
               time::format_iso8601(given_up.range.begin) + " to " +
               time::format_iso8601(given_up.range.end) + " of " +
               std::to_string(given_up.symbols) +
               (given_up.symbols == 1 ? " symbol: " : " symbols: ") + given_up.why;
  const Severity severity = is_expected ? Severity::info : Severity::warning;
  const std::string text = alert.text;
  if (!outlet_.send(std::move(alert))) return notify(severity, "feed_gap", text);
  context_.log(is_expected ? runtime::LogLevel::info : runtime::LogLevel::warning,
               "feed_gap: " + text);
}

void LiveMarket::notify(Severity severity, std::string kind, std::string text) {
  Notice notice{severity, std::move(kind), std::move(text)};
  if (!runtime::taken(ports_.notifier.tell(notice))) {
    context_.log(runtime::LogLevel::warning, notice.kind + ": " + notice.text);
  }
}

}  // namespace hts::actors
