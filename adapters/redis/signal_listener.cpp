#include "adapters/redis/signal_listener.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "adapters/redis/link.hpp"
#include "adapters/redis/pipeline.hpp"

namespace hts::redis {
namespace {

using Kind = ports::JobSignal::Kind;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds tick{100};
/// Silence after which the connection is asked whether it still lives.
constexpr milliseconds longest_silence{5000};

}  // namespace

SignalListener::SignalListener(Source source, std::function<void(const ports::JobSignal&)> hear)
    : source_(std::move(source)), hear_(std::move(hear)), thread_([this] { run(); }) {}

SignalListener::~SignalListener() {
  is_over_ = true;
  thread_.join();
}

void SignalListener::run() {
  Backoff backoff;
  while (!is_over_) {
    auto connection = Connection::open(source_.address, source_.password, source_.limits);
    if (connection && connection->run({"SUBSCRIBE", source_.channel})) {
      backoff.reset();
      hear_({Kind::work, {}});
      listen(*connection);
    }
    for (milliseconds wait = backoff.next(); wait.count() > 0 && !is_over_; wait -= tick) {
      std::this_thread::sleep_for(std::min(wait, tick));
    }
  }
}

void SignalListener::listen(Connection& connection) {
  Pipeline ping;
  ping.add({"PING"});
  auto heard_at = steady_clock::now();
  bool has_asked = false;
  while (!is_over_) {
    auto messages = connection.wait_for_message(tick);
    if (!messages) return;
    if (!messages->empty()) {
      heard_at = steady_clock::now();
      has_asked = false;
    }
    for (const Reply& message : *messages) {
      const ReplyView view = message.view();
      if (view[0].text() == "message") tell(view[2].text());
    }
    const auto silence = steady_clock::now() - heard_at;
    if (silence > longest_silence + source_.limits.answer) return;
    if (silence > longest_silence && !has_asked) {
      if (!connection.send(ping.bytes())) return;
      has_asked = true;
    }
  }
}

void SignalListener::tell(std::string_view message) {
  const auto origin_end = message.find('\n');
  if (message.substr(0, origin_end) == source_.own_origin) return;
  bool has_told_work = false;
  for (std::size_t at = origin_end; at < message.size();) {
    const std::size_t next = std::min(message.find('\n', at + 1), message.size());
    const std::string_view line = message.substr(at + 1, next - at - 1);
    at = next;
    if (line == "w") {
      if (!std::exchange(has_told_work, true)) hear_({Kind::work, {}});
    } else if (!line.empty()) {
      const auto id = jobs::JobId::parse(line.substr(1));
      if (!id) continue;
      hear_({line.front() == 'x' ? Kind::cancel_requested : Kind::changed, *id});
    }
  }
}

}  // namespace hts::redis
