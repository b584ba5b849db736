#include "actors/notifier.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include "engine/alerts/alert_digest.hpp"
#include "engine/jobs/retry_policy.hpp"

namespace hts::actors {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr std::size_t most_pending = 1'000;
constexpr seconds idle_pause{60};
constexpr seconds waiting_pause{10};
constexpr hours clean_up_pause{1};
constexpr jobs::RetryPolicy outbox_retry{seconds{1}, seconds{60}};

runtime::LogLevel level_of(Severity severity) {
  switch (severity) {
    case Severity::info:
      return runtime::LogLevel::info;
    case Severity::warning:
      return runtime::LogLevel::warning;
    case Severity::critical:
      return runtime::LogLevel::error;
  }
  return runtime::LogLevel::error;
}

std::string_view name_of(Severity severity) {
  switch (severity) {
    case Severity::info:
      return "info";
    case Severity::warning:
      return "warning";
    case Severity::critical:
      break;
  }
  return "critical";
}

template <class T>
void put_back(std::vector<T>& first, std::vector<T>& later) {
  first.insert(first.end(), std::make_move_iterator(later.begin()),
               std::make_move_iterator(later.end()));
  later = std::move(first);
}

}  // namespace

Notifier::Notifier(runtime::Context& context) : context_(context) {}

Notifier::Notifier(runtime::Context& context, Ports ports)
    : context_(context), ports_(std::move(ports)) {
  for (const Channel& way : ports_.channels) {
    lines_.push_back({way, {std::string{way.channel->name()}, ports_.plan}});
  }
}

void Notifier::on_start() {
  look();
}

void Notifier::on(const Notice& notice) {
  context_.log(level_of(notice.severity), notice.kind + ": " + notice.text);
  if (ports_.outbox == nullptr) return;
  if (pending_.size() >= most_pending) {
    ++status_.dropped;
    publish();
    return;
  }
  ports::Alert alert;
  alert.created_at = context_.now();
  alert.id = "notice:" + notice.kind + ":" +
             std::to_string(alert.created_at.time_since_epoch().count()) + ":" +
             std::to_string(context_.random());
  alert.kind = notice.kind;
  alert.severity = name_of(notice.severity);
  alert.subject = notice.subject.empty() ? notice.kind : notice.subject;
  alert.text = notice.text;
  if (!notice.details.empty()) alert.details = notice.details;
  pending_.push_back(std::move(alert));
  // With the outbox away its own timer looks again.
  if (store_failures_ == 0) look();
}

void Notifier::on(const AlertsCommitted&) {
  if (store_failures_ == 0) look();
}

void Notifier::on_stop() {
  is_stopping_ = true;
  if (!pending_.empty() || !unsettled_.empty()) look();
}

void Notifier::look() {
  if (ports_.outbox == nullptr) return;
  if (is_looking_) {
    looks_again_ = true;
    return;
  }
  is_looking_ = true;
  looks_again_ = false;
  auto errand = std::make_shared<OutboxErrand>();
  errand->now = context_.now();
  errand->add = std::exchange(pending_, {});
  errand->settle = std::exchange(unsettled_, {});
  for (const Line& line : lines_) {
    if (!line.is_busy && !is_stopping_) errand->channels.push_back(line.desk.figures().channel);
  }
  if (errand->now - cleaned_at_ >= clean_up_pause || errand->now < cleaned_at_) {
    cleaned_at_ = errand->now;
    errand->clean_up_before = errand->now - ports_.plan->rules.keep;
  }
  context_.offload(
      *ports_.lane, [this, errand] { return run_errand(*ports_.outbox, *ports_.plan, *errand); },
      [this, errand](result::Result<OutboxNews> news) { come_back(errand, std::move(news)); });
}

