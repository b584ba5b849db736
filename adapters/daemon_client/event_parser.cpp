#include "adapters/daemon_client/event_parser.hpp"

#include <utility>

namespace hts::daemon_client {

void EventParser::feed(std::string_view bytes, const std::function<void(const Event&)>& use) {
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    line_ += bytes.substr(0, end);
    if (end == std::string_view::npos) return;
    bytes.remove_prefix(end + 1);
    if (line_.ends_with('\r')) line_.pop_back();
    take_line(std::exchange(line_, {}), use);
  }
}

void EventParser::take_line(std::string_view line, const std::function<void(const Event&)>& use) {
  if (line.empty()) {
    if (std::exchange(has_data_, false)) {
      if (event_.name.empty()) event_.name = "message";
      use(event_);
    }
    event_.name.clear();
    event_.data.clear();
    return;
  }
  const std::size_t colon = line.find(':');
  const std::string_view field = line.substr(0, colon);
  std::string_view value = colon == std::string_view::npos ? "" : line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (field == "event") event_.name = value;
  if (field == "id") event_.id = value;
  if (field == "data") {
    if (has_data_) event_.data += '\n';
    event_.data += value;
    has_data_ = true;
  }
}

}  // namespace hts::daemon_client
