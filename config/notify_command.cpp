#include "config/notify_command.hpp"

#include <filesystem>
#include <ostream>
#include <random>
#include <utility>

#include "adapters/cli/text_table.hpp"
#include "adapters/sqlite/sqlite_alert_outbox.hpp"
#include "config/host_name.hpp"
#include "config/notify/notify_settings.hpp"
#include "config/storage_options.hpp"
#include "engine/alerts/alert_digest.hpp"
#include "engine/json/json_writer.hpp"

namespace hts::config {
namespace {

namespace options = boost::program_options;
using cli::CommandEnvironment;

constexpr std::uint64_t most_listed = 1'000;

int report_usage(const result::Error& error, CommandEnvironment& environment) {
  return cli::report(error, environment,
                     is_wrong_usage(error) ? cli::exit_usage : cli::exit_failed);
}

struct Attempt {
  std::string channel;
  std::string error;  ///< empty: it was delivered
};

ports::AlertMessage test_message(const alerts::AlertPlan& plan, const std::string& channel,
                                 time::Timestamp now) {
  std::random_device device;
  ports::Alert alert;
  alert.id =
      "test:" + std::to_string(now.time_since_epoch().count()) + ":" + std::to_string(device());
  alert.kind = "test";
  alert.severity = "info";
  alert.subject = "HTS can reach you";
  alert.text = "This is the test alert of 'hts notify test' on " + host_name() +
               " by the channel " + channel + ". Nothing is wrong.";
  alert.created_at = now;
  return alerts::make_message(plan, {std::move(alert)});
}

void print_attempts(const std::vector<Attempt>& attempts, bool as_json, std::ostream& out) {
  if (!as_json) {
    for (const Attempt& attempt : attempts) {
      out << attempt.channel << ": " << (attempt.error.empty() ? "delivered" : attempt.error)
          << "\n";
    }
    return;
  }
  std::string text;
  json::Writer writer{text};
  writer.begin_object();
  writer.key("channels");
  writer.begin_array();
  for (const Attempt& attempt : attempts) {
    writer.begin_object();
    writer.member("channel", attempt.channel);
    writer.member("delivered", attempt.error.empty());
    if (!attempt.error.empty()) writer.member("error", attempt.error);
    writer.end_object();
  }
  writer.end_array();
  writer.end_object();
  out << text << "\n";
}

void print_waiting(const ports::AlertOutbox::Counts& counts,
                   const std::vector<ports::AlertDelivery>& waiting, std::ostream& out) {
  if (counts.waiting == 0) {
    out << "No alert waits.\n";
    return;
  }
  cli::TextTable table(
      {"channel", "severity", "subject", "made (UTC)", "attempts", "next (UTC)", "last error"});
  for (const ports::AlertDelivery& delivery : waiting) {
    table.add({delivery.channel, delivery.alert.severity, delivery.alert.subject,
               time::format_minute(delivery.alert.created_at), std::to_string(delivery.attempts),
               time::format_minute(delivery.not_before),
               delivery.error.empty() ? "-" : delivery.error});
  }
  table.print(out);
  out << counts.waiting << " alerts wait.\n";
}

void print_waiting_json(const ports::AlertOutbox::Counts& counts,
                        const std::vector<ports::AlertDelivery>& waiting, std::ostream& out) {
  std::string text;
  json::Writer writer{text};
  writer.begin_object();
  writer.member("waiting", counts.waiting);
  writer.key("deliveries");
  writer.begin_array();
  for (const ports::AlertDelivery& delivery : waiting) {
    writer.begin_object();
    writer.member("channel", delivery.channel);
    writer.member("id", delivery.alert.id);
    writer.member("kind", delivery.alert.kind);
    writer.member("severity", delivery.alert.severity);
    writer.member("subject", delivery.alert.subject);
    writer.member("created_at", time::format_iso8601(delivery.alert.created_at));
    writer.member("attempts", delivery.attempts);
    writer.member("not_before", time::format_iso8601(delivery.not_before));
    writer.member("error", delivery.error);
    writer.end_object();
  }
  writer.end_array();
  writer.end_object();
  out << text << "\n";
}

}  // namespace

int run_notify_test(const std::vector<std::string>& arguments, CommandEnvironment& environment) {
  const cli::CommandHelp help{
      "notify test", "hts notify test [--channel NAME] [--config FILE] [--json]",
      "Sends one alert to each channel of the settings and says what happened. Needs no daemon; "
      "exit status 1 when a channel failed.",
      "hts notify test --channel email --config /etc/hts/hts.conf"};
  options::options_description described("Options");
  described.add_options()("channel", options::value<std::string>(), "slack, email or webhook")(
      "config", options::value<std::string>(), "the daemon's settings file")("json", "print JSON");
  const auto parsed = cli::parse_arguments(help, std::move(described), {}, arguments, environment);
  if (parsed.finished) return *parsed.finished;
  const auto settings = command_settings(parsed.values);
  if (!settings) return report_usage(settings.error(), environment);
  auto rules = alert_rules(*settings);
  if (!rules) return report_usage(rules.error(), environment);
  const auto plan = alerts::make_alert_plan(*std::move(rules));
  if (!plan) return report_usage(plan.error(), environment);
  const auto channels = open_channels(
      *settings, {{}, [&](const std::string& problem) { environment.err << problem << "\n"; }});
  if (!channels) return report_usage(channels.error(), environment);
  const bool names_one = parsed.values.count("channel") > 0;
  std::vector<Attempt> attempts;
  bool has_failed = false;
  for (const auto& channel : *channels) {
    const std::string name{channel->name()};
    if (names_one && parsed.values["channel"].as<std::string>() != name) continue;
    const auto sent = channel->deliver(test_message(*plan, name, environment.now()));
    attempts.push_back({name, sent ? std::string{} : sent.error().message});
    has_failed = has_failed || !sent;
  }
  if (attempts.empty()) {
    return cli::report(
        result::make_error(result::ErrorCode::invalid,
                           names_one ? "This channel is not set up: see notify.* of 'hts serve "
                                       "--print-config'."
                                     : "No channel is set up: give notify.slack_url_file, "
                                       "notify.email_server or notify.webhook_url.",
                           "channel"),
        environment, cli::exit_usage);
  }
  print_attempts(attempts, parsed.values.count("json") > 0, environment.out);
  return has_failed ? cli::exit_failed : cli::exit_success;
}

int run_notify_list(const std::vector<std::string>& arguments, CommandEnvironment& environment) {
  const cli::CommandHelp help{
      "notify list", "hts notify list [--config FILE] [--state-root DIR] [--json]",
      "Shows the alerts that wait for their channels, with the last error of each. Works beside a "
      "running daemon and without one.",
      "hts notify list --state-root /var/lib/hts"};
  options::options_description described("Options");
  described.add_options()("state-root", options::value<std::string>(),
                          "folder of the daemon's state; default: state.root, ./state")(
      "config", options::value<std::string>(), "the daemon's settings file")("json", "print JSON");
  const auto parsed = cli::parse_arguments(help, std::move(described), {}, arguments, environment);
  if (parsed.finished) return *parsed.finished;
  const auto settings = command_settings(parsed.values);
  if (!settings) return report_usage(settings.error(), environment);
  const auto path = std::filesystem::path{settings->text("state.root")} / "live.sqlite";
  ports::AlertOutbox::Counts counts;
  std::vector<ports::AlertDelivery> waiting;
  std::error_code problem;
  // Looking makes no database.
  if (std::filesystem::exists(path, problem)) {
    auto outbox = sqlite::SqliteAlertOutbox::open(path);
    if (!outbox) return cli::report(outbox.error(), environment);
    auto found = (*outbox)->waiting(most_listed);
    if (!found) return cli::report(found.error(), environment);
    const auto counted = (*outbox)->counts();
    if (!counted) return cli::report(counted.error(), environment);
    waiting = *std::move(found);
    counts = *counted;
  }
  if (parsed.values.count("json") > 0) {
    print_waiting_json(counts, waiting, environment.out);
  } else {
    print_waiting(counts, waiting, environment.out);
  }
  return cli::exit_success;
}

}  // namespace hts::config
