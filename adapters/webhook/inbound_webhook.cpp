#include "adapters/webhook/inbound_webhook.hpp"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <utility>

#include "adapters/webhook/webhook_signature.hpp"
#include "engine/json/json_cursor.hpp"
#include "engine/json/json_text.hpp"

namespace hts::webhook {
namespace {

using result::ErrorCode;
using result::make_error;

constexpr std::size_t longest_body = std::size_t{64} << 10U;
constexpr std::size_t longest_text = 100;

result::Error invalid(std::string message, std::string field) {
  return make_error(ErrorCode::invalid, std::move(message), std::move(field));
}

const boost::json::value* find(const boost::json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value == nullptr || value->is_null() ? nullptr : value;
}

/// A number, or a text that is one: templates of charting sites write both.
result::Result<std::optional<double>> positive_number(const boost::json::object& object,
                                                      std::string_view name) {
  const auto* value = find(object, name);
  if (value == nullptr) return std::optional<double>{};
  double number = 0;
  bool is_number = value->is_number();
  if (is_number) {
    number = value->to_number<double>();
  } else if (const auto* text = value->if_string()) {
    is_number = json::read_decimal({text->data(), text->size()}, number);
  }
  constexpr double largest = 1e15;
  if (is_number && number > 0 && number <= largest) return std::optional<double>{number};
  return invalid("The " + std::string(name) + " is not a number above 0: correct or leave it out.",
                 std::string(name));
}

result::Result<std::string> short_text(const boost::json::object& object, std::string_view name) {
  const auto* value = find(object, name);
  if (value == nullptr) return std::string{};
  const auto* text = value->if_string();
  if (text != nullptr && text->size() <= longest_text) return std::string(*text);
  return invalid("The " + std::string(name) + " is not a text of at most " +
                     std::to_string(longest_text) + " bytes.",
                 std::string(name));
}

result::Result<Action> action_of(const boost::json::object& object) {
  const auto* value = find(object, "action");
  if (value == nullptr) value = find(object, "side");
  const auto* text = value == nullptr ? nullptr : value->if_string();
  std::string word = text == nullptr ? "" : std::string(*text);
  for (char& c : word) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  if (word == "buy" || word == "long") return Action::buy;
  if (word == "sell" || word == "short") return Action::sell;
  if (word == "close" || word == "flat" || word == "exit") return Action::close;
  return invalid("The action is missing or unknown: write buy, sell or close.", "action");
}

}  // namespace

SeenRequests::Verdict SeenRequests::note(std::string_view signature, time::Timestamp sent_at,
                                         time::Timestamp now) {
  // Whatever is older is refused for its time already.
  while (!by_time_.empty() && by_time_.begin()->first < now - window_) {
    seen_.erase(by_time_.begin()->second);
    by_time_.erase(by_time_.begin());
  }
  if (seen_.contains(signature)) return Verdict::is_repeated;
  if (seen_.size() >= capacity_) return Verdict::is_full;
  seen_.emplace(signature);
  by_time_.emplace(sent_at, std::string(signature));
  return Verdict::is_new;
}

result::Result<WebhookSignal> parse_signal(std::string_view body) {
  const auto document = json::parse_json(body, {.max_bytes = longest_body, .max_depth = 16});
  if (!document) return document.error();
  const auto* object = document->if_object();
  if (object == nullptr) {
    return make_error(ErrorCode::malformed,
                      R"(The body is no JSON object: send {"symbol":"BTCUSDT","action":"buy"}.)");
  }
  const auto* named = find(*object, "symbol");
  if (named == nullptr) named = find(*object, "ticker");
  const auto* name = named == nullptr ? nullptr : named->if_string();
  auto symbol = market::Symbol::parse(name == nullptr ? "" : std::string_view(*name));
  if (!symbol) return symbol.error();
  auto action = action_of(*object);
  if (!action) return action.error();
  auto price = positive_number(*object, "price");
  if (!price) return price.error();
  auto quantity = positive_number(*object, "quantity");
  if (!quantity) return quantity.error();
  auto strategy = short_text(*object, "strategy");
  if (!strategy) return strategy.error();
  auto comment = short_text(*object, "comment");
  if (!comment) return comment.error();
  return WebhookSignal{*std::move(symbol),  *action, *price, *quantity, *std::move(strategy),
                       *std::move(comment), {}};
}

result::Result<WebhookSignal> verify_and_parse(const Headers& headers, std::string_view body,
                                               std::string_view secret, time::Timestamp now,
                                               SeenRequests& seen) {
  if (secret.empty()) {
    return invalid("Webhooks are not taken: there is no secret to check them with.", "signature");
  }
  if (body.size() > longest_body) {
    return make_error(ErrorCode::too_large, "The body has more than 65536 bytes.", "body");
  }
  const auto expected = signature_of(headers.timestamp, body, secret);
  if (!equal_signatures(headers.signature, expected)) {
    return invalid(
        "The signature is missing or wrong: sign the timestamp, a point and the body with the "
        "shared secret.",
        "signature");
  }
  std::int64_t seconds = 0;
  const char* const end = headers.timestamp.data() + headers.timestamp.size();
  const auto read = std::from_chars(headers.timestamp.data(), end, seconds);
  constexpr std::int64_t year_2200 = 7'258'118'400;
  if (read.ec != std::errc{} || read.ptr != end || seconds < 0 || seconds >= year_2200) {
    return invalid("The timestamp is not in whole seconds since 1970.", "timestamp");
  }
  const time::Timestamp sent_at{std::chrono::seconds{seconds}};
  if (sent_at < now - seen.window() || sent_at > now + seen.window()) {
    return invalid(
        "The timestamp is too far from this machine's clock: check both clocks, and send at once.",
        "timestamp");
  }
  auto signal = parse_signal(body);
  if (!signal) return signal;
  switch (seen.note(headers.signature, sent_at, now)) {
    case SeenRequests::Verdict::is_new:
      break;
    case SeenRequests::Verdict::is_repeated:
      return make_error(ErrorCode::conflict, "This request was accepted before.", "signature");
    case SeenRequests::Verdict::is_full:
      return make_error(ErrorCode::unavailable,
                        "Too many webhooks at a time: try again in a few minutes.");
  }
  signal->sent_at = sent_at;
  return signal;
}

}  // namespace hts::webhook
