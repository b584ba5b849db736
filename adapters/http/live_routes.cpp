#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "adapters/http/actor_answer.hpp"
#include "adapters/http/api.hpp"
#include "adapters/http/page_request.hpp"
#include "adapters/http/preset_request.hpp"
#include "adapters/http/run_request.hpp"
#include "adapters/http/session_answers.hpp"
#include "adapters/http/session_request.hpp"

namespace hts::http {
namespace {

constexpr PageLimits trade_pages{};
constexpr std::chrono::seconds book_deadline{30};
// Runners see months of candles before a session begins.
constexpr std::chrono::seconds start_deadline{300};
constexpr std::chrono::seconds parity_deadline{600};
constexpr std::uint64_t last_slot = most_session_slots - 1;

template <class Query>
void ask_session(const ApiServices& services, Query query, std::chrono::seconds deadline,
                 Responder responder) {
  answer_from(services.runtime, services.positions, std::move(query), deadline,
              std::move(responder), [services](const actors::SessionStatus& status) {
                const auto count = services.web_sockets ? services.web_sockets().clients : 0;
                return session_response(status, count);
              });
}

/// False: the client was told that its body is not JSON.
bool takes_json(const RoutedRequest& request, Responder& responder) {
  const auto problem = refuse_media_type(request.http.header("Content-Type"), request.http.body);
  if (problem) responder.fail(*problem);
  return !problem;
}

using FoundPresets = result::Result<std::vector<ports::Preset>>;

void start_resolved(const ApiServices& services, WantedSession wanted, Responder responder) {
  auto plan = plan_of(std::move(wanted));
  if (!plan.ok()) return responder.fail(plan.error());
  ask_session(services, actors::StartSession{std::move(plan).value()}, start_deadline,
              std::move(responder));
}

void start_session(const ApiServices& services, const RoutedRequest& request, Responder responder) {
  if (!takes_json(request, responder)) return;
  auto wanted = parse_session_start(request.http.body);
  if (!wanted.ok()) return responder.fail(wanted.error());
  auto names = presets_of(*wanted);
  if (names.empty()) {
    start_resolved(services, std::move(wanted).value(), std::move(responder));
    return;
  }
  services.runtime.ask(services.storage, actors::FindPresets{std::move(names)}, book_deadline,
                       [services, wanted = std::move(wanted).value(),
                        responder = std::move(responder)](FoundPresets presets) mutable {
                         if (!presets.ok()) return responder.fail(presets.error());
                         auto applied = apply_presets(*presets, wanted);
                         if (!applied.ok()) return responder.fail(applied.error());
                         start_resolved(services, std::move(wanted), std::move(responder));
                       });
}

void stop_session(const ApiServices& services, const RoutedRequest&, Responder responder) {
  ask_session(services, actors::StopSession{}, book_deadline, std::move(responder));
}

void show_session(const ApiServices& services, const RoutedRequest&, Responder responder) {
  ask_session(services, actors::GetSession{}, book_deadline, std::move(responder));
}

void show_session_strategies(const ApiServices& services, const RoutedRequest&,
                             Responder responder) {
  answer_from(services.runtime, services.positions, actors::GetSession{}, book_deadline,
              std::move(responder), &session_strategies_response);
}

void show_market_data(const ApiServices& services, const RoutedRequest&, Responder responder) {
  answer_from(services.runtime, services.ingest, actors::GetMarketStatus{}, book_deadline,
              std::move(responder), [](const std::shared_ptr<const actors::MarketStatus>& market) {
                return market_data_response(*market);
              });
}

void show_positions(const ApiServices& services, const RoutedRequest&, Responder responder) {
  answer_from(services.runtime, services.positions, actors::GetPositions{}, book_deadline,
              std::move(responder), [](const actors::SessionPositions& book) {
                return positions_response(book.session, book.positions);
              });
}

void show_book_summary(const ApiServices& services, const RoutedRequest&, Responder responder) {
  services.runtime.ask(
      services.positions, actors::GetPositions{}, book_deadline,
      [services,
       responder = std::move(responder)](result::Result<actors::SessionPositions> book) mutable {
        if (!book.ok()) return responder.fail(book.error());
        answer_from(services.runtime, services.positions, actors::GetTrades{0, 1}, book_deadline,
                    std::move(responder),
                    [book = *std::move(book)](const actors::LiveTradePage& trades) {
                      return book_summary_response(book.session, book.positions, trades);
                    });
      });
}

void show_trades(const ApiServices& services, const RoutedRequest& request, Responder responder) {
  const auto page = parse_page(request.http.query, trade_pages);
  if (!page.ok()) return responder.fail(page.error());
  answer_from(services.runtime, services.positions, actors::GetTrades{page->offset, page->limit},
              book_deadline, std::move(responder),
              [wanted = *page](const actors::LiveTradePage& trades) {
                return trades_response(trades, wanted.limit, wanted.offset);
              });
}

void check_parity(const ApiServices& services, const RoutedRequest&, Responder responder) {
  answer_from(services.runtime, services.positions, actors::CheckParity{}, parity_deadline,
              std::move(responder), &parity_response);
}

void halt_session(const ApiServices& services, const RoutedRequest& request, Responder responder) {
  if (!takes_json(request, responder)) return;
  auto halt = parse_halt(request.http.body);
  if (!halt.ok()) return responder.fail(halt.error());
  ask_session(services, std::move(halt).value(), book_deadline, std::move(responder));
}

void resume_session(const ApiServices& services, const RoutedRequest&, Responder responder) {
  ask_session(services, actors::SetHalted{false, false, {}}, book_deadline, std::move(responder));
}

void change_resolved(const ApiServices& services, actors::ChangeSlot change, Responder responder) {
  answer_from(services.runtime, services.positions, actors::ChangeSessionSlot{std::move(change)},
              start_deadline, std::move(responder), &session_strategies_response);
}

/// Only the session knows which strategy the slot has.
void change_to_preset(const ApiServices& services, ports::Preset preset, actors::ChangeSlot change,
                      Responder responder) {
  services.runtime.ask(
      services.positions, actors::GetSession{}, book_deadline,
      [services, preset = std::move(preset), change = std::move(change),
       responder = std::move(responder)](result::Result<actors::SessionStatus> session) mutable {
        if (!session.ok()) return responder.fail(session.error());
        // Whoever owns the session says what is wrong with a slot that is none.
        if (session->plan != nullptr && change.slot < session->plan->slots.size()) {
          const auto applied =
              apply_preset(preset, session->plan->slots[change.slot].strategy, change);
          if (!applied.ok()) return responder.fail(applied.error());
        }
        change_resolved(services, std::move(change), std::move(responder));
      });
}

void change_slot(const ApiServices& services, const RoutedRequest& request, Responder responder) {
  if (!takes_json(request, responder)) return;
  const auto slot = parse_count(request.path_parameter("slot"), "slot", 0, 0, last_slot);
  if (!slot.ok()) return responder.fail(slot.error());
  auto wanted = parse_slot_change(static_cast<paper::SlotId>(*slot), request.http.body);
  if (!wanted.ok()) return responder.fail(wanted.error());
  if (wanted->preset.empty()) {
    change_resolved(services, std::move(wanted->change), std::move(responder));
    return;
  }
  const std::string name = wanted->preset;
  services.runtime.ask(services.storage, actors::FindPresets{{name}}, book_deadline,
                       [services, change = std::move(wanted->change), name,
                        responder = std::move(responder)](FoundPresets presets) mutable {
                         if (!presets.ok()) return responder.fail(presets.error());
                         if (presets->empty())
                           return responder.fail(no_such_preset_here(name, "preset"));
                         change_to_preset(services, std::move(presets->front()), std::move(change),
                                          std::move(responder));
                       });
}

void enter_position(const ApiServices& services, const RoutedRequest& request,
                    Responder responder) {
  if (!takes_json(request, responder)) return;
  auto enter = parse_enter(request.http.body);
  if (!enter.ok()) return responder.fail(enter.error());
  answer_from(services.runtime, services.positions, std::move(enter).value(), book_deadline,
              std::move(responder), &position_response);
}

void close_position(const ApiServices& services, const RoutedRequest& request,
                    Responder responder) {
  if (!takes_json(request, responder)) return;
  auto close = parse_close(request.http.body);
  if (!close.ok()) return responder.fail(close.error());
  answer_from(services.runtime, services.positions, std::move(close).value(), book_deadline,
              std::move(responder), &trade_response);
}

}  // namespace

void add_live_routes(Router& router, const ApiServices& services) {
  if (!services.positions) return;
  using Function = void (*)(const ApiServices&, const RoutedRequest&, Responder);
  const auto add = [&](Method method, const char* path, const char* summary, Function function) {
    router.add(method, path, summary,
               [services, function](const RoutedRequest& request, Responder responder) {
                 function(services, request, std::move(responder));
               });
  };
  add(Method::post, "/api/simulation/start",
      "Starts a paper session: {\"symbols\": [...], \"strategies\": {SYMBOL: [...]}}.",
      start_session);
  add(Method::post, "/api/simulation/stop", "Stops the session; its positions stay open.",
      stop_session);
  add(Method::get, "/api/simulation/status", "How the paper session is.", show_session);
  add(Method::get, "/api/simulation/strategies", "Its strategies with their parameters.",
      show_session_strategies);
  add(Method::patch, "/api/simulation/strategies/{slot}",
      "Changes one: {\"params\": {...}, \"enabled\": true or false, \"preset\": NAME}.",
      change_slot);
  add(Method::get, "/api/simulation/market-data", "The newest candles and prices.",
      show_market_data);
  add(Method::get, "/api/simulation/positions", "The open positions.", show_positions);
  add(Method::get, "/api/simulation/history",
      "The closed positions, newest first (?limit=&offset=).", show_trades);
  add(Method::get, "/api/simulation/parity",
      "Runs the session again from the stored candles and compares.", check_parity);
  add(Method::post, "/api/simulation/halt",
      "The kill switch: nothing opens any more ({\"close_all\": true} closes too).", halt_session);
  add(Method::post, "/api/simulation/resume", "Lets the session open positions again.",
      resume_session);
  add(Method::post, "/api/positions/enter",
      "Opens a position by hand: {\"symbol\", \"quantity\", \"entry_price\", \"side\"}.",
      enter_position);
  add(Method::post, "/api/positions/close",
      "Closes one: {\"position_id\", \"exit_price\"}; without a price at that of the market.",
      close_position);
  add(Method::get, "/api/positions/open", "The open positions.", show_positions);
  add(Method::get, "/api/positions/summary", "Cash, equity, exposure and profit.",
      show_book_summary);
}

}  // namespace hts::http
