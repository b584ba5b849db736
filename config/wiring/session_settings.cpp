#include "config/wiring/session_settings.hpp"

#include <charconv>

namespace hts::config {
namespace {

void read_number(std::string_view text, std::size_t& number) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  // A journal that asks for a million workers is none of ours.
  constexpr std::size_t largest = 1'000'000;
  if (error == std::errc{} && end == text.data() + text.size() && value > 0 && value <= largest) {
    number = value;
  }
}

}  // namespace

void write_session_settings(const SessionSettings& settings, journal::SegmentHeader& header) {
  const WiringOptions& wiring = settings.wiring;
  header.settings = {{"jobs.workers", std::to_string(wiring.workers)},
                     {"jobs.queue_capacity", std::to_string(wiring.queue_capacity)},
                     {"mailbox_capacity", std::to_string(wiring.mailbox_capacity)},
                     {"environment", wiring.environment},
                     {"execution_host", wiring.execution_host},
                     {"data.root", settings.data_root}};
}

SessionSettings read_session_settings(const journal::SegmentHeader& header) {
  SessionSettings settings;
  for (const auto& [key, value] : header.settings) {
    if (key == "jobs.workers") read_number(value, settings.wiring.workers);
    if (key == "jobs.queue_capacity") read_number(value, settings.wiring.queue_capacity);
    if (key == "mailbox_capacity") read_number(value, settings.wiring.mailbox_capacity);
    if (key == "environment") settings.wiring.environment = value;
    if (key == "execution_host") settings.wiring.execution_host = value;
    if (key == "data.root") settings.data_root = value;
  }
  return settings;
}

}  // namespace hts::config
