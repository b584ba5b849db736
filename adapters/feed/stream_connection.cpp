#include "adapters/feed/stream_connection.hpp"

#include <array>
#include <utility>

#include <boost/asio/defer.hpp>

#include "adapters/feed/upgrade.hpp"

namespace hts::feed {
namespace {

constexpr std::size_t longest_head = std::size_t{16} << 10U;
constexpr std::size_t bytes_a_read = std::size_t{64} << 10U;
/// More is better read on while others work.
constexpr std::size_t most_bytes_of_a_visit = std::size_t{8} << 10U;

FrameTally difference(const FrameTally& now, const FrameTally& before) {
  return {now.frames - before.frames,
          now.trades - before.trades,
          now.bytes - before.bytes,
          now.malformed - before.malformed,
          now.unknown_symbols - before.unknown_symbols,
          now.refused - before.refused};
}

}  // namespace

StreamConnection::StreamConnection(const boost::asio::any_io_executor& executor,
                                   boost::asio::ssl::context* tls, StreamPlan plan,
                                   FrameReader reader, std::uint64_t subscription,
                                   const StreamConditions& conditions, Owner& owner)
    : plan_(std::move(plan)),
      conditions_(conditions),
      subscription_(subscription),
      owner_(owner),
      resolver_(executor),
      timer_(executor),
      retry_(executor),
      wire_(make_wire(executor, plan_.url, tls)),
      reader_(std::move(reader)),
      decoder_(conditions.most_bytes_a_message),
      watch_(conditions.patience, conditions.moment()) {}

std::function<void(const StreamConnection::Code&, std::size_t)> StreamConnection::guarded(
    void (StreamConnection::*next)(), const char* doing) {
  return [self = shared_from_this(), next, doing](const Code& code, std::size_t bytes) {
    if (self->is_over_) return;
    if (code) {
      const std::string reason =
          self->server() + " " + doing + ": " + self->wire_->explain(code) + ".";
      if (self->held_ == nullptr) return self->lose(reason);
      // A pong failed while a batch waits to be taken: first that, then the loss.
      self->ending_ = reason;
      return;
    }
    if (next != &StreamConnection::take_bytes) return ((*self).*next)();
    self->decoder_.received(bytes);
    if (!self->conditions_.visit || bytes > most_bytes_of_a_visit) return self->take_bytes();
    self->conditions_.visit([of = self.get()] { of->take_bytes(); });
  };
}

void StreamConnection::start() {
  timer_.expires_after(conditions_.connect);
  timer_.async_wait([self = shared_from_this()](const Code& code) {
    if (code || self->is_over_ || self->is_live_) return;
    self->lose(self->server() + " did not answer in time.");
  });
  resolver_.async_resolve(
      plan_.url.host, plan_.url.port,
      [self = shared_from_this()](const Code& code,
                                  const boost::asio::ip::tcp::resolver::results_type& endpoints) {
        if (self->is_over_) return;
        if (code) {
          return self->lose("The name " + self->plan_.url.host +
                            " of the feed cannot be resolved: " + code.message() + ".");
        }
        self->wire_->connect(endpoints,
                             self->guarded(&StreamConnection::greet, "cannot be reached"));
      });
}

void StreamConnection::greet() {
  key_ = upgrade_key(conditions_.random(), conditions_.random());
  being_sent_ = upgrade_request(plan_.url, key_);
  wire_->write(boost::asio::buffer(being_sent_),
               guarded(&StreamConnection::read_answer, "was lost"));
}

void StreamConnection::read_answer() {
  const auto room = decoder_.room(bytes_a_read);
  wire_->read_some(
      boost::asio::buffer(room.data(), room.size()),
      [self = shared_from_this(), room](const Code& code, std::size_t bytes) {
        if (self->is_over_) return;
        if (code)
          return self->lose(self->server() + " was lost: " + self->wire_->explain(code) + ".");
        self->head_.append(room.data(), bytes);
        const auto end = self->head_.find("\r\n\r\n");
        if (end != std::string::npos) return self->accept();
        if (self->head_.size() > longest_head) {
          return self->lose(self->server() + " does not speak HTTP there.");
        }
        self->read_answer();
      });
}

void StreamConnection::accept() {
  const auto end = head_.find("\r\n\r\n");
  const UpgradeAnswer answer = read_upgrade_answer(std::string_view(head_).substr(0, end), key_);
  if (!answer.is_accepted) {
    return lose(server() + " " + answer.problem + ".", answer.retry_after);
  }
  // Frames may have come right behind the answer.
  const std::string_view rest = std::string_view(head_).substr(end + 4);
  const auto room = decoder_.room(rest.size() + 1);
  rest.copy(room.data(), rest.size());
  head_.clear();
  being_sent_.clear();
  for (const std::string& greeting : plan_.greetings) send(Opcode::text, greeting);
  // Its answer proves that the server has read what came before it.
  send(Opcode::ping, "subscribed?");
  const std::size_t bytes = rest.size();
  decoder_.received(bytes);
  take_bytes();
}

void StreamConnection::read() {
  const auto room = decoder_.room(bytes_a_read);
  wire_->read_some(boost::asio::buffer(room.data(), room.size()),
                   guarded(&StreamConnection::take_bytes, "was lost"));
}

void StreamConnection::take_bytes() {
  const auto moment = conditions_.moment();
  const bool was_stalled = watch_.is_stalled();
  watch_.heard(moment);
  if (was_stalled && is_live_) owner_.on_stall(*this, false);
  auto batch = std::make_shared<ports::FeedBatch>();
  batch->subscription = subscription_;
  batch->received = conditions_.now();
  const std::uint64_t frames_before = reader_.tally().frames;
  for (;;) {
    std::string_view payload;
    const auto event = decoder_.next(payload);
    if (event == FrameDecoder::Event::incomplete) break;
    if (!take_event(event, payload, *batch)) break;
  }
  if (reader_.tally().frames != frames_before) watch_.heard_data(moment);
  owner_.on_tally(difference(reader_.tally(), std::exchange(told_, reader_.tally())));
  const bool is_empty = batch->trades.empty() && batch->candles.empty() && batch->tickers.empty() &&
                        batch->quotes.empty();
  if (is_over_) return;
  if (!is_empty) held_ = std::move(batch);
  offer();
}

bool StreamConnection::take_event(FrameDecoder::Event event, std::string_view payload,
                                  ports::FeedBatch& batch) {
  switch (event) {
    case FrameDecoder::Event::incomplete:
      return false;
    case FrameDecoder::Event::message: {
      const auto verdict = reader_.read(payload, batch);
      if (verdict == FrameReader::Verdict::refusal) {
        ending_ = server() + " refused the subscription: " + reader_.reason() + ".";
        return false;
      }
      be_live();
      if (verdict == FrameReader::Verdict::shutdown && !std::exchange(is_replace_told_, true)) {
        owner_.on_replace(*this);
      }
      return !is_over_;
    }
    case FrameDecoder::Event::ping:
      send(Opcode::pong, payload);
      return true;
    case FrameDecoder::Event::pong:
      be_live();
      return !is_over_;
    case FrameDecoder::Event::close:
    case FrameDecoder::Event::violation:
      break;
  }
  ending_ = server() +
            (event == FrameDecoder::Event::close ? " ended the stream: " + close_text(payload)
                                                 : " sent " + std::string(decoder_.problem())) +
            ".";
  return false;
}

void StreamConnection::offer() {
  if (held_) {
    if (!owner_.on_batch(held_)) {
      if (is_over_) return;
      retry_.expires_after(conditions_.refused_batch);
      retry_.async_wait([self = shared_from_this()](const Code& code) {
        if (code || self->is_over_) return;
        self->watch_.excuse(self->conditions_.moment());
        self->offer();
      });
      return;
    }
    held_.reset();
  }
  if (is_over_) return;
  if (!ending_.empty()) return lose(ending_);
  // Whoever was told on this thread goes first: to look for more bytes costs a system call.
  boost::asio::defer(timer_.get_executor(), [self = shared_from_this()] {
    if (!self->is_over_) self->read();
  });
}

void StreamConnection::watch() {
  if (is_over_) return;
  if (held_) watch_.excuse(conditions_.moment());
  switch (watch_.tick(conditions_.moment())) {
    case StreamWatch::Step::nothing:
      break;
    case StreamWatch::Step::send_keepalive:
      send(Opcode::ping, "alive?");
      break;
    case StreamWatch::Step::report_stall:
      owner_.on_stall(*this, true);
      break;
    case StreamWatch::Step::give_up:
      return lose(server() + " has gone silent.");
    case StreamWatch::Step::replace:
      if (!std::exchange(is_replace_told_, true)) owner_.on_replace(*this);
      break;
  }
  if (is_over_) return;
  timer_.expires_after(watch_.interval());
  timer_.async_wait([self = shared_from_this()](const Code& code) {
    if (!code) self->watch();
  });
}

void StreamConnection::send(Opcode opcode, std::string_view payload) {
  const std::uint64_t random = conditions_.random();
  const std::array<std::uint8_t, 4> mask = {
      static_cast<std::uint8_t>(random), static_cast<std::uint8_t>(random >> 8U),
      static_cast<std::uint8_t>(random >> 16U), static_cast<std::uint8_t>(random >> 24U)};
  append_client_frame(unsent_, opcode, payload, mask);
  // A server that pings and reads nothing must not fill our memory.
  if (unsent_.size() > conditions_.most_bytes_a_message) {
    return lose(server() + " does not read what it is sent.");
  }
  if (!is_sending_) flush();
}

void StreamConnection::flush() {
  is_sending_ = !unsent_.empty();
  if (!is_sending_) return;
  being_sent_ = std::exchange(unsent_, {});
  wire_->write(boost::asio::buffer(being_sent_), guarded(&StreamConnection::flush, "was lost"));
}

void StreamConnection::be_live() {
  if (is_live_ || is_over_) return;
  is_live_ = true;
  timer_.cancel();
  watch_ = StreamWatch(conditions_.patience, conditions_.moment());
  owner_.on_live(*this);
  watch();
}

void StreamConnection::lose(const std::string& reason, std::chrono::seconds retry_after) {
  if (is_over_) return;
  const auto self = shared_from_this();
  close();
  owner_.on_lost(*this, reason, retry_after);
}

void StreamConnection::close() noexcept {
  is_over_ = true;
  resolver_.cancel();
  timer_.cancel();
  retry_.cancel();
  wire_->close();
}

}  // namespace hts::feed
