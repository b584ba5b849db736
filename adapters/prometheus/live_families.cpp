#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "adapters/prometheus/metric_families.hpp"

namespace hts::prometheus {
namespace {

using LiveLabels = std::vector<::prometheus::ClientMetric::Label>;
using LiveType = ::prometheus::MetricType;

/// One family after the other, each of one type.
class LiveFamilies {
 public:
  explicit LiveFamilies(Families& families) : families_(families) {}

  void begin(LiveType type, const char* name, const char* help) {
    ::prometheus::MetricFamily family;
    family.type = type;
    family.name = name;
    family.help = help;
    families_.push_back(std::move(family));
  }
  template <class Number>
  void sample(Number value, LiveLabels labels = {}) {
    ::prometheus::ClientMetric metric;
    metric.label = std::move(labels);
    const bool is_counter = families_.back().type == LiveType::Counter;
    (is_counter ? metric.counter.value : metric.gauge.value) = static_cast<double>(value);
    families_.back().metric.push_back(std::move(metric));
  }
  template <class Number>
  void counter(const char* name, const char* help, Number value, LiveLabels labels = {}) {
    begin(LiveType::Counter, name, help);
    sample(value, std::move(labels));
  }
  template <class Number>
  void gauge(const char* name, const char* help, Number value, LiveLabels labels = {}) {
    begin(LiveType::Gauge, name, help);
    sample(value, std::move(labels));
  }

