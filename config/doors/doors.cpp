#include "config/doors/doors.hpp"

#include <utility>

#include "adapters/http/market/market_routes.hpp"
#include "adapters/http/webhook/webhook_routes.hpp"
#include "adapters/http/websocket/session_events.hpp"

namespace hts::config {
namespace {

time::Timestamp wall_clock() {
  return time::Timestamp{std::chrono::system_clock::now()};
}

}  // namespace

Doors::Doors(Places places)
    : sockets_(places.sockets),
      gate_(std::move(places.webhooks)),
      pages_({places.candles, places.boundary, &wall_clock}),
      refresh_({places.candles, places.history, std::move(places.store), &wall_clock}) {}

void Doors::listen(LiveOptions& options) {
  options.announce = [this, before = std::move(options.announce)](
                         const paper::LivePlan& plan,
                         const std::vector<paper::PaperEvent>& events) {
    if (before) before(plan, events);
    if (session_events_.listeners() == 0) return;
    for (const paper::PaperEvent& event : events) {
      session_events_.announce({}, http::session_event_text(plan, event));
    }
  };
}

void Doors::describe(http::ApiServices& services) {
  services.webhooks = [this] { return gate_.readings(); };
  services.web_sockets = [this] {
    return prometheus::WebSocketReadings{tickers_.listeners() + session_events_.listeners(),
                                         tickers_.cut_off() + session_events_.cut_off()};
  };
}

std::vector<http::AddRoutes> Doors::routes(const http::ApiServices& services) {
  return {[services](http::Router& router) { http::add_webhook_routes(router, services); },
          [this, services](http::Router& router) {
            const bool is_live = static_cast<bool>(services.feed);
            http::add_market_routes(router, services,
                                    {pages_, is_live ? &tickers_ : nullptr, &session_events_});
          },
          [this](http::Router& router) { http::add_refresh_routes(router, refresh_); }};
}

void Doors::begin(const http::ApiServices& services) {
  if (services.feed) pulse_.emplace(sockets_.io(), services, tickers_);
}

bool Doors::refuse(const http::HttpRequest& request, http::Responder& responder) {
  const auto problem = gate_.refuse(request, wall_clock());
  if (!problem) return false;
  responder.set_route(http::webhook_path);
  responder.fail(*problem);
  return true;
}

bool Doors::stop(std::chrono::milliseconds patience) {
  pulse_.reset();
  const bool has_refresh_ended = refresh_.stop(patience);
  return pages_.stop(patience) && has_refresh_ended;
}

}  // namespace hts::config
