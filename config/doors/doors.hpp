#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/http/api.hpp"
#include "adapters/http/io_thread.hpp"
#include "adapters/http/market/data_refresh.hpp"
#include "adapters/http/market/market_pages.hpp"
#include "adapters/http/webhook/webhook_gate.hpp"
#include "adapters/http/websocket/message_hub.hpp"
#include "adapters/http/websocket/ticker_pulse.hpp"
#include "config/wiring/wiring.hpp"

namespace hts::config {

/// The ways into and out of a daemon beside its plain API: webhooks, markets, WebSockets.
///
/// Declared after the threads of its sockets and before the server and the runtime.
class Doors {
 public:
  struct Places {
    http::IoThread& sockets;
    ports::CandleStore& candles;  ///< also the newest ones; outlives this
    market::DayBoundary boundary = market::DayBoundary::utc;
    http::WebhookGate::Options webhooks;
    ports::MarketHistory* history = nullptr;  ///< null: the catalog cannot be refreshed
    /// Lets candles into the catalog; see DataRefresh.
    std::function<void(const market::Symbol&, market::Timeframe, market::CandleSeries,
                       http::DataRefresh::Stored)>
        store = {};
  };
  explicit Doors(Places places);

  /// What sessions do goes to those who listen.
  void listen(LiveOptions& options);
  /// What the doors say of themselves.
  void describe(http::ApiServices& services);
  /// For make_router; `services` as it is given there.
  [[nodiscard]] std::vector<http::AddRoutes> routes(const http::ApiServices& services);
  /// Live prices go out from now on.
  void begin(const http::ApiServices& services);
  /// True: the request was refused, and answered.
  [[nodiscard]] bool refuse(const http::HttpRequest& request, http::Responder& responder);
  /// False when something holds a thread for longer.
  [[nodiscard]] bool stop(std::chrono::milliseconds patience);

 private:
  http::IoThread& sockets_;
  http::WebhookGate gate_;
  http::MessageHub tickers_;
  http::MessageHub session_events_;
  http::MarketPages pages_;
  http::DataRefresh refresh_;
  std::optional<http::TickerPulse> pulse_;
};

}  // namespace hts::config
