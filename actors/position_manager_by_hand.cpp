#include <algorithm>
#include <chrono>
#include <utility>

#include "actors/position_manager.hpp"

namespace hts::actors {
namespace {

using result::ErrorCode;
using result::make_error;
using result::Result;

constexpr std::chrono::seconds price_patience{1};
constexpr time::Duration one_bar = market::Timeframe::minute().length();

}  // namespace

/// When something that people ask for happens, by the market's time: after the close of the newest
/// bar and before that of the next, so that the same session run again does it at the same place.
time::Timestamp PositionManager::moment() const {
  const time::Timestamp closed = session_->up_to().value_or(after_) + one_bar;
  return std::clamp(context_.now(), closed, closed + one_bar - std::chrono::milliseconds{1});
}

void PositionManager::ask_by_hand(ByHand wanted) {
  if (auto can = check_can_trade(); !can) {
    wanted.refused(std::move(can).error());
    return;
  }
  if (!session_) {
    wanted.refused(no_paper_session());
    return;
  }
  by_hand_.push_back(std::move(wanted));
  go_on();
}

/// The session knows the close of the newest candle, which is up to a minute old; the feed knows
/// more. Calls with what it said last, or nothing.
void PositionManager::with_newest_price(const market::Symbol& symbol,
                                        std::function<void(std::optional<trading::Price>)> use) {
  if (!is_following_) {
    use(std::nullopt);
    return;
  }
  context_.ask(
      ports_.ingest, GetMarketStatus{}, price_patience,
      [symbol, use = std::move(use)](const Result<std::shared_ptr<const MarketStatus>>& market) {
        if (!market) return use(std::nullopt);
        const auto& known = (*market)->instruments;
        const auto found = std::ranges::find(known, symbol, &InstrumentStatus::symbol);
        if (found == known.end() || !(found->price > 0)) return use(std::nullopt);
        const auto price = trading::Price::nearest(found->price);
        use(price ? std::optional{*price} : std::nullopt);
      });
}

result::Status PositionManager::check_slippage(const EnterPosition& wanted,
                                               std::optional<trading::Price> newest) const {
  const auto& risk = session_->plan().account.risk;
  if (risk.max_slippage_pct <= 0) return result::success();
  if (!newest) {
    const auto& symbols = session_->plan().symbols;
    const auto found = std::ranges::find(symbols, wanted.symbol);
    // The session itself looks at the close of its newest candle, where there is one.
    if (found == symbols.end() ||
        session_->price_of(static_cast<paper::InstrumentId>(found - symbols.begin()))) {
      return result::success();
    }
    return make_error(ErrorCode::conflict,
                      "The market has given no price yet, and the session has a largest slippage: "
                      "wait for a trade.",
                      "entry_price");
  }
  if (risk.check_price(newest->approximate(), wanted.price.approximate()) ==
      trading::RiskRules::Refusal::none) {
    return result::success();
  }
  return make_error(ErrorCode::conflict,
                    "The price is further from the market's " + newest->text() +
                        " than the largest slippage: enter at about that price.",
                    "entry_price");
}

void PositionManager::on(runtime::Request<EnterPosition>& asked) {
  auto request = std::make_shared<runtime::Request<EnterPosition>>(std::move(asked));
  with_newest_price(request->query.symbol, [this, request](std::optional<trading::Price> newest) {
    enter(request, newest);
  });
}

void PositionManager::enter(const std::shared_ptr<runtime::Request<EnterPosition>>& request,
                            std::optional<trading::Price> newest) {
  auto id = std::make_shared<std::string>();
  ByHand wanted;
  wanted.refused = [request](result::Error error) { request->reply(std::move(error)); };
  wanted.act = [this, request, id,
                newest](paper::PaperSession& session) -> paper::PaperSession::Events {
    const auto& [symbol, side, quantity, price] = request->query;
    const auto& symbols = session.plan().symbols;
    const auto found = std::ranges::find(symbols, symbol);
    if (found == symbols.end()) {
      return make_error(ErrorCode::unknown_symbol,
                        "The session does not follow " + symbol.text() +
                            ": choose one of its symbols, or start a session with it.",
                        "symbol");
    }
    if (auto near = check_slippage(request->query, newest); !near) return std::move(near).error();
    auto events = session.enter(
        moment(),
        {static_cast<paper::InstrumentId>(found - symbols.begin()), side, quantity, price});
    if (events && !events->empty()) *id = events->back().position_id;
    return events;
  };
  wanted.done = [this, request, id] {
    const auto found = std::ranges::find(view_.positions, *id, &paper::BookPosition::position_id);
    if (found == view_.positions.end()) {
      request->reply(make_error(ErrorCode::conflict, "The position was closed meanwhile."));
      return;
    }
    request->reply(live_position(*view_.plan, *found, session_->price_of(found->instrument)));
  };
  ask_by_hand(std::move(wanted));
}

void PositionManager::on(runtime::Request<ClosePosition>& asked) {
  auto request = std::make_shared<runtime::Request<ClosePosition>>(std::move(asked));
  const auto* open = session_ ? session_->books().find(request->query.position_id) : nullptr;
  if (request->query.price || open == nullptr) {
    close(request, request->query.price);
    return;
  }
  with_newest_price(
      session_->plan().symbols[open->instrument],
      [this, request](std::optional<trading::Price> newest) { close(request, newest); });
}

void PositionManager::close(const std::shared_ptr<runtime::Request<ClosePosition>>& request,
                            std::optional<trading::Price> at) {
  ByHand wanted;
  wanted.refused = [request](result::Error error) { request->reply(std::move(error)); };
  wanted.act = [this, request, at](paper::PaperSession& session) -> paper::PaperSession::Events {
    auto price = at;
    const auto* open = session.books().find(request->query.position_id);
    if (!price && open != nullptr) price = session.price_of(open->instrument);
    if (!price && open != nullptr) {
      return make_error(ErrorCode::conflict,
                        "The market has given no price yet: name one, or wait for a candle.",
                        "price");
    }
    return session.close(moment(), request->query.position_id, price.value_or(trading::Price{}));
  };
  wanted.done = [this, request] {
    const auto found = std::find_if(
        view_.trades.rbegin(), view_.trades.rend(),
        [&](const LiveTrade& trade) { return trade.position_id == request->query.position_id; });
    if (found == view_.trades.rend()) {
      request->reply(make_error(ErrorCode::internal, "The closed position left no trade."));
      return;
    }
    request->reply(*found);
  };
  ask_by_hand(std::move(wanted));
}

void PositionManager::on(runtime::Request<SetHalted>& asked) {
  auto request = std::make_shared<runtime::Request<SetHalted>>(std::move(asked));
  ByHand wanted;
  wanted.refused = [request](result::Error error) { request->reply(std::move(error)); };
  wanted.act = [this, request](paper::PaperSession& session) {
    const SetHalted& query = request->query;
    if (!query.is_halted) return session.resume_trading(moment());
    return session.halt(moment(), query.reason.empty() ? "Halted by hand." : query.reason,
                        query.close_all);
  };
  wanted.done = [this, request] { request->reply(status()); };
  ask_by_hand(std::move(wanted));
}

}  // namespace hts::actors
