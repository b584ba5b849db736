#include "adapters/journal/journaled_alerts.hpp"

#include "adapters/journal/alert_codec.hpp"
#include "adapters/journal/noted_call.hpp"

namespace hts::journal {

result::Status JournaledAlertOutbox::add(const std::vector<ports::Alert>& alerts) {
  return through<result::Nothing>(
      "alert_outbox.add", [&](Arguments& arguments) { arguments.add(alerts); },
      [&] { return below_->add(alerts); });
}

result::Result<std::vector<ports::Alert>> JournaledAlertOutbox::unrouted(std::uint64_t limit) {
  return through<std::vector<ports::Alert>>(
      "alert_outbox.unrouted", [&](Arguments& arguments) { arguments.number(limit); },
      [&] { return below_->unrouted(limit); });
}

result::Status JournaledAlertOutbox::route(const std::vector<Route>& routes) {
  return through<result::Nothing>(
      "alert_outbox.route", [&](Arguments& arguments) { arguments.add(routes); },
      [&] { return below_->route(routes); });
}

result::Result<std::vector<ports::AlertDelivery>> JournaledAlertOutbox::due(
    const std::string& channel, time::Timestamp now, std::uint64_t limit) {
  return through<std::vector<ports::AlertDelivery>>(
      "alert_outbox.due",
      [&](Arguments& arguments) { arguments.add(channel).at(now).number(limit); },
      [&] { return below_->due(channel, now, limit); });
}

result::Status JournaledAlertOutbox::settle(const std::vector<Outcome>& outcomes) {
  return through<result::Nothing>(
      "alert_outbox.settle", [&](Arguments& arguments) { arguments.add(outcomes); },
      [&] { return below_->settle(outcomes); });
}

result::Result<ports::AlertOutbox::Counts> JournaledAlertOutbox::counts() {
  return through<Counts>("alert_outbox.counts", no_arguments, [&] { return below_->counts(); });
}

result::Result<std::vector<ports::AlertDelivery>> JournaledAlertOutbox::waiting(
    std::uint64_t limit) {
  return through<std::vector<ports::AlertDelivery>>(
      "alert_outbox.waiting", [&](Arguments& arguments) { arguments.number(limit); },
      [&] { return below_->waiting(limit); });
}

result::Result<std::uint64_t> JournaledAlertOutbox::clean_up(time::Timestamp created_before,
                                                             std::uint64_t most) {
  return through<std::uint64_t>(
      "alert_outbox.clean_up",
      [&](Arguments& arguments) { arguments.at(created_before).number(most); },
      [&] { return below_->clean_up(created_before, most); });
}

result::Status JournaledAlertChannel::deliver(const ports::AlertMessage& message) {
  return through<result::Nothing>(
      "alert_channel.deliver", [&](Arguments& arguments) { arguments.add(name_).add(message); },
      [&] { return below_->deliver(message); });
}

}  // namespace hts::journal
