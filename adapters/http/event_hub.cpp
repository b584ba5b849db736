#include "adapters/http/event_hub.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "adapters/http/job_answers.hpp"

namespace hts::http {
namespace {

constexpr std::size_t events_at_once = 256;
constexpr std::size_t bytes_at_once = 65'536;

using SharedEvent = std::shared_ptr<const jobs::JobEvent>;

/// What one look at the ring gives.
struct Taken {
  std::uint64_t missed = 0;  ///< before the first of `events`
  std::uint64_t first = 0;
  std::vector<SharedEvent> events;
  bool is_over = false;
};

}  // namespace

class EventHub::Ring {
 public:
  explicit Ring(EventHubOptions options) : options_(std::move(options)) {}

  /// A client that has read everything waits for its call.
  struct Listener {
    std::function<void()> ready;
    bool is_waiting = false;
  };

  void announce(const jobs::JobEvent& event) {
    auto kept = std::make_shared<const jobs::JobEvent>(event);
    std::vector<std::function<void()>> calls;
    {
      const std::lock_guard lock{mutex_};
      events_.push_back(std::move(kept));
      ++next_;
      if (events_.size() > options_.kept_events) events_.pop_front();
      calls = wake();
    }
    for (const auto& call : calls) call();
  }

  void close() {
    std::vector<std::function<void()>> calls;
    {
      const std::lock_guard lock{mutex_};
      is_over_ = true;
      calls = wake();
    }
    for (const auto& call : calls) call();
  }

  [[nodiscard]] bool enter(const std::shared_ptr<Listener>& listener) {
    const std::lock_guard lock{mutex_};
    if (listeners_.size() >= options_.most_listeners) return false;
    listeners_.push_back(listener);
    return true;
  }
  void leave(const std::shared_ptr<Listener>& listener) {
    const std::lock_guard lock{mutex_};
    std::erase(listeners_, listener);
  }
  void listen(Listener& listener, std::function<void()> ready) {
    const std::lock_guard lock{mutex_};
    listener.ready = std::move(ready);
  }

  /// Events from number `from` on. When there is none, the listener waits.
  [[nodiscard]] Taken take(std::uint64_t from, Listener& listener) {
    const std::lock_guard lock{mutex_};
    Taken taken;
    const std::uint64_t oldest = next_ - events_.size();
    taken.missed = from < oldest ? oldest - from : 0;
    taken.first = from + taken.missed;
    taken.is_over = is_over_;
    const auto offset = static_cast<std::size_t>(taken.first - oldest);
    const std::size_t count = std::min(events_at_once, events_.size() - offset);
    const auto begin = events_.begin() + static_cast<std::ptrdiff_t>(offset);
    taken.events.assign(begin, begin + static_cast<std::ptrdiff_t>(count));
    listener.is_waiting = count == 0 && taken.missed == 0;
    return taken;
  }

  [[nodiscard]] std::uint64_t next() const {
    const std::lock_guard lock{mutex_};
    return next_;
  }
  [[nodiscard]] std::size_t listeners() const {
    const std::lock_guard lock{mutex_};
    return listeners_.size();
  }
  [[nodiscard]] const std::string& life() const noexcept { return options_.life; }

 private:
  [[nodiscard]] std::vector<std::function<void()>> wake() {
    std::vector<std::function<void()>> calls;
    for (const auto& listener : listeners_) {
      if (std::exchange(listener->is_waiting, false)) calls.push_back(listener->ready);
    }
    return calls;
  }

  const EventHubOptions options_;
  mutable std::mutex mutex_;
  std::deque<SharedEvent> events_;  // the last of them has the number next_ - 1
  std::uint64_t next_ = 1;
  std::vector<std::shared_ptr<Listener>> listeners_;
  bool is_over_ = false;
};

class EventHub::Stream final : public ResponseStream {
 public:
  Stream(std::shared_ptr<Ring> ring, std::shared_ptr<Ring::Listener> listener,
         const std::optional<jobs::JobId>& only, std::uint64_t next, bool missed_unknown)
      : ring_(std::move(ring)),
        listener_(std::move(listener)),
        only_(only),
        next_(next),
        missed_unknown_(missed_unknown) {}
  ~Stream() override { ring_->leave(listener_); }

