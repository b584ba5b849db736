#pragma once

#include "config/simulation/live_watch.hpp"
#include "config/simulation/referee.hpp"
#include "config/simulation/trade_feed.hpp"
#include "config/simulation/trade_market.hpp"
#include "engine/ports/candle_store.hpp"
#include "engine/ports/ledger_store.hpp"

namespace hts::simulation {

/// The checks of what live trading has stored, while the daemon is down and nothing fails.
class LiveTruth {
 public:
  /// `is_undisturbed`: no handler ever failed, so that no message was lost.
  LiveTruth(Referee& referee, const TradeMarket& market, const TradeFeed& feed, LiveWatch& watch,
            bool is_undisturbed)
      : referee_(referee),
        market_(market),
        feed_(feed),
        watch_(watch),
        is_undisturbed_(is_undisturbed) {}

  /// `candles`: the catalog with the tail.
  void check(ports::LedgerStore& ledger, ports::CandleStore& candles);

  /// Sessions that ran again, and their events.
  [[nodiscard]] std::uint64_t reruns() const noexcept { return reruns_; }
  /// Minutes of sessions that were looked for.
  [[nodiscard]] std::uint64_t minutes() const noexcept { return minutes_; }
  [[nodiscard]] std::uint64_t fills() const noexcept { return fills_; }

 private:
  void check_candles(ports::CandleStore& candles);
  void check_session(const ports::SessionRecord& record, ports::LedgerStore& ledger,
                     ports::CandleStore& candles, bool is_newest);
  void check_books(const paper::LivePlan& plan, const std::vector<paper::PaperEvent>& events);
  void check_minutes(const paper::LivePlan& plan, time::Timestamp up_to,
                     ports::CandleStore& candles);
  void check_parity(const paper::LivePlan& plan, const std::vector<paper::PaperEvent>& events,
                    time::Timestamp up_to, ports::CandleStore& candles);

  Referee& referee_;
  const TradeMarket& market_;
  const TradeFeed& feed_;
  LiveWatch& watch_;
  const bool is_undisturbed_;
  std::uint64_t minutes_ = 0;
  std::uint64_t reruns_ = 0;
  std::uint64_t fills_ = 0;
};

}  // namespace hts::simulation
