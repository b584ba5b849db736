#include "config/simulation/world.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>

#include "adapters/journal/journaled_stores.hpp"
#include "config/simulation/clients.hpp"
#include "config/simulation/daemon_life.hpp"
#include "config/simulation/events.hpp"
#include "config/simulation/feed.hpp"
#include "config/simulation/journal_check.hpp"
#include "config/simulation/machine.hpp"
#include "config/simulation/mailbox_watch.hpp"
#include "config/simulation/market.hpp"
#include "config/simulation/truth.hpp"
#include "config/simulation/watched_candles.hpp"

namespace hts::simulation {
namespace {

/// 2024-01-01T00:00:00Z.
constexpr time::Timestamp epoch{std::chrono::seconds{1'704'067'200}};
/// How long a machine is down after a crash.
constexpr std::chrono::minutes longest_outage{3};
constexpr std::chrono::seconds check_period{1};
/// Longer than any question's deadline, any stall and any pause before a restart.
constexpr std::chrono::minutes settling_time{2};

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
        feed_(plan_, dice_.fork("feed"), referee_, truth_) {}

  SimulationReport run() {
    machine_.install(market_);
    while (now_ < end_ && goes_on()) {
      machine_.set_faults(true);
      if (machine_.open_stores() && open_journal()) {
        live();
      } else {
        // A daemon that cannot open its stores says so and exits; somebody starts it again.
        now_ += dice_.between(std::chrono::seconds{1}, time::Duration{longest_outage});
      }
      const bool died = machine_.is_dead();
      machine_.close_stores();
      journal_.reset();
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

  void live() {
    const config::Stores stores = machine_.stores();
    WatchedCandles candles(stores.candles, referee_);
    watch_.set_failure_rate(plan_.actor_failure_rate);
    journal::JournaledCandleStore journaled_candles(candles);
    journal::JournaledResultStore journaled_results(&stores.results);
    journal::JournaledArtifactStore journaled_artifacts(&stores.artifacts);
    DaemonLife life(plan_, dice_.fork("life " + std::to_string(++lives_)), referee_, watch_,
                    {journaled_candles, journaled_results, journaled_artifacts}, journal_.get(),
                    now_);
    candles.set_clock([&life] { return life.now(); });
    Events events;
    clients_.meet(life, events);
    feed_.meet(life, events);
    set_power_cut(life, events);
    set_checks(life, events);
    while (goes_on() && !machine_.is_dead() && life.now() < end_) step(life, events, end_);
    clients_.part();
    feed_.part();
    if (!referee_.failed() && !machine_.is_dead() && life.now() >= end_)
      check_service(life, events);
    if (!referee_.failed() && !machine_.is_dead()) life.stop();
    now_ = life.now();
  }

  /// Whatever went wrong before: once nothing fails any more, every good request is served again.
  void check_service(DaemonLife& life, Events& events) {
    is_calm_ = true;
    machine_.set_faults(false);
    watch_.set_failure_rate(0);
    const auto settled = life.now() + settling_time;
    while (goes_on() && life.now() < settled) step(life, events, settled);
    if (life.has_given_up()) return;  // as it says in its health
    for (const ClientRequest& request : clients_.one_of_each()) {
      int status = 0;
      const auto exchange =
          life.request(request, settling_time,
                       [&](const http::Response& response) { status = response.status; });
      const auto patience = life.now() + settling_time;
      while (goes_on() && !exchange->answered() && life.now() < patience)
        step(life, events, patience);
      if (goes_on() && status != 200) {
        referee_.violated("serves_again", "nothing fails any more, but " + exchange->title() +
                                              " was answered " + std::to_string(status));
      }
    }
  }

  /// A start without faults and without clients leaves nothing of what ended badly before.
  void check_clean_start() {
    is_calm_ = true;
    machine_.set_faults(false);
    watch_.set_failure_rate(0);
    if (const auto opened = machine_.open_stores(); !opened) {
      referee_.violated("stores_readable", "the stores do not open: " + opened.error().message);
      return;
    }
    const config::Stores stores = machine_.stores();
    {
      DaemonLife life(plan_, dice_.fork("last life"), referee_, watch_, stores, nullptr, now_);
      Events nothing;
      const auto settled = now_ + settling_time;
      while (goes_on() && life.now() < settled) step(life, nothing, settled);
      truth_.check_no_leftovers(stores.results, stores.artifacts);
      if (goes_on()) life.stop();
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

  void set_checks(DaemonLife& life, Events& events) {
    events.at(life.now() + check_period, [this, &life, &events] {
      life.check_answers();
      set_checks(life, events);
    });
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
    const config::Stores stores = machine_.stores();
    truth_.check_stores(stores.candles, stores.results, stores.artifacts, at_the_end);
    machine_.close_stores();
  }

  SimulationReport report() const {
    SimulationReport report;
    report.seed = options_.seed;
    report.steps = referee_.step();
    report.simulated = now_ - epoch;
    report.hash = referee_.hash();
    report.messages = watch_.handled();
    report.requests = clients_.requests();
    report.answers = clients_.answers();
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
  std::unique_ptr<JournalOfLife> journal_;
  std::uint64_t journal_faults_before_ = 0;
  std::uint64_t lives_ = 0;
  std::uint64_t crashes_ = 0;
  bool is_calm_ = false;  ///< nothing fails any more
};

}  // namespace

SimulationReport simulate(const SimulationOptions& options) {
  return World(options).run();
}

}  // namespace hts::simulation
