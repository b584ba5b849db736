// Alerts from outside: nothing unsigned is read, and what is read can be acted on.
#include "adapters/webhook/inbound_webhook.hpp"
#include "fuzz_input.hpp"

using hts::fuzz::require;

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

  const auto half = text.size() / 2;
  const hts::webhook::Headers headers{text.substr(0, half / 2), text.substr(half / 2, half / 2)};
  hts::webhook::SeenRequests seen;
  require(!hts::webhook::verify_and_parse(headers, text.substr(half), "a secret of the tests",
                                          hts::time::Timestamp{}, seen));
  return 0;
}
