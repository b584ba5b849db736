#include "adapters/http/websocket/ticker_pulse.hpp"

#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "adapters/http/session_answers.hpp"
#include "engine/json/json_writer.hpp"
#include "engine/runtime/runtime.hpp"

namespace hts::http {
namespace {

constexpr std::chrono::seconds beat{1};

std::string ticker_text(const actors::InstrumentStatus& instrument) {
  std::string text;
  json::Writer writer{text};
  writer.begin_object();
  writer.member("type", "ticker");
  writer.member("symbol", instrument.symbol.text());
  writer.member("market", instrument.symbol.upbit_code());
  writer.member("price", instrument.price);
  writer.member("timestamp", time::format_iso8601(instrument.price_time));
  write_quote(writer, instrument.quote);
  writer.end_object();
  return text;
}

}  // namespace

class TickerPulse::State : public std::enable_shared_from_this<TickerPulse::State> {
 public:
  State(boost::asio::io_context& io, const ApiServices& services, MessageHub& hub)
      : services_(services), hub_(hub), timer_(io) {}

  void wait() {
    timer_.expires_after(beat);
    timer_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
      if (error || self->is_over_.load()) return;
      if (self->hub_.listeners() > 0) self->look();
      self->wait();
    });
  }
  void end() {
    is_over_.store(true);
    boost::asio::post(timer_.get_executor(),
                      [self = shared_from_this()] { self->timer_.cancel(); });
  }

 private:
  /// One look at a time: a daemon that is slow is not asked more.
  void look() {
    if (is_looking_.exchange(true)) return;
    services_.runtime.observe([self = shared_from_this()] {
      self->services_.runtime.ask(
          self->services_.ingest, actors::GetMarketStatus{}, beat,
          [self](const result::Result<std::shared_ptr<const actors::MarketStatus>>& market) {
            if (market.ok() && !self->is_over_.load()) self->tell(**market);
            self->is_looking_.store(false);
          });
    });
  }

  void tell(const actors::MarketStatus& market) {
    for (const actors::InstrumentStatus& instrument : market.instruments) {
      if (instrument.price <= 0) continue;
      auto& told = told_[instrument.symbol];
      if (std::exchange(told, instrument.price_time) == instrument.price_time) continue;
      hub_.announce(std::string{instrument.symbol.quote()}, ticker_text(instrument));
    }
  }

  const ApiServices services_;
  MessageHub& hub_;
  boost::asio::steady_timer timer_;
  std::atomic<bool> is_over_{false};
  std::atomic<bool> is_looking_{false};
  std::map<market::Symbol, time::Timestamp> told_;  // whoever looks
};

TickerPulse::TickerPulse(boost::asio::io_context& io, const ApiServices& services, MessageHub& hub)
    : state_(std::make_shared<State>(io, services, hub)) {
  state_->wait();
}

TickerPulse::~TickerPulse() {
  state_->end();
}

}  // namespace hts::http
