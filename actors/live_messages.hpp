#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/market/candle.hpp"
#include "engine/paper/live_plan.hpp"
#include "engine/paper/paper_event.hpp"
#include "engine/ports/alerts.hpp"
#include "engine/ports/ledger_store.hpp"
#include "engine/ports/market_feed.hpp"
#include "engine/runtime/address.hpp"
#include "engine/runtime/protocol.hpp"
#include "engine/runtime/reply.hpp"
#include "engine/strategies/context.hpp"

/// Live paper trading: what goes from a feed to candles, to decisions, to positions.
///
///   feed -> ingest -> strategy runners -> position manager -> notifier
///                  \------- bars -------/
///
/// A bar is one minute of the market. `ingest` closes it, tells each runner the candles that
/// closed with it, and the position manager the bar with the number of decisions to wait for. The
/// position manager goes from bar to bar in order, each once all its decisions are there: so equal
/// candles give equal fills whatever the order of messages.
namespace hts::actors {

// --- feed -> ingest ---

struct FeedArrived {
  std::shared_ptr<const ports::FeedBatch> batch;
};
struct FeedChanged {
  ports::FeedStatus status;
};

// --- session -> ingest ---

/// A runner's candles.
struct CandleClosed {
  paper::SlotId slot = 0;
  std::uint64_t bar = 0;       ///< LiveBar::number; 0: of the past, nobody waits for its decision
  time::Timestamp bar_time{};  ///< LiveBar::open_time
  market::Candle candle;       ///< of the slot's timeframe; it closes with the bar
  std::uint32_t missing = 0;   ///< intervals without a trade before this candle
};

struct ChangeSlot {
  using Reply = result::Nothing;
  paper::SlotId slot = 0;
  std::optional<parameters::Parameters> parameters;
  std::optional<bool> is_enabled;
};

struct RunnerStatus {
  paper::SlotId slot = 0;
  bool is_initialized = false;  ///< it has seen enough candles to decide
  std::uint64_t candles = 0;    ///< seen, warm-up included
  std::uint64_t signals = 0;
  time::Timestamp last_candle{};
  std::string error;
};
struct GetRunnerStatus {
  using Reply = RunnerStatus;
};

using StrategyRunnerProtocol = runtime::Protocol<CandleClosed, runtime::Request<ChangeSlot>,
                                                 runtime::Request<GetRunnerStatus>>;

struct RunnerLine {
  paper::SlotId slot = 0;
  paper::InstrumentId instrument = 0;
  market::Timeframe timeframe = market::Timeframe::minute();
  runtime::Address<StrategyRunnerProtocol> runner;
  /// Candles up to this bar are in the runner's state: those after it that are stored already come
  /// first.
  time::Timestamp warmed_up_to{};
};

/// Follow these symbols from now on, in place of what was followed before; empty: none.
struct FollowMarket {
  using Reply = result::Nothing;
  std::uint64_t subscription = 0;  ///< of the feed's batches from now on
  std::vector<market::Symbol> symbols;
  std::vector<RunnerLine> runners;
  /// Bars after this one are wanted: first from what is stored, then what the feed brings.
  time::Timestamp after{};
};
/// A runner more, or the same slot again.
struct AddRunner {
  using Reply = result::Nothing;
  RunnerLine line;
};

/// The market as it is now, for people.
struct InstrumentStatus {
  market::Symbol symbol;
  std::optional<market::Candle> current = {};  ///< not closed
  std::optional<market::Candle> last = {};     ///< the newest closed one
  double price = 0;
  time::Timestamp price_time{};
  ports::FeedQuote quote = {};  ///< of a feed that tells them
  std::uint64_t trades = 0;
  std::uint64_t late_trades = 0;  ///< came after their candle had closed; it stays as it is
  std::uint64_t duplicate_trades = 0;
  std::uint64_t missing_minutes = 0;  ///< without a trade
  std::uint64_t backfilled_minutes = 0;
  std::uint64_t conflicting_candles = 0;  ///< the exchange's own candle is another
};
struct MarketStatus {
  std::uint64_t subscription = 0;
  ports::FeedStatus feed;
  std::uint64_t bars = 0;
  time::Timestamp last_bar{};
  std::uint64_t gaps = 0;       ///< times that the stream was lost
  std::uint64_t open_gaps = 0;  ///< being backfilled
  std::uint64_t rejected = 0;   ///< prices or quantities that cannot be
  std::uint64_t trades = 0;
  std::uint64_t store_errors = 0;
  std::string store_error;
  std::vector<InstrumentStatus> instruments;
};
struct GetMarketStatus {
  using Reply = std::shared_ptr<const MarketStatus>;
};

// --- ingest -> position manager ---

struct BarCandle {
  paper::InstrumentId instrument = 0;
  market::Candle candle;
};
/// One minute of the whole session. Symbols without a trade have no candle in it.
struct LiveBar {
  std::uint64_t number = 0;  ///< from 1 within a FollowMarket, without gaps
  time::Timestamp open_time{};
  std::vector<BarCandle> candles;  ///< by instrument
  std::uint32_t decisions = 0;     ///< CandleClosed messages that went out with it
  bool is_replayed = false;        ///< from what was stored: its time has long passed
};
struct BarClosed {
  std::shared_ptr<const LiveBar> bar;
};

// --- strategy runner -> position manager ---

/// Exactly one for each CandleClosed.
struct Decided {
  std::uint64_t bar = 0;
  time::Timestamp bar_time{};
  paper::SlotId slot = 0;
  std::uint32_t life = 0;  ///< another one for each runner that a slot has had
  std::optional<strategies::Signal> signal;
  bool failed = false;  ///< the strategy broke its rules: nothing opens for it any more
  /// Of a strategy that gives orders of its own: the account asks it about this candle.
  std::optional<market::Candle> candle = {};
  /// The strategy as it is after this candle, for a restart; with some candles only.
  std::shared_ptr<const std::string> snapshot = {};
};

// --- people -> position manager ---

struct SessionStatus {
  std::string session_id;  ///< empty: there was never one
  bool is_known = true;    ///< false: the ledger is being read, and the rest says nothing yet
  bool is_running = false;
  std::shared_ptr<const paper::LivePlan> plan;  ///< null without a session
  std::string market_data_status;  ///< "stopped", "connecting", "running", "stalled", ...
  std::string strategy_runner_status;
  std::vector<RunnerStatus> runners;
  std::uint64_t bars = 0;
  time::Timestamp up_to{};
  bool is_halted = false;
  bool stands_still = false;  ///< halted because its books contradict themselves
  std::string halt_reason;
  double cash = 0;  ///< quote currency, as are the next ones
  double equity = 0;
  double realized_profit = 0;
  double unrealized_profit = 0;
  double fees = 0;
  std::uint64_t fills = 0;
  std::uint64_t commits = 0;  ///< of the process, that are durable
  std::uint64_t store_errors = 0;
  std::string store_error;
  std::string feed_error;  ///< why no prices come that only another setting brings; else empty
  std::optional<std::uint64_t> parity_differences;  ///< of the last check
};

struct LivePosition {
  std::string position_id;
  market::Symbol symbol;
  std::string strategy;  ///< "manual" for those entered by hand
  paper::SlotId slot = 0;
  time::Timestamp entry_time{};
  trading::Side side = trading::Side::buy;
  trading::Price entry_price;
  trading::CoinAmount quantity;  ///< positive
  trading::Price current_price;
  trading::Money unrealized_profit;
  double unrealized_profit_pct = 0;
  trading::Money fee;
};

struct LiveTrade {
  std::string position_id;
  market::Symbol symbol;
  std::string strategy;
  time::Timestamp entry_time{};
  time::Timestamp exit_time{};
  trading::Side side = trading::Side::buy;
  trading::Price entry_price;
  trading::Price exit_price;
  trading::CoinAmount quantity;
  trading::Money realized_profit;
  double realized_profit_pct = 0;
  trading::Money fee;
  trading::Money slippage;
  std::string reason;
};

struct LiveTradePage {
  std::vector<LiveTrade> trades;  ///< newest first
  std::uint64_t total = 0;
  trading::Money realized_profit;  ///< of all, as are the next two
  std::uint64_t wins = 0;
  std::uint64_t losses = 0;
};

/// Answered once the session is durable and its runners are warmed up. Errors: conflict when one
/// runs; unknown_symbol; invalid with the field.
struct StartSession {
  using Reply = SessionStatus;
  paper::LivePlan plan;  ///< id and start are given by the position manager
};
/// Positions stay open; the next session may take them over or begin anew.
struct StopSession {
  using Reply = SessionStatus;
};
struct GetSession {
  using Reply = SessionStatus;
};
/// What is open, and the session that it belongs to.
struct SessionPositions {
  SessionStatus session;  ///< its `market_data_status` as far as it is known without asking
  std::vector<LivePosition> positions;
};
struct GetPositions {
  using Reply = SessionPositions;
};
struct GetTrades {
  using Reply = LiveTradePage;
  std::uint64_t offset = 0;
  std::uint64_t limit = 50;
};
/// By hand. Errors: invalid with the field; conflict when halted or a rule refuses it.
struct EnterPosition {
  using Reply = LivePosition;
  market::Symbol symbol;
  trading::Side side = trading::Side::buy;
  trading::CoinAmount quantity;
  trading::Price price;
};
/// Errors: not_found, field `position_id`. Without a price: the newest one of the market.
struct ClosePosition {
  using Reply = LiveTrade;
  std::string position_id;
  std::optional<trading::Price> price;
};
/// The kill switch: nothing opens any more; with `close_all` everything is closed at the next
/// candle. Durable.
struct SetHalted {
  using Reply = SessionStatus;
  bool is_halted = true;
  bool close_all = false;
  std::string reason;
};
struct ChangeSessionSlot {
  using Reply = SessionStatus;
  ChangeSlot change;
};

struct ParityReport {
  std::string session_id;
  time::Timestamp from{};
  time::Timestamp to{};
  std::uint64_t bars = 0;
  std::uint64_t signals = 0;
  std::uint64_t fills = 0;
  std::uint64_t differences = 0;
  std::vector<std::string> first;  ///< a sentence each, the earliest twenty
};
/// The session again, offline, from the stored candles.
struct CheckParity {
  using Reply = ParityReport;
};

}  // namespace hts::actors
