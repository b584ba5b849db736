#pragma once

#include <memory>

#include "adapters/http/api.hpp"
#include "adapters/http/websocket/message_hub.hpp"

namespace boost::asio {
class io_context;
}

namespace hts::http {

/// Live prices for WebSockets: once a second, while anybody listens, those that have changed since;
/// a symbol's newest price only, so that a client gets at most one message a symbol and second.
///
/// `{"type":"ticker","symbol","market","price","timestamp"}`, the topic is the quote currency.
///
/// Its timer runs on `io`; what it asks is not recorded. Hub and runtime outlive the io_context's
/// last turn.
class TickerPulse {
 public:
  TickerPulse(boost::asio::io_context& io, const ApiServices& services, MessageHub& hub);
  ~TickerPulse();
  TickerPulse(const TickerPulse&) = delete;
  TickerPulse& operator=(const TickerPulse&) = delete;

 private:
  class State;
  std::shared_ptr<State> state_;
};

}  // namespace hts::http
