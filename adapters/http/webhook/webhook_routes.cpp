#include "adapters/http/webhook/webhook_routes.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "adapters/http/session_answers.hpp"
#include "adapters/http/webhook/webhook_gate.hpp"
#include "adapters/webhook/inbound_webhook.hpp"
#include "engine/json/json_writer.hpp"
#include "engine/runtime/runtime.hpp"

namespace hts::http {
namespace {

using result::ErrorCode;
using result::make_error;
using webhook::Action;

constexpr std::chrono::seconds book_deadline{30};

std::string_view word_of(Action action) {
  switch (action) {
    case Action::buy:
      return "buy";
    case Action::sell:
      return "sell";
    case Action::close:
      return "close";
  }
  return "unknown";
}

/// One accepted request on its way through the books.
struct WebhookOrder {
  const ApiServices services;
  const std::string name;
  const webhook::WebhookSignal signal;
  Responder responder;
  std::vector<std::string> to_close = {};  ///< ids of positions, the next one last
  std::vector<std::string> done = {};      ///< JSON objects: positions or trades
};
using SharedOrder = std::shared_ptr<WebhookOrder>;

template <class Protocol, class Query, class Use>
void ask(const SharedOrder& order, const runtime::Address<Protocol>& actor, Query query, Use use) {
  order->services.runtime.ask(
      actor, std::move(query), book_deadline,
      [order, use = std::move(use)](result::Result<typename Query::Reply> reply) mutable {
        if (!reply.ok()) return order->responder.fail(reply.error());
        use(std::move(reply).value());
      });
}

void answer(const SharedOrder& order, std::string_view status, std::string_view list) {
  std::string text;
  json::Writer writer{text};
  writer.begin_object();
  writer.member("webhook", order->name);
  writer.member("symbol", order->signal.symbol.text());
  writer.member("action", word_of(order->signal.action));
  writer.member("status", status);
  writer.key(list);
  writer.begin_array();
  for (const std::string& document : order->done) writer.document(document);
  writer.end_array();
  writer.end_object();
  order->responder.send(json_response(200, std::move(text)));
}

void tell_people(const SharedOrder& order) {
  const webhook::WebhookSignal& signal = order->signal;
  const std::string what = std::string{word_of(signal.action)} + " " + signal.symbol.text() +
                           (signal.strategy.empty() ? std::string{} : " (" + signal.strategy + ")");
  actors::Notice notice;
  notice.kind = "signal";
  notice.subject = order->name + ": " + what;
  notice.text = "The webhook " + order->name + " says " + what + "." +
                (signal.comment.empty() ? "" : " " + signal.comment);
  json::Writer writer{notice.details};
  writer.begin_object();
  writer.member("webhook", order->name);
  writer.member("symbol", signal.symbol.text());
  writer.member("side", word_of(signal.action));
  writer.member("strategy", signal.strategy);
  if (signal.price) writer.member("price", *signal.price);
  if (signal.quantity) writer.member("quantity", *signal.quantity);
  writer.end_object();
  // A notifier without room counts what it drops.
  (void)order->services.notifier.tell(std::move(notice));
}

/// With the digits that were written, not those of the double nearest to them.
template <class Decimal>
result::Result<Decimal> as_written(double number) {
  std::array<char, 400> digits;
  const auto end =
      std::to_chars(digits.data(), digits.data() + digits.size(), number, std::chars_format::fixed);
  if (end.ec == std::errc{}) {
    auto exact = Decimal::parse({digits.data(), static_cast<std::size_t>(end.ptr - digits.data())});
    if (exact) return exact;
  }
  return Decimal::nearest(number);
}

result::Result<trading::Price> exact_price(double price) {
  auto exact = as_written<trading::Price>(price);
  if (exact && *exact > trading::Price{}) return exact;
  return make_error(ErrorCode::invalid, "The price is too small or too large for the books.",
                    "price");
}

void enter(const SharedOrder& order, trading::Price price) {
  const auto quantity = as_written<trading::CoinAmount>(*order->signal.quantity);
  if (!quantity || *quantity <= trading::CoinAmount{}) {
    return order->responder.fail(make_error(
        ErrorCode::invalid, "The quantity is too small or too large for the books.", "quantity"));
  }
  const auto side = order->signal.action == Action::buy ? trading::Side::buy : trading::Side::sell;
  ask(order, order->services.positions,
      actors::EnterPosition{order->signal.symbol, side, *quantity, price},
      [order](const actors::LivePosition& position) {
        order->done.push_back(position_response(position).body);
        answer(order, "entered", "positions");
      });
}

void enter_at_market(const SharedOrder& order) {
  ask(order, order->services.ingest, actors::GetMarketStatus{},
      [order](const std::shared_ptr<const actors::MarketStatus>& market) {
        const auto found = std::ranges::find(market->instruments, order->signal.symbol,
                                             &actors::InstrumentStatus::symbol);
        if (found == market->instruments.end() || found->price <= 0) {
          return order->responder.fail(make_error(
              ErrorCode::conflict,
              "The market has given no price yet: name one, or wait for a trade.", "price"));
        }
        const auto price = exact_price(found->price);
        if (!price) return order->responder.fail(price.error());
        enter(order, *price);
      });
}

void close_next(const SharedOrder& order) {
  if (order->to_close.empty()) return answer(order, "closed", "trades");
  actors::ClosePosition close;
  close.position_id = std::move(order->to_close.back());
  order->to_close.pop_back();
  if (order->signal.price) {
    const auto price = exact_price(*order->signal.price);
    if (!price) return order->responder.fail(price.error());
    close.price = *price;
  }
  ask(order, order->services.positions, std::move(close), [order](const actors::LiveTrade& trade) {
    order->done.push_back(trade_response(trade).body);
    close_next(order);
  });
}

/// Strategies keep theirs: a webhook closes what webhooks and people have opened.
void close_all(const SharedOrder& order) {
  ask(order, order->services.positions, actors::GetPositions{},
      [order](const actors::SessionPositions& book) {
        for (const actors::LivePosition& position : book.positions) {
          if (position.symbol == order->signal.symbol && position.slot == paper::manual_book) {
            order->to_close.push_back(position.position_id);
          }
        }
        std::ranges::reverse(order->to_close);
        close_next(order);
      });
}

/// Behind the gate: whoever comes here has signed its body.
void take_webhook(const ApiServices& services, const RoutedRequest& request, Responder responder) {
  auto signal = webhook::parse_signal(request.http.body);
  if (!signal) return responder.fail(signal.error());
  const auto order = std::make_shared<WebhookOrder>(WebhookOrder{
      services, request.path_parameter("name"), *std::move(signal), std::move(responder)});
  tell_people(order);
  if (order->signal.action == Action::close) return close_all(order);
  if (!order->signal.quantity) return answer(order, "told", "positions");
  if (!order->signal.price) return enter_at_market(order);
  const auto price = exact_price(*order->signal.price);
  if (!price) return order->responder.fail(price.error());
  enter(order, *price);
}

}  // namespace

void add_webhook_routes(Router& router, const ApiServices& services) {
  if (!services.positions) return;
  router.add(Method::post, std::string{webhook_path},
             "Signed signals of others: {\"symbol\", \"action\", \"quantity\", \"price\"}.",
             [services](const RoutedRequest& request, Responder responder) {
               take_webhook(services, request, std::move(responder));
             });
}

}  // namespace hts::http
