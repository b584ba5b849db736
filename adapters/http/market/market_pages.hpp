#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/http/market/screener_request.hpp"
#include "adapters/http/responder.hpp"
#include "adapters/threads/task_queue.hpp"
#include "engine/market/timeframe_builder.hpp"
#include "engine/ports/candle_store.hpp"
#include "engine/screener/market_days.hpp"
#include "engine/time/timestamp.hpp"

namespace hts::http {

/// What the feed said last of a symbol.
struct LivePrice {
  double price = 0;
  time::Timestamp time{};
  ports::FeedQuote quote = {};
};
using LivePrices = std::map<market::Symbol, LivePrice>;

struct MarketQuery {
  std::string quote;  ///< upper case; empty: any
  std::uint64_t limit = 100;
  std::uint64_t offset = 0;
};

/// All markets that there are candles of, compared: lists, tickers, the screener.
///
/// A market's days end with its newest candle, so that old data can be compared as well. They are
/// read on a thread of its own, at most once in 60 s, when somebody asks, and kept for
/// those who ask meanwhile; live prices go over them in tickers. What is asked here is no part of a
/// journal. Memory: 231 days a market while anybody has asked in the life of the process.
///
/// Declared after the io_context and before the server, so that it stops before what its answers go
/// to. Thread-safe.
class MarketPages {
 public:
  struct Places {
    ports::CandleStore& candles;  ///< outlives this
    market::DayBoundary boundary = market::DayBoundary::utc;
    std::function<time::Timestamp()> now;
  };
  static constexpr std::chrono::seconds kept_for{60};

  explicit MarketPages(Places places);

  /// Symbols with what is stored of them, as the member `name`, a literal.
  void list(std::string_view name, MarketQuery query, Responder responder);
  /// Prices, with the change and the volume of the day.
  void tickers(MarketQuery query, LivePrices prices, Responder responder);
  /// The markets for which the conditions hold.
  void filter(ScreenerRequest request, Responder responder);

  /// False when a disk holds the thread for longer than that; the destructor would wait for it.
  [[nodiscard]] bool stop(std::chrono::milliseconds patience);

 private:
  struct Board {
    time::Timestamp made_at{};
    std::vector<screener::MarketDays> markets;  ///< by symbol
    std::uint64_t unreadable = 0;
  };
  using SharedBoard = std::shared_ptr<const Board>;

  void post(Responder responder, std::function<void(Responder&)> answer);
  /// On the queue's thread.
  [[nodiscard]] result::Result<SharedBoard> board();

  const Places places_;
  SharedBoard board_;  // the queue's thread alone
  std::atomic<bool> is_stopping_{false};
  threads::TaskQueue queue_{1};
};

}  // namespace hts::http
