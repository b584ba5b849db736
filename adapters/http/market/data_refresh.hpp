#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/http/responder.hpp"
#include "adapters/http/router.hpp"
#include "adapters/threads/task_queue.hpp"
#include "engine/market/candle_series.hpp"
#include "engine/ports/candle_store.hpp"
#include "engine/ports/market_feed.hpp"
#include "engine/time/timestamp.hpp"

namespace hts::http {

struct RefreshRequest {
  std::vector<market::Symbol> symbols;        ///< none: all of the catalog
  std::vector<market::Timeframe> timeframes;  ///< none: those that the catalog has of a symbol
  std::optional<time::Timestamp> from;        ///< none: where the stored candles end
};

/// `{"symbols": ["KRW-BTC"], "timeframes": ["1d"], "start_date": "2024-01-01"}`, or nothing at all;
/// `timeframe` is taken too. Errors: malformed, unknown_symbol, invalid with the field.
[[nodiscard]] result::Result<RefreshRequest> parse_refresh(std::string_view body);

/// Brings the catalog up to now from the exchange's history, series by series, on a thread of its
/// own. One refresh at a time. What it fetches enters as all candles do, so that a journal has it.
///
/// Thread-safe. Declared before the runtime that it stores through; stop it before that ends.
class DataRefresh {
 public:
  using Stored = std::function<void(const result::Result<ports::WriteReport>& stored)>;
  struct Places {
    ports::CandleStore& candles;              ///< outlives this
    ports::MarketHistory* history = nullptr;  ///< null: there is no exchange to ask
    /// Calls back once, on any thread.
    std::function<void(const market::Symbol&, market::Timeframe, market::CandleSeries, Stored)>
        store;
    std::function<time::Timestamp()> now;
  };

  explicit DataRefresh(Places places);

  /// 202 with the state; 409 while one goes on; 503 without an exchange.
  void start(RefreshRequest request, Responder responder);
  /// The state of the newest one.
  void show(Responder responder) const;
  /// What goes on ends after the request under way; false when that takes longer.
  [[nodiscard]] bool stop(std::chrono::milliseconds patience);

 private:
  struct Series {
    market::Symbol symbol;
    market::Timeframe timeframe;
    time::Timestamp from{};
    std::uint64_t candles = 0;  ///< fetched
    bool is_done = false;
    std::string error = {};
  };
  struct State {
    bool is_running = false;
    time::Timestamp started{};
    time::Timestamp ended{};
    std::string error;
    std::vector<Series> series;
  };
  void run(const RefreshRequest& request);
  [[nodiscard]] result::Result<std::vector<Series>> wanted(const RefreshRequest& request);
  [[nodiscard]] result::Result<std::uint64_t> fetch(const Series& series);
  [[nodiscard]] std::string text() const;

  const Places places_;
  mutable std::mutex mutex_;
  State state_;  // guarded by mutex_
  std::atomic<bool> is_stopping_{false};
  threads::TaskQueue queue_{1};
};

/// `POST` and `GET /api/data/refresh`, kept out of records.
void add_refresh_routes(Router& router, DataRefresh& refresh);

}  // namespace hts::http
