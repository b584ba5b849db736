#include "config/simulation/live_clients.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <set>
#include <string_view>
#include <utility>

#include "config/simulation/order_strategy.hpp"

namespace hts::simulation {
namespace {

/// Longer than the API's own deadlines for a session, but that of a check of parity.
constexpr std::chrono::seconds session_patience{320};
constexpr std::chrono::seconds parity_patience{620};
constexpr int session_ok = 200;
/// A wrong state, nothing there, a conflict, numbers that a rule refuses, a store that fails.
constexpr std::array expected = {200, 400, 404, 409, 422, 500, 503, 504};

/// All texts that follow the mark up to the next quote.
std::vector<std::string> all_after(std::string_view text, std::string_view mark) {
  std::vector<std::string> found;
  for (auto at = text.find(mark); at != std::string_view::npos; at = text.find(mark)) {
    text.remove_prefix(at + mark.size());
    found.emplace_back(text.substr(0, text.find('"')));
  }
  return found;
}

std::string first_after(std::string_view text, std::string_view mark) {
  auto found = all_after(text, mark);
  return found.empty() ? std::string{} : std::move(found.front());
}

constexpr std::string_view session_mark = "\"session_id\":\"";
constexpr std::string_view position_mark = "\"position_id\":\"";
constexpr std::string_view trade_mark = "\"id\":\"";

}  // namespace

LiveClients::LiveClients(const Plan& plan, Dice dice, Referee& referee, LiveWatch& watch,
                         const TradeMarket& market)
    : plan_(plan), dice_(dice), referee_(referee), watch_(watch), market_(market) {}

void LiveClients::meet(DaemonLife& life, Events& events) {
  life_ = &life;
  for (std::size_t i = 0; i < plan_.traders; ++i) schedule(events);
}

void LiveClients::part() {
  life_ = nullptr;
  ++generation_;
}

void LiveClients::schedule(Events& events) {
  if (life_ == nullptr) return;
  const auto pause = dice_.chance(plan_.burst_rate)
                         ? dice_.between(time::Duration{0}, std::chrono::milliseconds{20})
                         : dice_.between(time::Duration{0}, 2 * plan_.trader_think_time);
  events.at(life_->now() + pause, [this, &events, generation = generation_] {
    if (generation == generation_) act(events);
  });
}

void LiveClients::act(Events& events) {
  const std::size_t choice = dice_.below(100);
  // One that goes on from before is as good as a new one.
  if (session_.empty()) return choice < 50 ? start(events) : look_at_session(events);
  if (choice < 5) return start(events);
  if (choice < 9) return ask(events, {"POST", "/api/simulation/stop", {}}, {});
  if (choice < 25) return look_at_session(events);
  if (choice < 45) return look_at_positions(events);
  if (choice < 55) return look_at_trades(events);
  if (choice < 67) return enter(events);
  if (choice < 77) return close(events);
  if (choice < 80) return halt(events);
  if (choice < 85) return ask(events, {"POST", "/api/simulation/resume", {}}, {});
  if (choice < 91) return change(events);
  if (choice < 94) return ask(events, {"GET", "/api/simulation/market-data", {}}, {});
  if (choice < 96) return ask(events, {"GET", "/api/positions/summary", {}}, {});
  ask(events, {"GET", "/api/simulation/parity", {}}, [this](const http::Response& response) {
    if (plan_.actor_failure_rate > 0) return;
    if (response.content().find("\"differences\":0,") == std::string::npos) {
      referee_.violated("parity", "the daemon reports differences: " + response.content());
    }
  });
}

void LiveClients::ask(Events& events, const ClientRequest& request, OnAnswer on_good_answer) {
  ++requests_;
  const bool is_long = request.target.ends_with("parity");
  (void)life_->request(
      request, is_long ? parity_patience : session_patience,
      [this, &events, what = request.method + " " + request.target, generation = generation_,
       on_good_answer = std::move(on_good_answer)](const http::Response& response) {
        ++answers_[response.status];
        if (generation != generation_) return;
        if (std::ranges::find(expected, response.status) == expected.end()) {
          referee_.violated("good_request_served", what + " was answered " +
                                                       std::to_string(response.status) + ": " +
                                                       response.content());
        }
        if (response.status == session_ok && on_good_answer) on_good_answer(response);
        schedule(events);
      });
}

std::string LiveClients::draw_session() {
  std::string strategies;
  for (const market::Symbol& symbol : market_.symbols()) {
    std::string slots;
    const std::size_t count = 1 + dice_.below(3);
    for (std::size_t i = 0; i < count; ++i) {
      slots += slots.empty() ? "" : ",";
      slots += "{\"timeframe\":\"" + std::string{dice_.one_of({"1m", "1m", "1m", "3m", "5m"})} +
               "\",\"strategy_name\":\"";
      if (dice_.chance(0.2)) {
        slots += "volume_long_candle\"}";
        continue;
      }
      slots += std::string{dice_.one_of({"sma_cross", order_strategy, "ema_cross"})} +
               "\",\"params\":{\"fast\":" + std::to_string(dice_.between(std::int64_t{2}, 3)) +
               ",\"slow\":" + std::to_string(dice_.between(std::int64_t{4}, 6)) + "}}";
    }
    strategies += (strategies.empty() ? "\"" : ",\"") + symbol.text() + "\":[" + slots + "]";
    if (dice_.chance(0.2)) break;
  }
  std::string portfolio = R"("cash":"100000","commission":"0.001","lot":"0.0001")";
  const auto add = [&](const char* name, const char* value) {
    if (*value == '\0') return;
    portfolio += ",\"" + std::string{name} + "\":\"" + value + "\"";
  };
  add("direction", dice_.one_of({"long", "short", "both", "both"}));
  add("size", dice_.one_of({"percent:10", "percent:30", "cash:5000", "quantity:3"}));
  add("stop_loss", dice_.one_of({"", "", "0.01"}));
  add("take_profit", dice_.one_of({"", "", "0.01"}));
  add("trailing_stop", dice_.one_of({"", "", "0.012"}));
  add("slippage", dice_.one_of({"", "percent:0.0002", "fixed:0.5"}));
  add("max_positions", dice_.one_of({"", "", "2"}));
  add("daily_loss_limit", dice_.one_of({"", "", "0.3"}));
  add("max_exposure", dice_.one_of({"", "", "40"}));
  add("volume_share", dice_.one_of({"", "", "0.05"}));
  add("leverage", dice_.one_of({"", "", "3"}));
  return "{\"strategies\":{" + strategies + "},\"portfolio\":{" + portfolio + "}}";
}

void LiveClients::start(Events& events) {
  ask(events, {"POST", "/api/simulation/start", draw_session()},
      [this](const http::Response& response) {
        session_ = first_after(response.content(), session_mark);
        watch_.session_told(session_);
      });
}

void LiveClients::look_at_session(Events& events) {
  ask(events, {"GET", "/api/simulation/status", {}}, [this](const http::Response& response) {
    const std::string id = first_after(response.content(), session_mark);
    if (id.empty()) return;
    session_ = id;
    watch_.session_told(id);
  });
}

void LiveClients::look_at_positions(Events& events) {
  ask(events, {"GET", "/api/simulation/positions", {}},
      [this, asked_for = session_, told = watch_.told(session_)](const http::Response& response) {
        const std::string id = first_after(response.content(), session_mark);
        positions_ = all_after(response.content(), position_mark);
        for (const std::string& position : positions_) watch_.open_position_told(position);
        if (id.empty() || id != asked_for) return;
        watch_.positions_told(id, {positions_.begin(), positions_.end()}, told);
      });
}

void LiveClients::look_at_trades(Events& events) {
  ask(events, {"GET", "/api/simulation/history?limit=1000", {}},
      [this](const http::Response& response) {
        for (const std::string& position : all_after(response.content(), trade_mark)) {
          watch_.closed_position_told(position);
        }
      });
}

void LiveClients::enter(Events& events) {
  const market::Symbol& symbol = market_.symbols()[dice_.below(market_.symbols().size())];
  const std::string body = "{\"symbol\":\"" + symbol.text() + "\",\"quantity\":\"" +
                           dice_.one_of({"0.5", "1.25", "0.333333333"}) + "\",\"entry_price\":\"" +
                           dice_.one_of({"1005.5", "1020.123", "1040"}) + "\",\"side\":\"" +
                           dice_.one_of({"buy", "sell"}) + "\"}";
  ask(events, {"POST", "/api/positions/enter", body}, [this](const http::Response& response) {
    const std::string id = first_after(response.content(), position_mark);
    watch_.open_position_told(id);
    positions_.push_back(id);
  });
}

void LiveClients::close(Events& events) {
  if (positions_.empty()) return look_at_positions(events);
  const std::size_t which = dice_.below(positions_.size());
  const std::string id = positions_[which];
  positions_.erase(positions_.begin() + static_cast<std::ptrdiff_t>(which));
  std::string body = "{\"position_id\":\"" + id + "\"";
  if (dice_.chance(0.3)) body += ",\"exit_price\":\"1015.25\"";
  ask(events, {"POST", "/api/positions/close", body + "}"},
      [this, id](const http::Response&) { watch_.closed_position_told(id); });
}

void LiveClients::halt(Events& events) {
  const std::string body =
      dice_.chance(0.5) ? R"({"reason":"tried","close_all":true})" : R"({"reason":"tried"})";
  ask(events, {"POST", "/api/simulation/halt", body}, {});
}

void LiveClients::change(Events& events) {
  const std::string slot = std::to_string(dice_.below(3));
  std::string body = dice_.chance(0.5) ? "{\"enabled\":true" : "{\"enabled\":false";
  if (dice_.chance(0.6)) {
    body += ",\"params\":{\"fast\":" + std::to_string(dice_.between(std::int64_t{2}, 3)) +
            ",\"slow\":" + std::to_string(dice_.between(std::int64_t{4}, 8)) + "}";
  }
  ask(events, {"PATCH", "/api/simulation/strategies/" + slot, body + "}"}, {});
}

std::vector<ClientRequest> LiveClients::readings() {
  return {{"GET", "/api/simulation/status", {}},      {"GET", "/api/simulation/strategies", {}},
          {"GET", "/api/simulation/market-data", {}}, {"GET", "/api/simulation/positions", {}},
          {"GET", "/api/simulation/history", {}},     {"GET", "/api/positions/summary", {}}};
}

}  // namespace hts::simulation