  bool read(std::string& out) override {
    const std::size_t begin = out.size();
    if (!std::exchange(greeted_, true)) {
      out += "retry: 1000\n\n";
      if (missed_unknown_) write_gap(out, 0);
    }
    // Events of other jobs are passed over until there is something to send or to wait for.
    while (out.size() - begin < bytes_at_once) {
      const Taken taken = ring_->take(next_, *listener_);
      if (taken.missed > 0) write_gap(out, taken.missed);
      next_ = taken.first;
      for (const SharedEvent& event : taken.events) write(out, *event);
      if (taken.is_over && taken.events.empty()) return false;
      if (taken.events.size() < events_at_once && out.size() > begin) break;
      if (taken.events.empty() && taken.missed == 0) break;
    }
    return true;
  }
  void beat(std::string& out) override { out += ": still here\n\n"; }
  void end(std::string& out) override {
    out += "event: end\ndata: {\"reason\":\"The daemon stops; come back in a moment.\"}\n\n";
  }
  void listen(std::function<void()> ready) override { ring_->listen(*listener_, std::move(ready)); }

 private:
  void write(std::string& out, const jobs::JobEvent& event) {
    const std::uint64_t number = next_++;
    if (only_ && event.id != *only_) return;
    out += "event: job\nid: ";
    write_id(out, number);
    out += "\ndata: ";
    out += event_to_text(event);
    out += "\n\n";
  }
  void write_gap(std::string& out, std::uint64_t missed) {
    out += "event: gap\nid: ";
    write_id(out, next_ + missed - 1);
    out += "\ndata: {\"missed\":" + (missed == 0 ? "null" : std::to_string(missed)) + "}\n\n";
  }
  void write_id(std::string& out, std::uint64_t number) const {
    out += ring_->life();
    out += '-';
    out += std::to_string(number);
  }

  const std::shared_ptr<Ring> ring_;
  const std::shared_ptr<Ring::Listener> listener_;
  const std::optional<jobs::JobId> only_;
  std::uint64_t next_;
  const bool missed_unknown_;  // it was here before, nobody knows what has happened since
  bool greeted_ = false;
};

EventHub::EventHub(const EventHubOptions& options) : ring_(std::make_shared<Ring>(options)) {}

EventHub::~EventHub() {
  ring_->close();
}

void EventHub::announce(const jobs::JobEvent& event) {
  ring_->announce(event);
}

result::Result<std::shared_ptr<ResponseStream>> EventHub::subscribe(
    const std::optional<jobs::JobId>& only, std::string_view last_event_id) {
  auto listener = std::make_shared<Ring::Listener>();
  if (!ring_->enter(listener)) {
    return result::make_error(result::ErrorCode::unavailable,
                              "Too many clients listen for events; close one, or ask for the "
                              "state of the job instead.");
  }
  const std::uint64_t now = ring_->next();
  std::uint64_t next = now;
  bool missed_unknown = !last_event_id.empty();
  const std::string prefix = ring_->life() + "-";
  if (last_event_id.starts_with(prefix)) {
    const std::string_view digits = last_event_id.substr(prefix.size());
    std::uint64_t last = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), last);
    if (error == std::errc{} && end == digits.data() + digits.size() && last < now) {
      next = last + 1;
      missed_unknown = false;
    }
  }
  return std::shared_ptr<ResponseStream>{
      std::make_shared<Stream>(ring_, std::move(listener), only, next, missed_unknown)};
}

std::size_t EventHub::listeners() const {
  return ring_->listeners();
}

}  // namespace hts::http
