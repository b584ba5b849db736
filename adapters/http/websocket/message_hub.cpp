#include "adapters/http/websocket/message_hub.hpp"

#include <utility>

#include "adapters/http/websocket/websocket_frames.hpp"

namespace hts::http {
namespace {

constexpr std::size_t messages_at_once = 256;
constexpr std::size_t bytes_at_once = 65'536;

}  // namespace

class MessageHub::Stream final : public ResponseStream {
 public:
  Stream(std::shared_ptr<Ring> ring, std::shared_ptr<Ring::Listener> listener, std::string topic,
         std::string greeting, std::shared_ptr<std::atomic<std::uint64_t>> cut_off)
      : ring_(std::move(ring)),
        listener_(std::move(listener)),
        topic_(std::move(topic)),
        greeting_(std::move(greeting)),
        cut_off_(std::move(cut_off)),
        next_(ring_->next()) {}
  ~Stream() override { ring_->leave(listener_); }

  bool read(std::string& out) override {
    const std::size_t begin = out.size();
    if (!greeting_.empty()) append_text_frame(out, std::exchange(greeting_, {}));
    // Messages of other topics are passed over until there is something to send or to wait for.
    while (out.size() - begin < bytes_at_once) {
      const Ring::Taken taken = ring_->take(next_, *listener_, messages_at_once);
      if (taken.missed > 0) {
        cut_off_->fetch_add(1, std::memory_order_relaxed);
        append_close_frame(out, 1013, "You read too slowly; come back, and read faster.");
        return false;
      }
      next_ += taken.items.size();
      for (const auto& message : taken.items) {
        if (topic_.empty() || message->topic == topic_) append_text_frame(out, message->text);
      }
      if (!taken.items.empty()) continue;
      if (taken.is_over) end(out);
      return !taken.is_over;
    }
    return true;
  }
  void beat(std::string& out) override { append_ping_frame(out); }
  void end(std::string& out) override {
    append_close_frame(out, 1001, "The daemon stops; come back in a moment.");
  }
  void listen(std::function<void()> ready) override { ring_->listen(*listener_, std::move(ready)); }
  bool is_two_way() const noexcept override { return true; }
  bool take(std::string_view bytes, std::string& out) override { return frames_.take(bytes, out); }

 private:
  const std::shared_ptr<Ring> ring_;
  const std::shared_ptr<Ring::Listener> listener_;
  const std::string topic_;
  std::string greeting_;
  const std::shared_ptr<std::atomic<std::uint64_t>> cut_off_;
  std::uint64_t next_;
  ClientFrames frames_;
};

MessageHub::MessageHub(const Options& options)
    : ring_(std::make_shared<Ring>(options.kept_messages, options.most_listeners)),
      cut_off_(std::make_shared<std::atomic<std::uint64_t>>(0)) {}

MessageHub::~MessageHub() {
  ring_->close();
}

void MessageHub::announce(std::string topic, std::string text) {
  ring_->add({std::move(topic), std::move(text)});
}

void MessageHub::serve(Responder responder, std::string topic, std::string greeting) {
  Handshake handshake = shake_hands(responder.request());
  if (!handshake.accepted) return responder.fail(handshake.refused);
  auto listener = std::make_shared<Ring::Listener>();
  if (!ring_->enter(listener)) {
    return responder.fail(result::make_error(
        result::ErrorCode::unavailable,
        "Too many clients listen already; close one, or ask for the state instead."));
  }
  handshake.accepted->stream = std::make_shared<Stream>(
      ring_, std::move(listener), std::move(topic), std::move(greeting), cut_off_);
  responder.send(*std::move(handshake.accepted));
}

}  // namespace hts::http
