#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "actors/bar_assembly.hpp"
#include "actors/bar_outlet.hpp"
#include "actors/candle_loads.hpp"
#include "actors/gap_filler.hpp"
#include "actors/ingest_options.hpp"
#include "actors/market_clock.hpp"
#include "engine/market/candle_builder.hpp"
#include "engine/runtime/context.hpp"

namespace hts::actors {

/// The followed market: what is stored, then what the exchange's history fills in, then the stream,
/// as one row of minutes a symbol without overlap or hole.
///
/// 1. The clock is the market's (MarketClock). It closes minutes only while the stream is live.
/// 2. A minute counts as observed when the stream was live from its beginning to its end: the one
///    of the first message after a connection and those before it do not, and come from the
///    history. Meanwhile what the stream brings waits. What comes first may be old, so the minutes
///    up to the one of its arrival, by whatever clock is known, do not count either.
/// 3. A message from the future (more than `most_ahead` ahead of this machine's clock and of the
///    market's) is believed only when another one agrees.
/// 4. The first closed candle of a minute stays. A differing one of the exchange is counted, and
///    told once.
///
/// Belongs to the turns of `ingest`.
class LiveMarket {
 public:
  static constexpr std::chrono::minutes most_ahead{5};

  LiveMarket(runtime::Context& context, const IngestPorts& ports);

  void follow(const FollowMarket& wanted);
  void add_runner(const RunnerLine& line);
  void on_batch(const ports::FeedBatch& batch);
  void on_status(const ports::FeedStatus& status);
  [[nodiscard]] std::shared_ptr<const MarketStatus> status() const;
  [[nodiscard]] std::size_t symbols() const noexcept { return intakes_.size(); }
  /// Candles that went into the tail.
  [[nodiscard]] std::uint64_t appended() const noexcept { return outlet_.appended(); }

 private:
  struct Intake {
    explicit Intake(market::Symbol followed) : symbol(std::move(followed)) {}

    market::Symbol symbol;
    market::CandleBuilder builder;
    time::Timestamp built_from{};     ///< trades before it are not built
    time::Timestamp observed_from{};  ///< minutes between what is settled and this are a gap
    bool is_filling = false;
    std::deque<market::Candle> ahead;  ///< closed, ascending, not settled yet
    std::optional<market::Candle> last;
    double price = 0;
    time::Timestamp price_time{};
    ports::FeedQuote quote;
    std::uint64_t backfilled = 0;
    std::uint64_t conflicts = 0;
  };

  // live_market.cpp: the past
  void load_lines(std::vector<std::size_t> places);
  void load_stored();
  void take_stored(time::TimeRange window, bool is_last, CandleLoads::Loaded loaded);
  void on_room();
  void watch_room();

  // live_market_feed.cpp: the stream
  void take_trade(const ports::FeedTrade& trade, time::Timestamp received);
  void take_candle(const ports::FeedCandle& candle, time::Timestamp received);
  [[nodiscard]] bool is_believable(time::Timestamp seen, time::Timestamp received);
  void note_time(time::Timestamp seen, time::Timestamp received);
  void begin_observation(time::Timestamp from);
  [[nodiscard]] time::Timestamp arrival(time::Timestamp received, runtime::SteadyTime now) const;
  void log_status(const ports::FeedStatus& status);
  void lose_stream();
  void keep_closed(Intake& intake, const std::optional<market::Candle>& candle);
  void absorb(paper::InstrumentId instrument);
  void close_by_clock();
  void set_alarm();
  void note_conflict(Intake& intake, const market::Candle& first, const market::Candle& other);

  // live_market_gaps.cpp
  [[nodiscard]] bool has_gap(paper::InstrumentId instrument) const noexcept;
  void fill_gaps();
  void fill_gap(paper::InstrumentId instrument, time::Timestamp now);
  void on_filled(paper::InstrumentId instrument, time::TimeRange range,
                 const market::CandleSeries& candles);
  void on_given_up(paper::InstrumentId instrument, time::TimeRange range, const std::string& why);
  void settle_gap(paper::InstrumentId instrument, time::TimeRange range);
  void tell_given_up();
  void notify(Severity severity, std::string kind, std::string text);

  runtime::Context& context_;
  const IngestPorts ports_;
  BarAssembly assembly_;
  BarOutlet outlet_;
  CandleLoads loads_;
  GapFiller gaps_;

  std::uint64_t subscription_ = 0;
  std::uint64_t follow_ = 0;  ///< counts FollowMarket
  std::vector<market::Symbol> symbols_;
  std::vector<Intake> intakes_;
  bool begins_anywhere_ = false;  ///< nothing is stored: no minute before the stream is missed
  bool is_past_loaded_ = false;
  time::Timestamp stored_cursor_{};
  time::Duration stored_window_{};
  bool waits_to_load_ = false;

  MarketClock clock_;
  MarketClock clock_before_;  ///< the same, of before the stream was lost
  ports::FeedStatus feed_;
  bool is_live_ = false;
  std::optional<time::Timestamp> observed_from_;  ///< of the present connection
  time::Timestamp newest_seen_{};                 ///< of any message since the market is followed
  bool waits_for_clock_ = false;    ///< the observation begins later than its first message was
  time::Timestamp first_seen_{};    ///< time of the message that the observation began with
  runtime::SteadyTime first_at_{};  ///< when it came
  std::optional<market::Trade> doubted_;
  bool has_alarm_ = false;
  time::Timestamp closed_by_clock_{};  ///< minutes that end by then
  bool may_have_gaps_ = false;

  std::uint64_t trades_ = 0;
  std::uint64_t rejected_ = 0;
  std::uint64_t losses_ = 0;
  struct GivenUp {
    std::size_t symbols = 0;
    time::TimeRange range;
    std::string why;
  };
  std::optional<GivenUp> given_up_;  ///< not told yet
  bool told_conflict_ = false;
  bool told_lost_ = false;
};

}  // namespace hts::actors
