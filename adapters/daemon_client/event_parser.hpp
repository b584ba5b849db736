#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace hts::daemon_client {

/// A server-sent event (HTML standard, section 9.2), its lines of data joined.
struct Event {
  std::string name;  ///< "message" when the server gave none
  std::string id;    ///< the newest that was given
  std::string data;
};

/// Reads events from bytes as they arrive. Comments, and fields without meaning here, are passed
/// over. Holds at most what one event needs; one thread.
class EventParser {
 public:
  /// Calls `use` with every event that the bytes complete.
  void feed(std::string_view bytes, const std::function<void(const Event&)>& use);

 private:
  void take_line(std::string_view line, const std::function<void(const Event&)>& use);

  std::string line_;  // of which the end has not arrived
  Event event_;
  bool has_data_ = false;
};

}  // namespace hts::daemon_client
