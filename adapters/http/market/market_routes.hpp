#pragma once

#include "adapters/http/api.hpp"
#include "adapters/http/market/market_pages.hpp"
#include "adapters/http/websocket/message_hub.hpp"

namespace hts::http {

/// Where what the routes tell comes from; all outlive the router.
struct MarketSources {
  MarketPages& pages;
  MessageHub* tickers = nullptr;         ///< null: no WebSocket of prices
  MessageHub* session_events = nullptr;  ///< null: none of the paper session
};

/// Markets, tickers, the screener and the WebSockets. All of it is kept out of records.
void add_market_routes(Router& router, const ApiServices& services, const MarketSources& sources);

}  // namespace hts::http
