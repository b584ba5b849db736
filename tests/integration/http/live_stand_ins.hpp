#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "actors/messages.hpp"
#include "engine/runtime/actor.hpp"

/// Actors that speak the protocols of live trading, for tests of what clients see.
namespace hts::http_test {

inline const std::string position_id = "11111111-2222-4333-8444-555555555555";

inline time::Timestamp minute_at(std::int64_t number) {
  return time::from_milliseconds(1'577'836'800'000 + number * 60'000);
}

/// What the stand-in of the books was asked, and what it says.
struct Books {
  std::mutex mutex;
  std::optional<actors::SessionStatus> session;
  std::optional<actors::StartSession> started;
  std::optional<actors::EnterPosition> entered;
  std::optional<actors::ClosePosition> closed;
  std::optional<actors::SetHalted> halted;
  std::optional<actors::ChangeSlot> changed;
};

inline actors::LivePosition open_position() {
  return {position_id,
          *market::Symbol::parse("KRW-BTC"),
          "sma_cross",
          1,
          minute_at(1),
          trading::Side::buy,
          *trading::Price::parse("95000000.5"),
          *trading::CoinAmount::parse("0.1"),
          *trading::Price::parse("96000000"),
          *trading::Money::parse("99999.95"),
          1.0526,
          *trading::Money::parse("9500.00005")};
}

inline actors::LiveTrade closed_trade() {
  return {position_id,
          *market::Symbol::parse("KRW-BTC"),
          "manual",
          minute_at(1),
          minute_at(3),
          trading::Side::buy,
          *trading::Price::parse("100"),
          *trading::Price::parse("110"),
          *trading::CoinAmount::parse("2"),
          *trading::Money::parse("19.5"),
          9.75,
          *trading::Money::parse("0.4"),
          *trading::Money::parse("0.1"),
          "by hand"};
}

class BooksStandIn : public runtime::Actor<BooksStandIn, actors::PositionManagerProtocol> {
 public:
  explicit BooksStandIn(Books& books) : books_(books) {}

  void on(const actors::BarClosed&) {}
  void on(const actors::Decided&) {}
  void on(runtime::Request<actors::GetPositionSummary>& request) {
    request.reply(actors::PositionSummary{1});
  }
  void on(runtime::Request<actors::StartSession>& request) {
    const std::lock_guard lock{books_.mutex};
    if (books_.session) {
      request.reply(result::make_error(result::ErrorCode::conflict,
                                       "A session runs already: stop it first."));
      return;
    }
    books_.started = request.query;
    actors::SessionStatus status;
    status.session_id = "aaaaaaaa-0000-4000-8000-000000000001";
    status.is_running = true;
    auto plan = std::make_shared<paper::LivePlan>(request.query.plan);
    plan->session_id = status.session_id;
    plan->started_at = minute_at(0);
    status.plan = plan;
    status.market_data_status = "connecting";
    status.strategy_runner_status = "running";
    status.runners.push_back({0, true, 12, 3, minute_at(2), ""});
    status.cash = 10'000.25;
    books_.session = status;
    request.reply(status);
  }
  void on(runtime::Request<actors::StopSession>& request) {
    const std::lock_guard lock{books_.mutex};
    if (!books_.session) {
      request.reply(
          result::make_error(result::ErrorCode::conflict, "No session runs: start one first."));
      return;
    }
    books_.session->is_running = false;
    request.reply(*books_.session);
  }
  void on(runtime::Request<actors::GetSession>& request) {
    const std::lock_guard lock{books_.mutex};
    actors::SessionStatus none;
    none.market_data_status = none.strategy_runner_status = "stopped";
    request.reply(books_.session.value_or(none));
  }
  void on(runtime::Request<actors::GetPositions>& request) {
    const std::lock_guard lock{books_.mutex};
    request.reply(actors::SessionPositions{books_.session.value_or(actors::SessionStatus{}),
                                           {open_position()}});
  }
  void on(runtime::Request<actors::GetTrades>& request) {
    actors::LiveTradePage page;
    page.trades.push_back(closed_trade());
    page.total = 41;
    page.realized_profit = *trading::Money::parse("19.5");
    page.wins = 3;
    page.losses = 1;
    request.reply(std::move(page));
  }
  void on(runtime::Request<actors::EnterPosition>& request) {
    const std::lock_guard lock{books_.mutex};
    books_.entered = request.query;
    request.reply(open_position());
  }
  void on(runtime::Request<actors::ClosePosition>& request) {
    const std::lock_guard lock{books_.mutex};
    books_.closed = request.query;
    if (request.query.position_id == position_id) return request.reply(closed_trade());
    request.reply(result::make_error(result::ErrorCode::not_found, "There is no such position.",
                                     "position_id"));
  }
  void on(runtime::Request<actors::SetHalted>& request) {
    const std::lock_guard lock{books_.mutex};
    books_.halted = request.query;
    actors::SessionStatus status;
    status.is_halted = request.query.is_halted;
    status.halt_reason = request.query.reason;
    request.reply(status);
  }
  void on(runtime::Request<actors::ChangeSessionSlot>& request) {
    const std::lock_guard lock{books_.mutex};
    books_.changed = request.query.change;
    request.reply(books_.session.value_or(actors::SessionStatus{}));
  }
  void on(runtime::Request<actors::CheckParity>& request) {
    request.reply(actors::ParityReport{"aaaaaaaa-0000-4000-8000-000000000001",
                                       minute_at(0),
                                       minute_at(9),
                                       9,
                                       4,
                                       2,
                                       1,
                                       {"Bar 3 has another fill."}});
  }

 private:
  Books& books_;
};

class MarketStandIn : public runtime::Actor<MarketStandIn, actors::IngestProtocol> {
 public:
  void on(runtime::Request<actors::GetMarketStatus>& request) {
    auto status = std::make_shared<actors::MarketStatus>();
    status->feed.state = ports::FeedState::live;
    status->bars = 3;
    actors::InstrumentStatus btc{*market::Symbol::parse("KRW-BTC")};
    btc.last = market::Candle{minute_at(2), 1, 3, 0.5, 2, 10};
    btc.current = market::Candle{minute_at(3), 2, 2, 2, 2, 1};
    btc.price = 2;
    btc.price_time = minute_at(3);
    btc.quote = {0, 1.5, 4, 0, 0};
    status->instruments.push_back(btc);
    request.reply(std::shared_ptr<const actors::MarketStatus>{std::move(status)});
  }
  void on(const actors::FeedArrived&) {}
  void on(const actors::FeedChanged&) {}
  template <class Query>
  void on(runtime::Request<Query>& request) {
    request.reply(
        result::make_error(result::ErrorCode::unavailable, "Clients do not ask for this."));
  }
};

class IdleScheduler : public runtime::Actor<IdleScheduler, actors::SchedulerProtocol> {
 public:
  void on(runtime::Request<actors::GetSchedulerStatus>& request) {
    request.reply(actors::SchedulerStatus{});
  }
  void on(const ports::JobSignal&) {}
  template <class Query>
  void on(runtime::Request<Query>& request) {
    request.reply(
        result::make_error(result::ErrorCode::unavailable, "Clients do not ask for this."));
  }
};

}  // namespace hts::http_test
