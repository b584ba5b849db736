#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/http/http_message.hpp"
#include "engine/jobs/job_event.hpp"
#include "engine/result/result.hpp"

namespace hts::http {

struct EventHubOptions {
  std::size_t kept_events = 8'192;  ///< for those who come back, and those who read slowly
  std::size_t most_listeners = 256;
  /// Tells this life's event ids from those of another; letters and digits.
  std::string life = "0";
};

/// Job events for any number of clients, as server-sent events (HTML standard, section 9.2).
///
/// 1. `announce` never waits for a client: events go into one bounded ring, from which each client
///    is served at its own pace. Memory does not grow with clients or their slowness.
/// 2. A client gets all events in order, or an event `gap` in the place of those it missed: because
///    it read too slowly, or came back too late or to another life of the daemon.
/// 3. An id is `LIFE-NUMBER`; numbers grow by one an event.
///
/// Thread-safe. Streams may outlive the hub; they end with it.
class EventHub {
 public:
  explicit EventHub(const EventHubOptions& options = {});
  ~EventHub();
  EventHub(const EventHub&) = delete;
  EventHub& operator=(const EventHub&) = delete;

  /// O(1), and one call for each client that is up to date.
  void announce(const jobs::JobEvent& event);

  /// Events from now on, or from behind `last_event_id` on unless it is empty; of one job or of
  /// all. Error: unavailable when too many listen.
  [[nodiscard]] result::Result<std::shared_ptr<ResponseStream>> subscribe(
      const std::optional<jobs::JobId>& only, std::string_view last_event_id);

  [[nodiscard]] std::size_t listeners() const;

 private:
  class Ring;
  class Stream;
  std::shared_ptr<Ring> ring_;
};

}  // namespace hts::http
