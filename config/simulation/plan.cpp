#include "config/simulation/plan.hpp"

#include <chrono>

#include "config/simulation/live_watch.hpp"

namespace hts::simulation {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

result::Result<FaultKinds> FaultKinds::parse(std::string_view text) {
  if (text == "all") return FaultKinds{};
  FaultKinds kinds{false, false, false, false, false, false, false};
  if (text == "none") return kinds;
  while (!text.empty()) {
    const std::string_view name = text.substr(0, text.find(','));
    text.remove_prefix(name.size() < text.size() ? name.size() + 1 : name.size());
    if (name == "disk") {
      kinds.disk = true;
    } else if (name == "crash") {
      kinds.crash = true;
    } else if (name == "actors") {
      kinds.actors = true;
    } else if (name == "clients") {
      kinds.clients = true;
    } else if (name == "feed") {
      kinds.feed = true;
    } else if (name == "network") {
      kinds.network = true;
    } else if (name == "clock") {
      kinds.clock = true;
    } else {
      return result::make_error(result::ErrorCode::invalid,
                                "'" + std::string{name} +
                                    "' is not a kind of fault: give all, none, or some of disk, "
                                    "crash, actors, clients, feed, network, clock, separated by "
                                    "commas.",
                                "faults");
    }
  }
  return kinds;
}

Plan Plan::draw(Dice dice, const FaultKinds& faults) {
  Plan plan;
  plan.workers = 1 + dice.below(3);
  plan.queue_capacity = dice.one_of<std::size_t>({1, 2, 8, 64});
  plan.mailbox_capacity = dice.one_of<std::size_t>({1, 2, 4, 16, 512});
  plan.is_journaled = dice.chance(0.25);
  plan.journal_fsync =
      dice.one_of({journal::Fsync::always, journal::Fsync::interval, journal::Fsync::none});
  plan.batch = dice.one_of<std::uint32_t>({1, 2, 7, 256});
  plan.lane_latency = dice.one_of<time::Duration>(
      {time::Duration{0}, microseconds{20}, milliseconds{1}, milliseconds{40}});
  plan.stall_rate = dice.one_of({0.0, 0.0, 0.001, 0.02});
  plan.step_time = dice.one_of<time::Duration>(
      {time::Duration{0}, microseconds{1}, microseconds{200}, milliseconds{5}});

  plan.clients = 1 + dice.below(5);
  plan.think_time =
      dice.one_of<time::Duration>({seconds{20}, seconds{60}, seconds{120}, seconds{240}});
  plan.burst_rate = dice.one_of({0.0, 0.5, 0.8});
  plan.poll_period = dice.one_of<time::Duration>(
      {time::Duration{0}, milliseconds{100}, milliseconds{200}, milliseconds{500}});
  plan.symbols = 1 + dice.below(3);

  // Each kind of fault is left out in some runs, or the frequent ones would hide what only the
  // rare ones reach.
  const auto rate = [&dice](bool wanted, std::initializer_list<double> rates) {
    const double drawn = dice.one_of(rates);
    return wanted ? drawn : 0.0;
  };
  plan.disconnect_rate = rate(faults.clients, {0.0, 0.02, 0.2});
  plan.nonsense_rate = rate(faults.clients, {0.0, 0.1});
  plan.feed_outage_rate = rate(faults.feed, {0.0, 0.02, 0.1});
  plan.feed_repeat_rate = rate(faults.feed, {0.0, 0.1});
  plan.feed_early_rate = rate(faults.feed, {0.05, 0.2});
  plan.disk_error_rate = rate(faults.disk, {0.0, 0.0, 0.0005, 0.01});
  plan.short_write_rate = rate(faults.disk, {0.0, 0.0, 0.0005, 0.01});
  plan.disk_crash_rate = rate(faults.crash, {0.0, 0.0005, 0.003});
  plan.power_cut_rate = rate(faults.crash, {0.0, 0.05});
  plan.actor_failure_rate = rate(faults.actors, {0.0, 0.0, 0.0005, 0.005});

  plan.has_job_server = dice.chance(0.4);
  plan.job_capacity = dice.one_of<std::uint64_t>({1, 3, 20, 1000});
  plan.job_clients = dice.below(4);
  plan.job_think_time =
      dice.one_of<time::Duration>({seconds{5}, seconds{20}, seconds{60}, seconds{120}});
  if (plan.has_job_server) {
    plan.network = {rate(faults.network, {0.0, 0.01, 0.1}), rate(faults.network, {0.0, 0.01, 0.1}),
                    rate(faults.network, {0.0, 0.01, 0.1}), rate(faults.network, {0.0, 0.01, 0.1})};
    plan.server_outage_rate = rate(faults.network, {0.0, 0.05, 0.3});
    plan.other_workers = faults.network ? dice.below(3) : 0;
    plan.other_worker_period =
        dice.one_of<time::Duration>({milliseconds{200}, seconds{2}, seconds{20}});
  }
  plan.clock_set_rate = rate(faults.clock, {0.0, 0.0, 0.0, 0.3});

  // Like the other feed it goes by the clock.
  plan.trades_live = dice.chance(0.6) && plan.clock_set_rate == 0;
  plan.live_symbols = 1 + dice.below(3);
  plan.traders = 1 + dice.below(3);
  plan.trader_think_time =
      dice.one_of<time::Duration>({seconds{5}, seconds{20}, seconds{60}, seconds{120}});
  plan.feed_tells_candles = dice.chance(0.3);
  plan.tail_candles = dice.one_of<std::uint64_t>({5, 40, 100'000});
  plan.stream.cut = rate(faults.feed, {0.0, 0.001, 0.01});
  plan.stream.silent = rate(faults.feed, {0.0, 0.001, 0.005});
  plan.stream.stall = rate(faults.feed, {0.0, 0.001, 0.005});
  plan.stream.repeat = rate(faults.feed, {0.0, 0.05});
  plan.stream.disorder = rate(faults.feed, {0.0, 0.1, 1.0});
  plan.stream.nonsense = rate(faults.feed, {0.0, 0.02});
  plan.stream.conflict = rate(faults.feed, {0.0, 0.1});
  plan.history_failure_rate = rate(faults.feed, {0.0, 0.1, 0.3});
  plan.pager_failure_rate = rate(faults.network, {0.0, 0.1, 0.3});

  plan.stream.snapshot = rate(faults.feed, {0.0, 0.3, 1.0});
  plan.stream.late = rate(faults.feed, {0.0, 0.01});
  plan.history_outage_rate = rate(faults.feed, {0.0, 0.0, 0.05});
  plan.backfill_patience = dice.one_of<time::Duration>({seconds{20}, seconds{300}});

  plan.runs_tasks = dice.chance(0.5);

  // What an injected bug of a handler does is not in the journal.
  if (plan.is_journaled) plan.actor_failure_rate = 0;
  return plan;
}

config::WiringOptions wiring_of(const Plan& plan) {
  config::WiringOptions wiring;
  wiring.workers = plan.workers;
  wiring.queue_capacity = plan.queue_capacity;
  wiring.mailbox_capacity = plan.mailbox_capacity;
  wiring.environment = "hts simulation";
  wiring.execution_host = "simulated";
  wiring.jobs.worker = "simulated";
  wiring.jobs.is_shared = plan.has_job_server;
  wiring.jobs.capacity = plan.job_capacity;
  if (!plan.trades_live) return wiring;
  wiring.live.ingest.tail_candles = plan.tail_candles;
  wiring.live.ingest.backfill_patience = plan.backfill_patience;
  alerts::AlertRules& rules = wiring.notify.emplace();
  rules.channels = {std::string{Pager::channel_name}};
  rules.repeat = seconds{60};
  return wiring;
}

}  // namespace hts::simulation