 private:
  Families& families_;
};

/// 0 when a clock was set back.
double seconds_since(time::Timestamp then, time::Timestamp now) {
  return then > now ? 0 : std::chrono::duration<double>(now - then).count();
}

struct StrategyFigures {
  std::uint64_t signals = 0;
  std::uint64_t positions = 0;
  double exposure = 0;
  double unrealized = 0;
};

std::map<std::string, StrategyFigures> figures_by_strategy(const LiveReadings& live) {
  std::map<std::string, StrategyFigures> figures;
  const actors::SessionStatus& session = *live.session;
  if (session.plan != nullptr) {
    for (const paper::LiveSlot& slot : session.plan->slots) figures.try_emplace(slot.strategy);
    for (const actors::RunnerStatus& runner : session.runners) {
      if (runner.slot >= session.plan->slots.size()) continue;
      figures[session.plan->slots[runner.slot].strategy].signals += runner.signals;
    }
  }
  for (const actors::LivePosition& position : live.positions) {
    StrategyFigures& one = figures[position.strategy];
    ++one.positions;
    one.exposure += position.current_price.approximate() * position.quantity.approximate();
    one.unrealized += position.unrealized_profit.approximate();
  }
  return figures;
}

void add_feed_families(LiveFamilies& out, const ports::FeedFigures& feed, time::Timestamp now) {
  const LiveLabels name{{"feed", feed.name}};
  out.gauge("hts_feed_up", "1 while the feed is connected and subscribed.",
            feed.status.state == ports::FeedState::live ? 1 : 0, name);
  out.counter("hts_feed_frames_total", "Messages that came from the exchange.", feed.frames, name);
  out.counter("hts_feed_trades_total", "Trades read from them.", feed.trades, name);
  out.counter("hts_feed_received_bytes_total", "Bytes of these messages.", feed.bytes, name);
  out.counter("hts_feed_malformed_total", "Messages that could not be read.", feed.malformed, name);
  out.counter("hts_feed_unknown_symbols_total", "Messages about symbols that nobody asked for.",
              feed.unknown_symbols, name);
  out.counter("hts_feed_refused_total", "Prices and quantities that cannot be.", feed.refused,
              name);
  out.counter("hts_feed_connects_total", "Connections that were made.", feed.connects, name);
  out.counter("hts_feed_disconnects_total", "Connections that were lost.", feed.disconnects, name);
  out.counter("hts_feed_dropped_trades_total", "Trades that found no room inside.", feed.dropped,
              name);
  if (!feed.last_frame) return;
  out.gauge("hts_feed_silence_seconds", "Time since the newest message.",
            seconds_since(*feed.last_frame, now), name);
}

void add_market_families(LiveFamilies& out, const actors::MarketStatus& market,
                         time::Timestamp now) {
  actors::InstrumentStatus all{*market::Symbol::parse("BTC_KRW")};
  for (const actors::InstrumentStatus& one : market.instruments) {
    all.late_trades += one.late_trades;
    all.duplicate_trades += one.duplicate_trades;
    all.missing_minutes += one.missing_minutes;
    all.backfilled_minutes += one.backfilled_minutes;
    all.conflicting_candles += one.conflicting_candles;
  }
  out.gauge("hts_ingest_symbols", "Symbols that are followed.", market.instruments.size());
  out.counter("hts_ingest_bars_total", "Minutes that were closed.", market.bars);
  out.counter("hts_ingest_trades_total", "Trades that became part of candles.", market.trades);
  out.counter("hts_ingest_late_trades_total", "Trades that came after their candle had closed.",
              all.late_trades);
  out.counter("hts_ingest_duplicate_trades_total", "Trades that came again.", all.duplicate_trades);
  out.counter("hts_ingest_missing_candles_total", "Minutes of a symbol without a trade.",
              all.missing_minutes);
  out.counter("hts_ingest_backfilled_candles_total", "Minutes that the exchange's history gave.",
              all.backfilled_minutes);
  out.counter("hts_ingest_conflicting_candles_total",
              "Candles that differ from the exchange's own.", all.conflicting_candles);
  out.counter("hts_ingest_rejected_total", "Prices, quantities and times that cannot be.",
              market.rejected);
  out.counter("hts_ingest_gaps_total", "Times that the stream was lost.", market.gaps);
  out.gauge("hts_ingest_open_gaps", "Gaps that are being filled from the exchange's history.",
            market.open_gaps);
  out.counter("hts_ingest_store_errors_total", "Candles that could not be stored at once.",
              market.store_errors);
  if (market.last_bar == time::Timestamp{}) return;
  out.gauge("hts_ingest_bar_age_seconds", "Time since the newest closed minute began.",
            seconds_since(market.last_bar, now));
}

void add_strategy_families(LiveFamilies& out, const LiveReadings& live) {
  const auto strategies = figures_by_strategy(live);
  const auto each = [&](LiveType type, const char* name, const char* help, auto figure) {
    if (strategies.empty()) return;
    out.begin(type, name, help);
    for (const auto& [strategy, figures] : strategies) {
      out.sample(figures.*figure, {{"strategy", strategy}});
    }
  };
  each(LiveType::Counter, "hts_live_signals_total", "Signals of this session, by strategy.",
       &StrategyFigures::signals);
  each(LiveType::Gauge, "hts_live_open_positions", "Open positions, by strategy.",
       &StrategyFigures::positions);
  each(LiveType::Gauge, "hts_live_exposure", "Value of open positions, in the quote currency.",
       &StrategyFigures::exposure);
  each(LiveType::Gauge, "hts_live_unrealized_profit",
       "Profit of open positions at the newest prices, in the quote currency.",
       &StrategyFigures::unrealized);
}

void add_session_families(LiveFamilies& out, const LiveReadings& live) {
  const actors::SessionStatus& session = *live.session;
  out.gauge("hts_live_session_running", "1 while a paper session runs.",
            session.is_running ? 1 : 0);
  out.gauge("hts_live_halted", "1 while nothing may open.", session.is_halted ? 1 : 0);
  out.counter("hts_live_bars_total", "Minutes that the session has gone through.", session.bars);
  out.counter("hts_live_fills_total", "Executions in the books.", session.fills);
  out.gauge("hts_live_cash", "Cash in the quote currency.", session.cash);
  out.gauge("hts_live_equity", "Cash and positions in the quote currency.", session.equity);
  out.gauge("hts_live_realized_profit", "Profit of closed positions in the quote currency.",
            session.realized_profit);
  out.gauge("hts_live_fees", "Fees paid so far in the quote currency.", session.fees);
  out.counter("hts_live_ledger_commits_total", "Commits that the ledger's store has taken.",
              session.commits);
  out.counter("hts_live_ledger_errors_total", "Commits that the ledger's store refused.",
              session.store_errors);
  std::uint64_t failed = 0;
  for (const actors::RunnerStatus& runner : session.runners) failed += runner.error.empty() ? 0 : 1;
  out.gauge("hts_live_failed_strategies", "Strategies that broke their rules.", failed);
  if (session.parity_differences) {
    out.gauge("hts_live_parity_differences",
              "What the last run of the session from its stored candles did otherwise.",
              *session.parity_differences);
  }
  add_strategy_families(out, live);
}

}  // namespace

void add_live_families(Families& families, const LiveReadings& live, time::Timestamp now) {
  LiveFamilies out{families};
  if (live.feed) add_feed_families(out, *live.feed, now);
  if (live.market != nullptr) add_market_families(out, *live.market, now);
  if (live.session) add_session_families(out, live);
}

}  // namespace hts::prometheus
