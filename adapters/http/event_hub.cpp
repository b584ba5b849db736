#include "adapters/http/event_hub.hpp"

#include <charconv>
#include <utility>

#include "adapters/http/job_answers.hpp"
#include "adapters/http/listener_ring.hpp"

namespace hts::http {
namespace {

constexpr std::size_t events_at_once = 256;
constexpr std::size_t bytes_at_once = 65'536;

}  // namespace

class EventHub::Ring : public ListenerRing<jobs::JobEvent> {
 public:
  explicit Ring(const EventHubOptions& options)
      : ListenerRing(options.kept_events, options.most_listeners), life_(options.life) {}
  [[nodiscard]] const std::string& life() const noexcept { return life_; }

 private:
  const std::string life_;
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
      const Ring::Taken taken = ring_->take(next_, *listener_, events_at_once);
      if (taken.missed > 0) write_gap(out, taken.missed);
      next_ = taken.first;
      for (const auto& event : taken.items) write(out, *event);
      if (taken.is_over && taken.items.empty()) return false;
      if (taken.items.size() < events_at_once && out.size() > begin) break;
      if (taken.items.empty() && taken.missed == 0) break;
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
  ring_->add(event);
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
