// Alerts from outside: nothing unsigned is read, what is signed is taken once, and what is read can
// be acted on.
#include <chrono>
#include <string>

#include "adapters/webhook/inbound_webhook.hpp"
#include "adapters/webhook/webhook_signature.hpp"
#include "fuzz_input.hpp"

using hts::fuzz::require;

namespace {

constexpr std::string_view secret = "a secret of the tests";

/// The body signed as it should be, at a time that the first bytes choose.
void come_signed(std::string_view text, bool is_signal) {
  const auto seconds = static_cast<long long>(text.empty() ? 0 : text.front()) * 10;
  const auto now = hts::time::Timestamp{std::chrono::seconds{1'730'336'862}};
  const auto sent_at = std::to_string(1'730'336'862 + seconds);
  const auto signature = hts::webhook::signature_of(sent_at, text, secret);
  const hts::webhook::Headers headers{sent_at, signature};
  hts::webhook::SeenRequests seen;
  const auto first = hts::webhook::verify_and_parse(headers, text, secret, now, seen);
  require(first.ok() == (is_signal && seconds >= -300 && seconds <= 300));
  require(seen.size() == (first ? 1U : 0U));
  const auto again = hts::webhook::verify_and_parse(headers, text, secret, now, seen);
  require(!again && (!first || again.error().code == hts::result::ErrorCode::conflict));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = hts::fuzz::text_of(data, size);
  const auto signal = hts::webhook::parse_signal(text);
  if (signal) {
    require(!signal->price || *signal->price > 0);
    require(!signal->quantity || *signal->quantity > 0);
    require(signal->strategy.size() <= 100 && signal->comment.size() <= 100);
  } else {
    require(!signal.error().message.empty());
  }
  come_signed(text, signal.ok());

  const auto half = text.size() / 2;
  const hts::webhook::Headers headers{text.substr(0, half / 2), text.substr(half / 2, half / 2)};
  hts::webhook::SeenRequests seen;
  require(!hts::webhook::verify_and_parse(headers, text.substr(half), secret,
                                          hts::time::Timestamp{}, seen));
  return 0;
}
