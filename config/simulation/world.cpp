#include "config/simulation/world.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>

#include "adapters/archive/archiving_job_store.hpp"
#include "adapters/journal/journaled_job_store.hpp"
#include "adapters/journal/journaled_stores.hpp"
#include "adapters/tail/tailed_candle_store.hpp"
#include "config/simulation/clients.hpp"
#include "config/simulation/daemon_life.hpp"
#include "config/simulation/events.hpp"
#include "config/simulation/feed.hpp"
#include "config/simulation/job_clients.hpp"
#include "config/simulation/job_server.hpp"
#include "config/simulation/job_truth.hpp"
#include "config/simulation/job_watch.hpp"
#include "config/simulation/journal_check.hpp"
#include "config/simulation/live_side.hpp"
#include "config/simulation/machine.hpp"
#include "config/simulation/mailbox_watch.hpp"
#include "config/simulation/market.hpp"
#include "config/simulation/order_strategy.hpp"
#include "config/simulation/other_worker.hpp"
#include "config/simulation/task_side.hpp"
#include "config/simulation/truth.hpp"
#include "config/simulation/watched_candles.hpp"
#include "config/wiring/job_signal.hpp"

namespace hts::simulation {
namespace {

/// 2024-01-01T00:00:00Z.
constexpr time::Timestamp epoch{std::chrono::seconds{1'704'067'200}};
/// How long a machine is down after a crash.
constexpr std::chrono::minutes longest_outage{3};
constexpr std::chrono::seconds check_period{1};
/// Longer than any question's deadline, any stall and any pause before a restart.
constexpr std::chrono::minutes settling_time{2};
/// Longer than any lease, any pause before a retry, and any step of the wall clock.
constexpr std::chrono::hours time_for_jobs{4};
/// Longer than any rest of a channel that failed.
constexpr std::chrono::hours time_for_alerts{1};
constexpr std::chrono::minutes furthest_clock_step{60};
constexpr std::chrono::seconds longest_archiving_pause{4};
/// How often a daemon on a shared store looks whether it missed the end of a job.
constexpr double look_rate = 0.01;
constexpr std::chrono::milliseconds longest_signal_delay{20};

class World {
 public:
  explicit World(const SimulationOptions& options)
      : options_(options),
        dice_(options.seed),
        plan_(Plan::draw(dice_.fork("plan"), options.faults)),
        referee_(options.trace),
        now_(epoch),
        end_(epoch + options.until),
        market_(dice_.fork("market").draw(), plan_.symbols, epoch),
        truth_(referee_, market_),
        machine_(plan_, dice_.fork("machine")),
        watch_(referee_, dice_.fork("watch"), plan_.actor_failure_rate),
        clients_(plan_, dice_.fork("clients"), referee_, truth_),
        feed_(plan_, dice_.fork("feed"), referee_, truth_),
        job_truth_(referee_, truth_),
        job_watch_(referee_),
        job_clients_(plan_, dice_.fork("job clients"), referee_, job_truth_, clients_.backtests()),
        job_server_(dice_.fork("job server"), job_watch_, [this] { return true_time(); }),
        live_side_(plan_, dice_.fork("live"), referee_, epoch, [this] { return true_time(); }),
        task_side_(plan_, dice_.fork("tasks"), referee_) {
    for (std::size_t i = 0; i < plan_.other_workers; ++i) {
      const std::string name = "other-" + std::to_string(i + 1);
      other_workers_.push_back(std::make_unique<OtherWorker>(
          job_server_, dice_.fork(name), referee_, name, plan_.other_worker_period));
    }
  }

  SimulationReport run() {
    machine_.install(market_, live_side_.market());
    while (now_ < end_ && goes_on()) {
      machine_.set_faults(true);
      if (machine_.open_stores() && open_journal()) {
        live();
      } else {
        // A daemon that cannot open its stores says so and exits; somebody starts it again.
        now_ += dice_.between(std::chrono::seconds{1}, time::Duration{longest_outage});
      }
      machine_.close_stores();
      journal_.reset();
      // The power may fail at the very last write as well.
      const bool died = machine_.is_dead();
      if (died) reboot();
      if (plan_.is_journaled && goes_on()) check_journal(died);
    }
    if (goes_on()) check_clean_start();
    if (goes_on()) check_at_rest(true);
    return report();
  }

 private:
  [[nodiscard]] bool goes_on() const {
    constexpr std::uint64_t rarely = 1024;
    if (referee_.failed()) return false;
    return referee_.step() % rarely != 0 || !options_.cancelled || !options_.cancelled();
  }

  bool open_journal() {
    if (!plan_.is_journaled) return true;
    const std::uint64_t failures_before = machine_.disk_failures();
    auto opened =
        JournalOfLife::open(machine_.disk(), plan_, dice_.draw(), [this] { return now_; });
    journal_faults_before_ = failures_before;
    if (opened) journal_ = std::move(opened).value();
    return journal_ != nullptr;
  }

  /// What the daemon did in its last life, done again from its journal, must be the same.
  void check_journal(bool died) {
    machine_.set_faults(false);
    const bool is_whole = !died && machine_.disk_failures() == journal_faults_before_;
    check_replay(*machine_.disk(), machine_.catalog(), is_whole, referee_);
  }

  [[nodiscard]] time::Timestamp true_time() const {
    return present_life_ != nullptr ? present_life_->now() : now_;
  }

  /// The jobs as the daemon reaches them.
  [[nodiscard]] std::unique_ptr<archive::ArchivingJobStore> connect_to_jobs() {
    std::unique_ptr<ports::JobStore> below;
    if (plan_.has_job_server) {
      below = job_server_.connect();
    } else {
      below = std::make_unique<WatchedJobStore>(*machine_.jobs(), job_watch_);
    }
    archive::ArchiveOptions options;
    options.has_thread = false;
    return std::make_unique<archive::ArchivingJobStore>(std::move(below), machine_.job_history(),
                                                        std::move(options));
  }
  /// Where they are, without a network between. Requires open stores.
  [[nodiscard]] ports::JobStore& kept_jobs() {
    return plan_.has_job_server ? job_server_.table() : *machine_.jobs();
  }

  void live() {
    const auto jobs = connect_to_jobs();
    const config::Stores stores = machine_.stores(*jobs);
    std::optional<tail::TailedCandleStore> tailed;
    WatchedCandles candles(with_tail(stores.candles, tailed), referee_);
    watch_.set_failure_rate(plan_.actor_failure_rate);
    journal::JournaledCandleStore journaled_candles(candles);
    journal::JournaledResultStore journaled_results(&stores.results);
    journal::JournaledArtifactStore journaled_artifacts(&stores.artifacts);
    journal::JournaledJobStore journaled_jobs(jobs.get());
    config::Stores journaled{journaled_candles, journaled_results, journaled_artifacts,
                             &journaled_jobs};
    config::WiringOptions wiring = hearing_wiring();
    live_side_.wire(machine_, candles, journaled, wiring);
    DaemonLife life(plan_, dice_.fork("life " + std::to_string(++lives_)), referee_, watch_,
                    journaled, journal_.get(), now_, wiring);
    present_life_ = &life;
    life.set_wall_clock(wall_clock_ahead_);
    candles.set_clock([&life] { return life.now(); });
    Events events;
    clients_.meet(life, events);
    job_clients_.meet(life, events);
    for (const auto& worker : other_workers_) worker->meet(life, events);
    if (plan_.clock_set_rate == 0) feed_.meet(life, events);
    live_side_.meet(life, &events);
    task_side_.meet(life, events,
                    {machine_.disk(), [this, &life] { return life.now() + wall_clock_ahead_; },
                     [this] { machine_.cut_power(); }, [this] { return machine_.is_dead(); }});
    hear_signals(life, events);
    set_power_cut(life, events);
    set_outages(life, events);
    set_clock_steps(life, events);
    set_checks(life, events);
    set_archiving(life, events, *jobs);
    while (goes_on() && !machine_.is_dead() && life.now() < end_) step(life, events, end_);
    clients_.part();
    feed_.part();
    for (const auto& worker : other_workers_) worker->part();
    if (!referee_.failed() && !machine_.is_dead() && life.now() >= end_)
      check_service(life, events);
    job_clients_.part();
    live_side_.part();
    task_side_.part();
    if (!referee_.failed() && !machine_.is_dead()) life.stop();
    now_ = life.now();
    job_server_.set_listener({});
    present_life_ = nullptr;
  }

  /// The wiring of a life, with those who hear what it announces.
  [[nodiscard]] config::WiringOptions hearing_wiring() {
    config::WiringOptions wiring = wiring_of(plan_);
    wiring.announce = [this](const jobs::JobEvent& event) { hear(event); };
    return wiring;
  }

  /// What the daemon sees of the catalog: with the tail, if there is one. Requires open stores.
  [[nodiscard]] ports::CandleStore& with_tail(ports::CandleStore& catalog,
                                              std::optional<tail::TailedCandleStore>& tailed) {
    return plan_.trades_live ? tailed.emplace(catalog, machine_.tail()) : catalog;
  }

  /// What the job server tells its users reaches the daemon a moment later.
  void hear_signals(DaemonLife& life, Events& events) {
    if (!plan_.has_job_server) return;
    job_server_.set_listener([this, &life, &events](const ports::JobSignal& signal) {
      const auto later = dice_.between(time::Duration{0}, time::Duration{longest_signal_delay});
      events.at(life.now() + later, [&life, signal] {
        life.runtime().enter(config::make_job_signal(life.actors().scheduler, signal));
      });
    });
  }

  /// The daemon tells its listeners about a job.
  void hear(const jobs::JobEvent& event) {
    if (machine_.is_dead()) return;
    const auto record = kept_jobs().find(event.id);
    job_truth_.announced(event, record ? &*record : nullptr);
  }

  /// Nothing fails from now on.
  void calm_down() {
    is_calm_ = true;
    machine_.set_faults(false);
    watch_.set_failure_rate(0);
    job_server_.set_faults({});
    job_server_.set_outage(false);
    job_clients_.retire();
    live_side_.calm_down();
    task_side_.calm_down();
  }

  /// Whatever went wrong before: once nothing fails any more, every good request is served again.
  void check_service(DaemonLife& life, Events& events) {
    calm_down();
    const auto settled = life.now() + settling_time;
    while (goes_on() && life.now() < settled) step(life, events, settled);
    if (life.has_given_up()) return;  // as it says in its health
    for (const ClientRequest& request : clients_.one_of_each()) {
      expect_served(life, events, request);
    }
    if (plan_.trades_live) {
      for (const ClientRequest& request : LiveClients::readings()) {
        expect_served(life, events, request);
      }
    }
    wait_for_jobs(life, events);
  }

  /// The status of the answer; 0 without one.
  std::pair<std::string, int> ask_once(DaemonLife& life, Events& events,
                                       const ClientRequest& request) {
    int status = 0;
    const auto exchange = life.request(
        request, settling_time, [&](const http::Response& response) { status = response.status; });
    const auto patience = life.now() + settling_time;
    while (goes_on() && !exchange->answered() && life.now() < patience)
      step(life, events, patience);
    return {exchange->title(), status};
  }
  void fails_to_serve(const std::string& title, int status) {
    referee_.violated("serves_again", "nothing fails any more, but " + title + " was answered " +
                                          std::to_string(status));
  }

  /// Others ask and the market goes on meanwhile, so a small mailbox may be full for a moment.
  void expect_served(DaemonLife& life, Events& events, const ClientRequest& request) {
    constexpr int refused_for_now = 503;
    constexpr int most_attempts = 30;
    auto answer = ask_once(life, events, request);
    for (int i = 0; i < most_attempts && goes_on() && answer.second == refused_for_now; ++i) {
      const auto pause = life.now() + check_period;
      while (goes_on() && life.now() < pause) step(life, events, pause);
      answer = ask_once(life, events, request);
    }
    if (goes_on() && answer.second != 200) fails_to_serve(answer.first, answer.second);
  }

  /// Every job ends, sooner or later.
  void wait_for_jobs(DaemonLife& life, Events& events) {
    const auto end = life.now() + time_for_jobs;
    while (goes_on() && life.now() < end && has_open_jobs()) {
      const auto pause = std::min(life.now() + check_period, end);
      while (goes_on() && life.now() < pause) step(life, events, pause);
    }
    if (goes_on()) check_jobs(true);
  }

  /// Every alert reaches somebody.
  void wait_for_alerts(DaemonLife& life, Events& events) {
    const auto end = life.now() + time_for_alerts;
    while (goes_on() && life.now() < end && live_side_.has_undelivered_alerts()) {
      const auto pause = std::min(life.now() + check_period, end);
      while (goes_on() && life.now() < pause) step(life, events, pause);
    }
    if (!goes_on() || life.has_given_up() || !live_side_.has_undelivered_alerts()) return;
    referee_.violated("alert_delivered", "nothing fails any more, but nobody has got the alert " +
                                             live_side_.watch().undelivered_alerts().front());
  }

  [[nodiscard]] bool has_open_jobs() {
    const auto counts = kept_jobs().counts();
    return !counts || counts->queued > 0 || counts->running > 0;
  }

  /// Requires open stores.
  void check_jobs(bool is_over) {
    job_truth_.check_store(kept_jobs(), machine_.stores(kept_jobs()).results, is_over);
  }

  /// A start without faults and without clients leaves nothing of what ended badly before.
  void check_clean_start() {
    calm_down();
    if (const auto opened = machine_.open_stores(); !opened) {
      referee_.violated("stores_readable", "the stores do not open: " + opened.error().message);
      return;
    }
    const auto jobs = connect_to_jobs();
    config::Stores stores = machine_.stores(*jobs);
    if (const auto resumed = kept_jobs().set_paused(false); !resumed) {
      referee_.violated("stores_readable",
                        "the queue cannot be resumed: " + resumed.error().message);
      return;
    }
    {
      config::WiringOptions wiring = hearing_wiring();
      std::optional<tail::TailedCandleStore> tailed;
      live_side_.wire(machine_, with_tail(stores.candles, tailed), stores, wiring);
      DaemonLife life(plan_, dice_.fork("last life"), referee_, watch_, stores, nullptr, now_,
                      wiring);
      present_life_ = &life;
      live_side_.meet(life, nullptr);
      life.set_wall_clock(wall_clock_ahead_);
      Events nothing;
      const auto settled = now_ + settling_time;
      while (goes_on() && life.now() < settled) step(life, nothing, settled);
      if (goes_on()) wait_for_jobs(life, nothing);
      if (goes_on()) wait_for_alerts(life, nothing);
      if (goes_on()) check_archive(*jobs);
      truth_.check_no_leftovers(stores.results, stores.artifacts);
      if (goes_on()) life.stop();
      now_ = life.now();
      present_life_ = nullptr;
    }
    machine_.close_stores();
  }

  void step(DaemonLife& life, Events& events, time::Timestamp until) {
    auto& executor = life.executor();
    now_ = life.now();  // which the journal asks for
    referee_.begin_step(now_);
    const auto due = events.next();
    const bool event_is_due = due && *due <= life.now();
    const auto alarm = executor.next_alarm();
    const bool alarm_is_due = alarm && *alarm <= executor.steady_now();
    // Which of the things that could happen now happens first is anybody's guess.
    std::size_t choices =
        (event_is_due ? 1U : 0U) + (alarm_is_due ? 1U : 0U) + (executor.queued() > 0 ? 1U : 0U);
    if (choices == 0) {
      life.check_quiet();
      advance(life, until, due, alarm);
      return;
    }
    std::size_t choice = choices == 1 ? 0 : dice_.below(choices);
    if (event_is_due && choice-- == 0) {
      events.run_next();
    } else if (alarm_is_due && choice-- == 0) {
      (void)executor.ring_next(executor.steady_now());
    } else {
      (void)executor.step();
      if (plan_.step_time > time::Duration{0}) {
        executor.spend(dice_.between(time::Duration{0}, plan_.step_time));
      }
    }
  }

  /// Nothing is to do now: to the next thing that is.
  void advance(DaemonLife& life, time::Timestamp until, std::optional<time::Timestamp> event,
               std::optional<runtime::SteadyTime> alarm) {
    auto& executor = life.executor();
    time::Duration pause = until - life.now();
    if (event) pause = std::min(pause, *event - life.now());
    if (alarm) pause = std::min(pause, *alarm - executor.steady_now());
    executor.spend(std::max(pause, time::Duration{0}));
  }

  void set_power_cut(DaemonLife& life, Events& events) {
    if (plan_.power_cut_rate == 0) return;
    events.at(life.now() + std::chrono::minutes{1}, [this, &life, &events] {
      if (is_calm_) return;
      if (dice_.chance(plan_.power_cut_rate)) {
        machine_.cut_power();
      } else {
        set_power_cut(life, events);
      }
    });
  }

  void set_outages(DaemonLife& life, Events& events) {
    if (plan_.server_outage_rate == 0) return;
    events.at(life.now() + std::chrono::minutes{1}, [this, &life, &events] {
      if (is_calm_) return;
      job_server_.set_outage(dice_.chance(plan_.server_outage_rate));
      set_outages(life, events);
    });
  }

  /// Somebody sets the machine's clock, forwards or back.
  void set_clock_steps(DaemonLife& life, Events& events) {
    if (plan_.clock_set_rate == 0) return;
    events.at(life.now() + std::chrono::minutes{1}, [this, &life, &events] {
      if (is_calm_) return;
      if (dice_.chance(plan_.clock_set_rate)) {
        wall_clock_ahead_ = dice_.between(-time::Duration{furthest_clock_step},
                                          time::Duration{furthest_clock_step});
        life.set_wall_clock(wall_clock_ahead_);
        referee_.tell("the clock was set");
      }
      set_clock_steps(life, events);
    });
  }

  void set_checks(DaemonLife& life, Events& events) {
    events.at(life.now() + check_period, [this, &life, &events] {
      life.check_answers();
      set_checks(life, events);
    });
  }

  /// What the thread of the archive does, whenever it gets to it.
  void set_archiving(DaemonLife& life, Events& events, archive::ArchivingJobStore& jobs) {
    const auto later = dice_.between(time::Duration{0}, time::Duration{longest_archiving_pause});
    events.at(life.now() + later, [this, &life, &events, &jobs] {
      if (plan_.has_job_server && dice_.chance(look_rate)) jobs.look_through_again();
      (void)jobs.work();
      set_archiving(life, events, jobs);
    });
  }

  /// Nothing fails any more: what ended at any time, before a crash too, is in the history.
  void check_archive(archive::ArchivingJobStore& jobs) {
    for (;;) {
      const auto step = jobs.work();
      if (!step) {
        referee_.violated("history_writable",
                          "ended jobs cannot be recorded: " + step.error().message);
        return;
      }
      if (*step == archive::Archivist::Step::idle) break;
    }
    job_truth_.check_history(kept_jobs(), machine_.job_history());
  }

  void reboot() {
    ++crashes_;
    referee_.tell("the machine died and starts again");
    machine_.boot();
    now_ += dice_.between(time::Duration{0}, time::Duration{longest_outage});
    check_at_rest(false);
  }

  /// The daemon is down, and for once nothing fails.
  void check_at_rest(bool at_the_end) {
    machine_.set_faults(false);
    if (const auto opened = machine_.open_stores(); !opened) {
      referee_.violated("stores_readable", "the stores do not open: " + opened.error().message);
      return;
    }
    const config::Stores stores = machine_.stores(kept_jobs());
    if (const auto running = all_jobs(kept_jobs(), jobs::JobState::running)) {
      job_watch_.learn_anew(*running);
    }
    check_jobs(false);
    truth_.check_stores(stores.candles, stores.results, stores.artifacts, at_the_end);
    std::optional<tail::TailedCandleStore> tailed;
    if (goes_on()) live_side_.check(machine_, with_tail(stores.candles, tailed));
    machine_.close_stores();
  }

  SimulationReport report() const {
    SimulationReport report;
    report.seed = options_.seed;
    report.steps = referee_.step();
    report.simulated = now_ - epoch;
    report.hash = referee_.hash();
    report.messages = watch_.handled();
    report.requests = clients_.requests() + job_clients_.requests();
    report.answers = clients_.answers();
    for (const auto& [status, count] : job_clients_.answers()) report.answers[status] += count;
    report.requests += live_side_.clients().requests();
    for (const auto& [status, count] : live_side_.clients().answers()) {
      report.answers[status] += count;
    }
    report.reruns = live_side_.truth().reruns();
    report.fills = live_side_.truth().fills();
    report.task_runs = task_side_.runs();
    report.alerts = live_side_.watch().deliveries();
    report.jobs = job_truth_.task_ids().size();
    report.job_ends = job_truth_.ends_seen();
    report.leases = job_watch_.leases();
    report.lost_leases = job_watch_.lost_leases();
    report.network_faults = job_server_.faults_drawn();
    report.runs = truth_.run_ids().size();
    report.candles = truth_.stored_candles();
    report.crashes = crashes_;
    report.actor_failures = watch_.failures();
    report.disk_operations = machine_.disk_operations();
    report.disk_faults = machine_.disk_failures();
    report.last_draw = dice_.last();
    report.violation = referee_.violation();
    return report;
  }

  const SimulationOptions options_;
  Dice dice_;
  const Plan plan_;
  Referee referee_;
  time::Timestamp now_;
  const time::Timestamp end_;
  Market market_;
  Truth truth_;
  Machine machine_;
  MailboxWatch watch_;
  Clients clients_;
  Feed feed_;
  JobTruth job_truth_;
  JobWatch job_watch_;
  JobClients job_clients_;
  JobServer job_server_;
  LiveSide live_side_;
  TaskSide task_side_;
  std::vector<std::unique_ptr<OtherWorker>> other_workers_;
  DaemonLife* present_life_ = nullptr;
  time::Duration wall_clock_ahead_{0};
  std::unique_ptr<JournalOfLife> journal_;
  std::uint64_t journal_faults_before_ = 0;
  std::uint64_t lives_ = 0;
  std::uint64_t crashes_ = 0;
  bool is_calm_ = false;  ///< nothing fails any more
};

}  // namespace

SimulationReport simulate(const SimulationOptions& options) {
  register_order_strategy();
  return World(options).run();
}

}  // namespace hts::simulation
