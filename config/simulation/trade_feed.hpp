#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "config/simulation/dice.hpp"
#include "config/simulation/events.hpp"
#include "config/simulation/referee.hpp"
#include "config/simulation/trade_market.hpp"
#include "engine/ports/market_feed.hpp"

namespace hts::simulation {

/// What goes wrong on a stream: shares of the looks at it, of which there are about 86 a minute.
struct StreamFaults {
  double cut = 0;       ///< the connection ends, and both sides know
  double silent = 0;    ///< it ends, and nobody knows for a while: what was on its way is lost
  double stall = 0;     ///< nothing comes for a while, then all of it
  double repeat = 0;    ///< some trades come again
  double snapshot = 0;  ///< of connections: first come the newest trades from before
  double late = 0;      ///< some trades come later than those after them, over a loss too
  double disorder = 0;  ///< trades come in another order
  double nonsense = 0;  ///< what cannot be: prices of 0, times of tomorrow, unknown symbols
  double conflict = 0;  ///< of the exchange's own candles: told twice, differently
};

/// The stream of the simulated exchange, as an adapter of the daemon would hand it on: with
/// connects, losses, reconnects and subscriptions. Outlives the daemon's lives.
class TradeFeed final : public ports::MarketFeed {
 public:
  /// `tells_candles`: the exchange's own closed minutes too.
  TradeFeed(const TradeMarket& market, Dice dice, Referee& referee, StreamFaults faults,
            bool tells_candles);

  /// A life begins, whose time `now` tells. Until it parts, subscriptions have somewhere to go.
  void meet(std::function<time::Timestamp()> now, Events& events);
  void part();
  void set_faults(const StreamFaults& faults) noexcept { faults_ = faults; }

  [[nodiscard]] result::Status subscribe(const ports::FeedSubscription& subscription,
                                         ports::FeedListener& listener) override;
  void stop() override;
  [[nodiscard]] ports::FeedFigures figures() const override { return {}; }

  /// The daemon may have another candle of that minute than the exchange: it heard trades too late,
  /// not at all, or something else.
  [[nodiscard]] bool may_differ(std::size_t symbol, std::int64_t minute) const {
    return impaired_.contains({symbol, minute});
  }

 private:
  struct Line {
    std::size_t symbol = 0;               ///< of the market
    std::int64_t newest = INT64_MIN;      ///< minute of which a trade was delivered
    std::int64_t told_up_to = INT64_MIN;  ///< minutes before it were told as candles
  };
  struct Held {
    ports::FeedTrade trade;
    time::Timestamp until{};
  };
  using Batch = std::shared_ptr<ports::FeedBatch>;

  void later(time::Duration pause, void (TradeFeed::*what)());
  void status(ports::FeedState state, const std::string& reason);
  void connect();
  void open();
  void look();
  void flush();
  void lose(const std::string& reason);
  void end_silence();
  void end_stall();
  [[nodiscard]] Batch collect(time::Timestamp until);
  void add_candles(ports::FeedBatch& batch, std::size_t instrument, time::Timestamp until);
  void add_snapshot(ports::FeedBatch& batch);
  void hold_back(ports::FeedBatch& batch);
  void spoil(ports::FeedBatch& batch);
  void forget_held();
  void delivered(const ports::FeedBatch& batch);
  void impair(time::Timestamp from, time::Timestamp until);
  void impair(const Held& held);

  const TradeMarket& market_;
  Dice dice_;
  Referee& referee_;
  StreamFaults faults_;
  const bool tells_candles_;
  std::function<time::Timestamp()> now_;
  Events* events_ = nullptr;  ///< null: no life
  ports::FeedListener* listener_ = nullptr;
  std::uint64_t generation_ = 0;
  std::uint64_t subscription_ = 0;
  std::vector<Line> lines_;  ///< by FeedInstrument
  std::deque<Batch> outgoing_;
  std::map<std::size_t, std::deque<market::Trade>> recent_;  ///< delivered, by symbol, for repeats
  std::vector<Held> held_;
  time::Timestamp opened_at_{};
  bool begins_with_snapshot_ = false;
  time::Timestamp sent_up_to_{};
  std::int64_t future_ = 0;  ///< hours that the newest trade from it was ahead
  bool is_silent_ = false;
  bool told_stall_ = false;
  bool is_ending_ = false;
  std::string why_;
  std::set<std::pair<std::size_t, std::int64_t>> impaired_;
};

}  // namespace hts::simulation
