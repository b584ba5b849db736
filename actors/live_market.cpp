#include "actors/live_market.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace hts::actors {
namespace {

constexpr std::size_t most_waiting_candles = 100'000;
constexpr std::int64_t candles_a_window = 200'000;
constexpr std::chrono::days longest_window{3'650};

}  // namespace

LiveMarket::LiveMarket(runtime::Context& context, const IngestPorts& ports)
    : context_(context),
      ports_(ports),
      assembly_(
          ports.options.day_boundary,
          {[this](std::size_t line, const CandleClosed& candle) { outlet_.send(line, candle); },
           [this](std::shared_ptr<const LiveBar> bar, ports::TailBar unstored) {
             // Who goes on without minutes has been told so, whatever happens to this process.
             tell_given_up();
             if (ports_.on_bar) ports_.on_bar(*bar, symbols_);
             outlet_.send(std::move(bar), std::move(unstored));
           },
           [this] { return outlet_.has_room(); }}),
      outlet_(context, {ports.tail, ports.live, ports.positions, ports.notifier},
              [this] { on_room(); }),
      loads_(context, ports.candles, ports.disk),
      gaps_(context, {ports.history, ports.rest, ports.options.backfill_patience},
            {[this](paper::InstrumentId instrument, time::TimeRange range,
                    const market::CandleSeries& candles) { on_filled(instrument, range, candles); },
             [this](paper::InstrumentId instrument, time::TimeRange range, const std::string& why) {
               on_given_up(instrument, range, why);
             }}),
      clock_(!ports.options.is_recording),
      clock_before_(clock_) {}

void LiveMarket::follow(const FollowMarket& wanted) {
  ++follow_;
  loads_.drop();
  gaps_.drop();
  outlet_.begin();
  subscription_ = wanted.subscription;
  symbols_ = wanted.symbols;
  begins_anywhere_ = wanted.after <= time::Timestamp{};
  const time::Timestamp first = minute_of(std::max(wanted.after, time::Timestamp{})) + one_minute;
  assembly_.follow(symbols_, first);
  intakes_.clear();
  for (const market::Symbol& symbol : symbols_) {
    Intake& intake = intakes_.emplace_back(symbol);
    intake.built_from = first;
    intake.builder.begin(first);
  }
  is_past_loaded_ = waits_to_load_ = false;
  stored_cursor_ = first;
  stored_window_ =
      one_minute *
      std::max<std::int64_t>(60, candles_a_window / static_cast<std::int64_t>(symbols_.size() + 1));
  feed_ = {};
  feed_.subscription = subscription_;
  is_live_ = false;
  observed_from_.reset();
  newest_seen_ = {};
  clock_.forget();
  clock_before_.forget();
  doubted_.reset();
  given_up_.reset();
  has_alarm_ = may_have_gaps_ = false;
  closed_by_clock_ = {};
  trades_ = rejected_ = losses_ = 0;
  told_conflict_ = told_lost_ = false;
  watch_room();
  std::vector<std::size_t> places;
  for (const RunnerLine& line : wanted.runners) {
    outlet_.add_line(line.runner);
    places.push_back(assembly_.add_line(line));
  }
  load_lines(std::move(places));
  load_stored();
}

void LiveMarket::add_runner(const RunnerLine& line) {
  auto place = assembly_.find_line(line.slot);
  if (place) {
    outlet_.replace_line(*place, line.runner);
    assembly_.replace_line(*place, line);
  } else {
    outlet_.add_line(line.runner);
    place = assembly_.add_line(line);
  }
  // What the line needs may be on its way into the tail; no bar begins meanwhile.
  outlet_.when_stored([this, place = *place, follow = follow_] {
    if (follow == follow_) load_lines({place});
  });
}

void LiveMarket::load_lines(std::vector<std::size_t> places) {
  std::vector<CandleLoads::Wanted> wanted;
  for (const std::size_t place : places) {
    wanted.push_back({symbols_[assembly_.instrument_of(place)],
                      {assembly_.line_begins(place), assembly_.next_bar()}});
  }
  loads_.load(std::move(wanted), [this, places = std::move(places)](CandleLoads::Loaded loaded) {
    for (std::size_t i = 0; i < places.size(); ++i) {
      assembly_.start_line(places[i], loaded[i].view());
    }
  });
}

void LiveMarket::load_stored() {
  if (intakes_.empty()) return;
  // A recording is of any time: all that is stored goes before it. Else the last window is the one
  // that the exchange's history may go on from.
  time::TimeRange window{stored_cursor_, time::Timestamp::max()};
  bool is_last = true;
  if (!ports_.options.is_recording) {
    window.end = std::max(stored_cursor_, minute_of(context_.now()) + one_minute);
    const time::Timestamp recent = window.end - ports_.options.longest_backfill;
    if (stored_cursor_ < recent) {
      window.end = std::min(recent, stored_cursor_ + stored_window_);
      is_last = false;
    }
  }
  std::vector<CandleLoads::Wanted> wanted;
  for (const Intake& intake : intakes_) wanted.push_back({intake.symbol, window});
  loads_.load(std::move(wanted), [this, window, is_last](CandleLoads::Loaded loaded) {
    take_stored(window, is_last, std::move(loaded));
  });
}

void LiveMarket::take_stored(time::TimeRange window, bool is_last, CandleLoads::Loaded loaded) {
  time::Timestamp newest = time::Timestamp::min();
  for (paper::InstrumentId i = 0; i < intakes_.size(); ++i) {
    const market::CandleSeries& series = loaded[i];
    for (std::size_t k = 0; k < series.size(); ++k) assembly_.push(i, series[k], true);
    if (!series.empty()) {
      newest = std::max(newest, series.open_time.back());
      intakes_[i].last = series[series.size() - 1];
    }
  }
  if (newest != time::Timestamp::min()) assembly_.set_replayed_before(newest + one_minute);
  for (paper::InstrumentId i = 0; i < intakes_.size(); ++i) {
    if (!is_last) {
      assembly_.settle(i, window.end);
    } else if (!loaded[i].empty()) {
      assembly_.settle(i, loaded[i].open_time.back() + one_minute);
    }
  }
  watch_room();
  if (!is_last) {
    if (newest == time::Timestamp::min()) {
      stored_window_ = std::min<time::Duration>(stored_window_ * 2, longest_window);
    }
    stored_cursor_ = window.end;
    waits_to_load_ = assembly_.waiting() > most_waiting_candles;
    if (!waits_to_load_) load_stored();
    return;
  }
  is_past_loaded_ = may_have_gaps_ = true;
  for (paper::InstrumentId i = 0; i < intakes_.size(); ++i) absorb(i);
  fill_gaps();
}

void LiveMarket::on_room() {
  assembly_.go_on();
  watch_room();
  if (waits_to_load_ && assembly_.waiting() <= most_waiting_candles) {
    waits_to_load_ = false;
    load_stored();
  }
}

void LiveMarket::watch_room() {
  if (ports_.gate == nullptr) return;
  const bool has_room = outlet_.has_room() || assembly_.waiting() < most_waiting_candles;
  if (ports_.gate->has_room.load(std::memory_order_relaxed) != has_room) {
    ports_.gate->has_room.store(has_room, std::memory_order_relaxed);
  }
}

std::shared_ptr<const MarketStatus> LiveMarket::status() const {
  auto status = std::make_shared<MarketStatus>();
  status->subscription = subscription_;
  status->feed = feed_;
  status->bars = assembly_.bars();
  status->last_bar = assembly_.last_bar();
  status->gaps = losses_;
  status->trades = trades_;
  status->rejected = rejected_;
  status->store_errors = outlet_.store_errors() + loads_.errors();
  status->store_error = outlet_.store_error().empty() ? loads_.error() : outlet_.store_error();
  for (paper::InstrumentId i = 0; i < intakes_.size(); ++i) {
    const Intake& intake = intakes_[i];
    const market::TradeCounts& counts = intake.builder.counts();
    if (has_gap(i)) ++status->open_gaps;
    status->rejected += counts.refused;
    InstrumentStatus& line = status->instruments.emplace_back(InstrumentStatus{intake.symbol});
    line.current = intake.builder.current();
    line.last = intake.last;
    line.price = intake.price;
    line.price_time = intake.price_time;
    line.quote = intake.quote;
    line.trades = counts.taken;
    line.late_trades = counts.late;
    line.duplicate_trades = counts.duplicate;
    line.missing_minutes = counts.missing_minutes;
    line.backfilled_minutes = intake.backfilled;
    line.conflicting_candles = intake.conflicts;
  }
  return status;
}

}  // namespace hts::actors
