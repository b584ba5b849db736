#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/messages.hpp"
#include "actors/notifier_work.hpp"
#include "engine/alerts/alert_plan.hpp"
#include "engine/alerts/channel_desk.hpp"
#include "engine/ports/alerts.hpp"
#include "engine/runtime/actor.hpp"

namespace hts::actors {

/// Tells people what happened: every notice goes into the log, and as an alert into the outbox,
/// from where alerts go out by their channels.
///
/// Takes: Notice, AlertsCommitted.
/// Promises:
/// 1. An alert that is in the outbox leaves it only delivered, handed on to another channel, or
///    given up after its time; also over restarts. A crash between a delivery and its note makes a
///    second one: receivers know it by its id.
/// 2. One message at a time a channel, each channel on its own lane, so that a slow one holds up
///    nobody else. What is decided is `alerts::ChannelDesk`'s.
/// 3. A channel that fails is logged once, told to the others once, and so is its return.
/// 4. An outbox that does not answer is asked again; nothing is delivered meanwhile that is not
///    noted, and what was delivered is not delivered again because of it.
///
/// The outbox, the channels and the lanes outlive the runtime.
class Notifier : public runtime::Actor<Notifier, NotifierProtocol> {
 public:
  struct Channel {
    ports::AlertChannel* channel = nullptr;
    runtime::Lane* lane = nullptr;
  };
  struct Ports {
    ports::AlertOutbox* outbox = nullptr;  ///< null: the log alone
    runtime::Lane* lane = nullptr;         ///< one thread
    std::vector<Channel> channels;
    std::shared_ptr<const alerts::AlertPlan> plan;
    /// Hears how it goes whenever that has changed; must not block. May be empty.
    std::function<void(const NotifierStatus&)> publish;
  };

  /// The log alone.
  explicit Notifier(runtime::Context& context);
  Notifier(runtime::Context& context, Ports ports);

  void on_start();
  void on(const Notice& notice);
  void on(const AlertsCommitted& news);
  void on_stop();

 private:
  struct Line {
    Channel way;
    alerts::ChannelDesk desk;
    bool is_busy = false;
  };

  /// One call at a time to the outbox: notes what there is to note, and asks what is due.
  void look();
  void come_back(const std::shared_ptr<OutboxErrand>& errand, result::Result<OutboxNews> news);
  void take_due(const OutboxErrand& errand, OutboxNews& news);
  void send(std::size_t index, std::vector<ports::AlertDelivery> deliveries);
  void sent(std::size_t index, const std::vector<ports::AlertDelivery>& deliveries,
            const result::Status& outcome);
  void look_at(time::Timestamp when);
  void note_store_error(const std::string& error);
  void publish();

  runtime::Context& context_;
  const Ports ports_;
  std::vector<Line> lines_;
  std::vector<ports::Alert> pending_;  ///< for the outbox
  std::vector<ports::AlertOutbox::Outcome> unsettled_;
  NotifierStatus status_;
  std::optional<runtime::TimerId> timer_;
  time::Timestamp wakes_at_{};
  std::uint32_t store_failures_ = 0;  ///< in a row
  time::Timestamp cleaned_at_{};
  bool is_looking_ = false;
  bool looks_again_ = false;
  bool is_stopping_ = false;
};

}  // namespace hts::actors
