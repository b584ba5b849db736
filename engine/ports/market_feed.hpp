#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/market/candle_series.hpp"
#include "engine/market/symbol.hpp"
#include "engine/market/timeframe.hpp"
#include "engine/market/trade.hpp"
#include "engine/result/result.hpp"
#include "engine/time/timestamp.hpp"

/// Where live prices come from: an exchange's stream, Redis, a file that is played again.
namespace hts::ports {

/// A symbol of a subscription, by its place in FeedSubscription::symbols.
using FeedInstrument = std::uint32_t;

struct FeedTrade {
  FeedInstrument instrument = 0;
  market::Trade trade;
};

/// A candle that the exchange made itself.
struct FeedCandle {
  FeedInstrument instrument = 0;
  market::Timeframe timeframe = market::Timeframe::minute();
  market::Candle candle;
  bool is_closed = false;  ///< else it may still change
};

/// The newest price of a symbol; what shows it may skip some.
struct FeedTicker {
  FeedInstrument instrument = 0;
  time::Timestamp time{};
  double price = 0;
  double change_rate = 0;       ///< since the day before, fraction
  double day_volume = 0;        ///< base currency, 24 hours
  double day_trade_amount = 0;  ///< quote currency, 24 hours
};

/// The best offers of a book, as they were last told. A price of 0: nobody offers on that side.
struct FeedQuote {
  FeedInstrument instrument = 0;
  double bid = 0;
  double bid_quantity = 0;  ///< base currency
  double ask = 0;
  double ask_quantity = 0;

  friend bool operator==(const FeedQuote&, const FeedQuote&) = default;
};

/// What arrived together, in the order of arrival within each list.
struct FeedBatch {
  std::uint64_t subscription = 0;  ///< FeedSubscription::number
  time::Timestamp received{};      ///< this machine's clock; of a recording, its own
  std::vector<FeedTrade> trades;
  std::vector<FeedCandle> candles;
  std::vector<FeedTicker> tickers;
  std::vector<FeedQuote> quotes;
};

enum class FeedState : std::uint8_t {
  stopped,  ///< with a reason: it came to its end, as a recording does
  connecting,
  live,          ///< connected and subscribed; data may come
  stalled,       ///< connected, but silent for longer than it may be
  disconnected,  ///< waits for its next attempt
};

/// As people read it: "stopped", "connecting", "running", "stalled", "disconnected".
[[nodiscard]] std::string_view word_of(FeedState state) noexcept;

struct FeedStatus {
  std::uint64_t subscription = 0;
  FeedState state = FeedState::stopped;
  time::Timestamp since{};
  std::string reason;  ///< of a state that is not live: a sentence without secrets
};

/// Since the start of the process.
struct FeedFigures {
  std::string name;  ///< "upbit", "binance", "redis", "replay"
  FeedStatus status;
  std::uint64_t frames = 0;
  std::uint64_t trades = 0;
  std::uint64_t bytes = 0;
  std::uint64_t malformed = 0;        ///< frames that could not be read
  std::uint64_t unknown_symbols = 0;  ///< frames of symbols that nobody asked for
  std::uint64_t refused = 0;          ///< prices or quantities that cannot be
  std::uint64_t connects = 0;
  std::uint64_t disconnects = 0;
  std::uint64_t dropped = 0;  ///< trades that `on_batch` did not take
  std::optional<time::Timestamp> last_frame;
};

struct FeedSubscription {
  std::uint64_t number = 1;             ///< comes back with every batch and status
  std::vector<market::Symbol> symbols;  ///< no duplicates
  bool wants_candles = true;            ///< also the exchange's own 1-minute candles
  bool wants_tickers = true;
  bool wants_quotes = false;  ///< of exchanges that have a stream of them
  /// The market is known up to here: a source with a pace of its own passes over it at once.
  time::Timestamp after{};
};

/// Hears a feed. Called from one thread at a time; must not block for long.
class FeedListener {
 public:
  virtual ~FeedListener() = default;
  /// False: there is no room now; the feed keeps the batch and offers it again in a while, and
  /// reads no further meanwhile.
  [[nodiscard]] virtual bool on_batch(const std::shared_ptr<const FeedBatch>& batch) = 0;
  virtual void on_status(const FeedStatus& status) = 0;
};

/// A stream of prices. It connects, subscribes, and after a loss connects again by itself, with
/// growing, jittered pauses; between `live` and the loss nothing of the stream is skipped.
/// `subscribe` and `stop` from one thread; figures from any.
class MarketFeed {
 public:
  virtual ~MarketFeed() = default;
  /// Takes the place of the subscription before it. The listener outlives the subscription. Errors:
  /// invalid or unknown_symbol for what can never work; a server that is away is none.
  [[nodiscard]] virtual result::Status subscribe(const FeedSubscription& subscription,
                                                 FeedListener& listener) = 0;
  /// After it the listener is not called.
  virtual void stop() = 0;
  [[nodiscard]] virtual FeedFigures figures() const = 0;
};

/// The past of a market, from the exchange's own record. Blocks; thread-safe.
class MarketHistory {
 public:
  virtual ~MarketHistory() = default;
  /// Closed candles with open times in the range, ascending, unique; empty when there was no trade.
  /// Errors: unavailable with the next step, unknown_symbol.
  [[nodiscard]] virtual result::Result<market::CandleSeries> candles(const market::Symbol& symbol,
                                                                     market::Timeframe timeframe,
                                                                     time::TimeRange range) = 0;
};

}  // namespace hts::ports