void Notifier::come_back(const std::shared_ptr<OutboxErrand>& errand,
                         result::Result<OutboxNews> news) {
  is_looking_ = false;
  const bool is_whole = news && !news->error;
  if (!news || !news->is_added) put_back(errand->add, pending_);
  if (!news || !news->is_settled) put_back(errand->settle, unsettled_);
  if (!is_whole) {
    note_store_error(news ? news->error->message : news.error().message);
    ++store_failures_;
    if (!is_stopping_) {
      look_at(context_.now() + outbox_retry.wait(store_failures_, context_.random()));
    }
    publish();
    return;
  }
  store_failures_ = 0;
  note_store_error({});
  status_.waiting = news->counts.waiting;
  status_.oldest = news->counts.oldest;
  if (is_stopping_) {
    if (!pending_.empty() || !unsettled_.empty()) look();
    return;
  }
  look_at(context_.now() + (status_.waiting > 0 ? waiting_pause : idle_pause));
  take_due(*errand, *news);
  publish();
  if (news->has_more || looks_again_ || !pending_.empty() || !unsettled_.empty()) look();
}

void Notifier::take_due(const OutboxErrand& errand, OutboxNews& news) {
  for (std::size_t asked = 0; asked < news.due.size(); ++asked) {
    const auto found = std::ranges::find_if(lines_, [&](const Line& line) {
      return line.desk.figures().channel == errand.channels[asked];
    });
    auto round = found->desk.plan(context_.now(), std::move(news.due[asked]));
    std::ranges::move(round.settled, std::back_inserter(unsettled_));
    if (round.look_again) look_at(*round.look_again);
    if (!round.send.empty()) {
      send(static_cast<std::size_t>(found - lines_.begin()), std::move(round.send));
    }
  }
}

void Notifier::send(std::size_t index, std::vector<ports::AlertDelivery> deliveries) {
  Line& line = lines_[index];
  line.is_busy = true;
  std::vector<ports::Alert> alerts;
  for (const ports::AlertDelivery& delivery : deliveries) alerts.push_back(delivery.alert);
  auto message = std::make_shared<const ports::AlertMessage>(
      alerts::make_message(*ports_.plan, std::move(alerts)));
  context_.offload(
      *line.way.lane, [channel = line.way.channel, message] { return channel->deliver(*message); },
      [this, index, deliveries = std::move(deliveries)](const result::Status& outcome) {
        sent(index, deliveries, outcome);
      });
}

void Notifier::sent(std::size_t index, const std::vector<ports::AlertDelivery>& deliveries,
                    const result::Status& outcome) {
  Line& line = lines_[index];
  line.is_busy = false;
  const std::string& channel = line.desk.figures().channel;
  const bool failed_before = line.desk.figures().is_failing;
  std::ranges::move(line.desk.attempted(context_.now(), deliveries, outcome, context_.random()),
                    std::back_inserter(unsettled_));
  if (!outcome && !failed_before) {
    context_.log(runtime::LogLevel::warning,
                 "Alerts cannot go out by " + channel +
                     ", they wait and are tried again: " + outcome.error().message);
  } else if (outcome && failed_before) {
    context_.log(runtime::LogLevel::info, "Alerts go out by " + channel + " again.");
  }
  if (line.desk.has_news_of_failure()) {
    pending_.push_back(alerts::channel_failure(channel, line.desk.figures().error, context_.now()));
  }
  publish();
  if (store_failures_ == 0) look();
}

void Notifier::look_at(time::Timestamp when) {
  // The earliest wins; a look that finds nothing sets the next one.
  const auto now = context_.now();
  const time::Duration pause = std::max(when - now, time::Duration{1});
  if (timer_ && wakes_at_ <= now + pause && wakes_at_ > now) return;
  if (timer_) (void)context_.cancel(*timer_);
  wakes_at_ = now + pause;
  timer_ = context_.after(pause, [this] {
    timer_.reset();
    look();
  });
}

void Notifier::note_store_error(const std::string& error) {
  if (!error.empty() && status_.store_error.empty()) {
    context_.log(runtime::LogLevel::error,
                 "The outbox of alerts does not answer; it is tried again: " + error);
  } else if (error.empty() && !status_.store_error.empty()) {
    context_.log(runtime::LogLevel::info, "The outbox of alerts answers again.");
  }
  status_.store_error = error;
}

void Notifier::publish() {
  if (!ports_.publish) return;
  status_.channels.clear();
  for (const Line& line : lines_) status_.channels.push_back(line.desk.figures());
  ports_.publish(status_);
}

}  // namespace hts::actors
