#include "engine/runtime/runtime.hpp"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "engine/runtime/asio_executor.hpp"
#include "engine/runtime/family.hpp"
#include "engine/runtime/outside_cell.hpp"
#include "engine/runtime/sequenced_executor.hpp"
#include "engine/runtime/topology.hpp"
#include "engine/runtime/watchdog.hpp"

namespace hts::runtime {
namespace {

constexpr std::size_t outside_cells = 2;
// The steps of a shutdown, as inputs.
constexpr std::string_view stop_phase = "runtime.stop_phase";
constexpr std::string_view kill_all = "runtime.kill_all";
constexpr std::string_view stop_outside = "runtime.stop_outside";
// A question from outside taken back; its number.
constexpr std::string_view cancel_question = "runtime.cancel_question";
constexpr std::size_t remembered_failures = 256;
/// How long after the deadline a handler may take to return before its actor is a survivor.
constexpr std::chrono::milliseconds last_grace{100};

}  // namespace

class Runtime::Impl final : public detail::Host {
 public:
  explicit Impl(RuntimeOptions options)
      : lifeline_(std::make_shared<detail::Lifeline>()),
        own_executor_(std::move(options.executor)) {
    if (own_executor_ == nullptr) {
      own_executor_ =
          std::make_unique<detail::AsioExecutor>(options.threads, [this](std::string_view error) {
            log(LogLevel::error, "runtime",
                "The handler of an adapter failed: " + std::string(error));
          });
    }
    wall_clock = std::move(options.wall_clock);
    if (options.recorder != nullptr) {
      own_executor_ = std::make_unique<detail::SequencedExecutor>(
          std::move(own_executor_), options.recorder, std::exchange(wall_clock, {}),
          [this](std::string_view error) { log(LogLevel::error, "runtime", error); });
    }
    executor = own_executor_.get();
    seed = options.seed;
    log_sink = std::move(options.log);
    on_dead_letter = std::move(options.on_dead_letter);
    observer = options.observer;
    on_give_up = std::move(options.on_give_up);
    stuck_after_ = options.stuck_after;
    for (std::size_t i = 0; i < outside_cells; ++i) {
      detail::Ref<detail::Cell> cell(
          new detail::OutsideCell(*this, lifeline_, next_id(), "outside-" + std::to_string(i), {}));
      cell->request_start();
      outside_.push_back(std::move(cell));
    }
  }

  ~Impl() override {
    stop_watching();
    for (auto& [name, lane] : lanes_) lane->close();
    for (auto& [name, lane] : lanes_) lane->join();
    visitors_.close();
    executor->stop();
    // From here on this thread is the only worker. Survivors have returned from their handlers.
    request_all([](detail::Cell& cell) { cell.request_kill(); });
    for (const auto& cell : outside_) cell->request_kill();
    executor->wait([this] { return nobody_lives(); }, SteadyTime::max());
    if (!executor->has_threads()) finish_seats();
    lifeline_->close();
    // Nothing is scheduled any more; what is still queued refers to cells that `outside_` and
    // addresses keep.
    bool first_look = true;
    executor->wait([&] { return !std::exchange(first_look, false); }, SteadyTime::max());
  }

  void on_dead(detail::Cell& cell) noexcept override {
    detail::Ref<detail::Cell> last;  // released outside of the lock
    {
      const std::lock_guard lock(mutex_);
      const auto found = living_.find(cell.id());
      if (found != living_.end()) {
        last = std::move(found->second);
        living_.erase(found);
        if (last->state() == ActorState::failed) {
          failed_.push_back(last->snapshot());
          if (failed_.size() > remembered_failures) failed_.pop_front();
        }
      } else {
        ++outside_dead_;
      }
    }
    executor->notify();
  }

  void adopt(detail::Cell& cell) {
    if (detail::Cell* supervisor = cell.supervisor()) {
      if (&supervisor->host() != this) {
        throw std::logic_error(cell.name() + " has a supervisor of another runtime");
      }
      supervisor->push_control(*new detail::ChildAdded(detail::Ref<detail::Cell>(&cell)));
    }
    bool too_late = false;
    {
      const std::lock_guard lock(mutex_);
      living_.emplace(cell.id(), detail::Ref<detail::Cell>(&cell));
      too_late = cell.shutdown_phase() <= stopping_phase_;
    }
    if (too_late) cell.request_stop();
  }

  Lane& lane(std::string_view name, std::size_t threads, std::size_t capacity) {
    const std::lock_guard lock(mutex_);
    auto found = lanes_.find(name);
    if (found == lanes_.end()) {
      found = lanes_
                  .emplace(std::string(name),
                           std::make_unique<Lane>(*executor, std::string(name), threads, capacity))
                  .first;
    }
    return *found->second;
  }

  result::Status declare_edge(const std::string& from, const std::string& to, bool to_waits) {
    const std::lock_guard lock(mutex_);
    if (to_waits) topology_.add(from, to);
    return started_ ? check_topology_locked() : result::success();
  }

  result::Status start() {
    {
      const std::lock_guard lock(mutex_);
      if (started_) return result::success();
      if (auto checked = check_topology_locked(); !checked) return checked;
      started_ = true;
    }
    executor->start();
    is_open_.store(true, std::memory_order_release);
    if (!executor->beats().empty() && stuck_after_ > Duration::zero()) {
      watching_ = std::thread(
          [this, watchdog = detail::Watchdog(stuck_after_, executor->beats().size())]() mutable {
            watch_workers(watchdog);
          });
    }
    return result::success();
  }

  ShutdownReport shutdown(Duration deadline) {
    if (report_) return *report_;
    const SteadyTime until = executor->steady_now() + deadline;
    ShutdownReport report;
    bool in_time = true;
    while (in_time) {
      const auto phase = begin_next_phase();
      if (!phase) break;
      in_time = executor->wait([&] { return phase_is_over(*phase); }, until);
    }
    if (!in_time) {
      report.clean = false;
      report.forced = names_of_living();
      enter(kill_all, {});
      executor->wait([this] { return names_of_living().empty(); }, until + last_grace);
      report.survivors = names_of_living();
    }
    // Every question has its answer now; let those who asked from outside hear it.
    enter(stop_outside, {});
    executor->wait([this] { return nobody_outside_lives(); }, until + last_grace);
    close_lanes(report, until + last_grace);
    report_ = report;
    return report;
  }

  void visit(const std::function<void()>& work) {
    detail::Executor& machine = executor->machine();
    detail::Beat* const beat = machine.visitor_beat();
    const bool may_run = detail::Turn::current() == nullptr && beat != nullptr &&
                         is_open_.load(std::memory_order_acquire);
    if (!may_run || !visitors_.enter()) {
      work();
      return;
    }
    const Leaving leaving{visitors_};
    if (detail::Beat::current != nullptr) {
      run_turn(machine, detail::Turn::Queueing::inside, work);
    } else if (const std::unique_lock seat(visitor_mutex_, std::try_to_lock); seat) {
      const Watched watched(*beat);
      run_turn(machine, detail::Turn::Queueing::visiting, work);
    } else {
      work();
    }
  }

  bool redo(std::string_view name, std::string_view bytes) {
    if (name == stop_phase) {
      int phase = 0;
      std::from_chars(bytes.data(), bytes.data() + bytes.size(), phase);
      request_phase(phase);
    } else if (name == kill_all) {
      request_all([](detail::Cell& cell) { cell.request_kill(); });
    } else if (name == stop_outside) {
      for (const auto& cell : outside_) cell->request_stop();
    } else if (name == cancel_question) {
      std::uint64_t number = 0;
      std::from_chars(bytes.data(), bytes.data() + bytes.size(), number);
      take_back(number);
    } else {
      return false;
    }
    return true;
  }

  void keep_question(detail::OutsideQuestion& question) {
    // What only observes is not there in a replay, so it must not take a number.
    if (!executor->is_sequenced() || executor->is_observing()) return;
    const std::lock_guard lock(mutex_);
    question.number = ++last_question_;
    questions_.emplace(question.number, detail::Ref<detail::OutsideQuestion>(&question));
  }
  void enter_cancel(std::uint64_t question) noexcept override {
    enter(cancel_question, std::to_string(question));
  }
  void forget_question(std::uint64_t question) noexcept override {
    detail::Ref<detail::OutsideQuestion> answered;  // released outside of the lock
    const std::lock_guard lock(mutex_);
    const auto found = questions_.find(question);
    if (found == questions_.end()) return;
    answered = std::move(found->second);
    questions_.erase(found);
  }
  void take_back(std::uint64_t question) {
    detail::Ref<detail::OutsideQuestion> asked;
    {
      const std::lock_guard lock(mutex_);
      const auto found = questions_.find(question);
      if (found != questions_.end()) asked = found->second;
    }
    if (asked) asked->take_back();
  }

  std::vector<ActorSnapshot> snapshot() const {
    std::vector<ActorSnapshot> all;
    const std::lock_guard lock(mutex_);
    all.reserve(living_.size() + failed_.size());
    for (const auto& [id, cell] : living_) all.push_back(cell->snapshot());
    for (ActorSnapshot& actor : all) {
      const auto stuck = stuck_since_.find(actor.id);
      if (stuck != stuck_since_.end()) actor.stuck_for = executor->stopwatch() - stuck->second;
    }
    all.insert(all.end(), failed_.begin(), failed_.end());
    std::sort(all.begin(), all.end(),
              [](const ActorSnapshot& a, const ActorSnapshot& b) { return a.id < b.id; });
    return all;
  }

  std::vector<LaneSnapshot> lane_snapshots() const {
    std::vector<LaneSnapshot> all;
    const std::lock_guard lock(mutex_);
    all.reserve(lanes_.size());
    for (const auto& [name, lane] : lanes_) all.push_back(lane->snapshot());
    return all;
  }

  /// The same one for every question of a thread, so that they arrive in the order asked.
  detail::Cell& outside() noexcept {
    // What is only observed has a cell of its own: it must not move the deadlines of what is
    // recorded.
    if (executor->is_sequenced()) return executor->is_observing() ? *outside_[1] : *outside_[0];
    // Which thread asks first must not decide anything where a run has to be the same twice.
    if (!executor->has_threads()) return *outside_.front();
    thread_local const std::size_t choice =
        next_outside_.fetch_add(1, std::memory_order_relaxed) % outside_cells;
    return *outside_[choice];
  }
  std::uint64_t next_id() noexcept { return next_id_.fetch_add(1, std::memory_order_relaxed); }
  const std::shared_ptr<detail::Lifeline>& lifeline() const noexcept { return lifeline_; }

 private:
  struct Leaving {
    detail::Lifeline& line;
    ~Leaving() { line.leave(); }
  };
  struct Watched {
    explicit Watched(detail::Beat& beat) noexcept { detail::Beat::current = &beat; }
    ~Watched() { detail::Beat::current = nullptr; }
  };

  static void run_turn(detail::Executor& machine, detail::Turn::Queueing queueing,
                       const std::function<void()>& work) {
    detail::Turn turn(machine, queueing);
    work();
    while (detail::Task* next = turn.next()) next->run(turn);
  }

  // On a thread of its own, until stop_watching.
  void watch_workers(detail::Watchdog& watchdog) {
    const Duration interval = std::max<Duration>(stuck_after_ / 4, std::chrono::milliseconds{1});
    std::unique_lock lock(watch_mutex_);
    while (!watch_ended_.wait_for(lock, interval, [this] { return watch_stopped_; })) {
      const SteadyTime now = executor->stopwatch();
      for (const auto& finding : watchdog.look(now, executor->beats())) tell(finding, now);
    }
  }

  void tell(const detail::Watchdog::Finding& finding, SteadyTime now) {
    std::string name = "runtime";
    {
      const std::lock_guard lock(mutex_);
      if (finding.is_over) {
        stuck_since_.erase(finding.cell);
      } else {
        stuck_since_[finding.cell] = finding.since;
      }
      const auto found = living_.find(finding.cell);
      if (found != living_.end()) name = found->second->name();
    }
    const auto milliseconds =
        std::chrono::duration_cast<std::chrono::milliseconds>(now - finding.since).count();
    const std::string time = std::to_string(milliseconds) + " ms";
    if (finding.is_over) {
      log(LogLevel::warning, name, "Goes on after " + time + " in one batch of messages.");
    } else {
      log(LogLevel::error, name,
          "Stuck: has been in one batch of messages for " + time +
              ", and what waits for it waits too. What blocks or computes long belongs on a lane.");
    }
  }

  void stop_watching() {
    {
      const std::lock_guard lock(watch_mutex_);
      watch_stopped_ = true;
    }
    watch_ended_.notify_all();
    if (watching_.joinable()) watching_.join();
  }

  result::Status check_topology_locked() const {
    const std::vector<std::string> cycle = topology_.find_cycle();
    if (cycle.empty()) return result::success();
    std::string path = cycle.front();
    for (std::size_t i = 1; i < cycle.size(); ++i) path += " -> " + cycle[i];
    return result::make_error(result::ErrorCode::conflict,
                              "These actors would wait for each other for ever once their "
                              "mailboxes are full: " +
                                  path + ". Give one of them another overflow policy.");
  }

  template <class F>
  void request_all(F&& request) {
    for (const auto& cell : living()) request(*cell);
  }

  std::vector<detail::Ref<detail::Cell>> living() const {
    std::vector<detail::Ref<detail::Cell>> cells;
    const std::lock_guard lock(mutex_);
    cells.reserve(living_.size());
    for (const auto& [id, cell] : living_) cells.push_back(cell);
    return cells;
  }

  /// Seats of lanes have no thread that `join` could wait for: what they hold comes home here.
  void finish_seats() {
    for (auto& [name, lane] : lanes_) {
      executor->wait([&lane = *lane] { return lane.is_idle(); }, SteadyTime::max());
    }
    // The last ones home may still stand in the executor's queue.
    std::size_t looks = 4096;
    executor->wait([&looks] { return looks-- == 0; }, SteadyTime::max());
  }

  /// Asks the actors of the lowest phase left to stop. Nothing when nobody lives.
  std::optional<int> begin_next_phase() {
    const auto cells = living();
    if (cells.empty()) return std::nullopt;
    const auto lowest = std::min_element(cells.begin(), cells.end(), [](auto& a, auto& b) {
      return a->shutdown_phase() < b->shutdown_phase();
    });
    const int phase = (*lowest)->shutdown_phase();
    enter(stop_phase, std::to_string(phase));
    return phase;
  }

  void request_phase(int phase) {
    {
      const std::lock_guard lock(mutex_);
      stopping_phase_ = phase;
    }
    for (const auto& cell : living()) {
      if (cell->shutdown_phase() == phase) cell->request_stop();
    }
  }

  void enter(std::string_view name, std::string bytes) {
    class Step final : public OutsideWork {
     public:
      Step(Impl& impl, std::string_view name, std::string bytes)
          : impl_(impl), name_(name), bytes_(std::move(bytes)) {}
      std::string_view name() const noexcept override { return name_; }
      void encode(std::string& bytes) const override { bytes += bytes_; }
      void run() override { (void)impl_.redo(name_, bytes_); }

     private:
      Impl& impl_;
      const std::string_view name_;
      const std::string bytes_;
    };
    executor->enter(std::make_unique<Step>(*this, name, std::move(bytes)));
  }

  bool phase_is_over(int phase) const {
    const std::lock_guard lock(mutex_);
    return std::none_of(living_.begin(), living_.end(),
                        [&](const auto& entry) { return entry.second->shutdown_phase() <= phase; });
  }

  /// Those of the lowest phase first.
  std::vector<std::string> names_of_living() const {
    auto cells = living();
    std::ranges::stable_sort(cells, {}, [](const auto& cell) { return cell->shutdown_phase(); });
    std::vector<std::string> names;
    names.reserve(cells.size());
    for (const auto& cell : cells) names.push_back(cell->name());
    return names;
  }

  bool nobody_outside_lives() const {
    const std::lock_guard lock(mutex_);
    return outside_dead_ == outside_cells;
  }

  bool nobody_lives() const {
    const std::lock_guard lock(mutex_);
    return living_.empty() && outside_dead_ == outside_cells;
  }

  void close_lanes(ShutdownReport& report, SteadyTime until) {
    std::vector<Lane*> all;
    {
      const std::lock_guard lock(mutex_);
      for (const auto& [name, lane] : lanes_) all.push_back(lane.get());
    }
    for (Lane* lane : all) lane->close();
    for (Lane* lane : all) {
      if (executor->wait([&] { return lane->is_idle(); }, until)) {
        lane->join();
      } else {
        report.clean = false;
        report.survivors.push_back("lane " + lane->name());
      }
    }
  }

  const std::shared_ptr<detail::Lifeline> lifeline_;
  detail::Lifeline visitors_;
  std::mutex visitor_mutex_;  // held by the thread, of none of the workers, that runs actors
  std::atomic<bool> is_open_{false};
  std::unique_ptr<detail::Executor> own_executor_;
  std::atomic<std::uint64_t> next_id_{1};
  static inline std::atomic<std::size_t> next_outside_{0};
  std::vector<detail::Ref<detail::Cell>> outside_;
  std::optional<ShutdownReport> report_;

  Duration stuck_after_{0};
  std::thread watching_;
  std::mutex watch_mutex_;
  std::condition_variable watch_ended_;
  bool watch_stopped_ = false;  // guarded by watch_mutex_

  mutable std::mutex mutex_;
  std::map<std::uint64_t, detail::Ref<detail::Cell>> living_;  // guarded by mutex_, as all below
  std::map<std::uint64_t, detail::Ref<detail::OutsideQuestion>>
      questions_;  // of a sequenced runtime
  std::uint64_t last_question_ = 0;
  std::map<std::uint64_t, SteadyTime> stuck_since_;  // by id of the cell
  std::deque<ActorSnapshot> failed_;
  std::map<std::string, std::unique_ptr<Lane>, std::less<>> lanes_;
  detail::Topology topology_;
  std::size_t outside_dead_ = 0;
  int stopping_phase_ = std::numeric_limits<int>::min();
  bool started_ = false;
};

Runtime::Runtime(RuntimeOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}

Runtime::~Runtime() {
  (void)impl_->shutdown(Duration::zero());
}

Lane& Runtime::lane(std::string_view name, std::size_t threads, std::size_t capacity) {
  return impl_->lane(name, threads, capacity);
}

result::Status Runtime::start() {
  return impl_->start();
}

ShutdownReport Runtime::shutdown(Duration deadline) {
  return impl_->shutdown(deadline);
}

std::vector<ActorSnapshot> Runtime::snapshot() const {
  return impl_->snapshot();
}

std::vector<LaneSnapshot> Runtime::lanes() const {
  return impl_->lane_snapshots();
}

void Runtime::enter(std::unique_ptr<OutsideWork> work) {
  impl_->executor->enter(std::move(work));
}

bool Runtime::try_enter(std::unique_ptr<OutsideWork>& work, std::size_t most_waiting) {
  return impl_->executor->try_enter(work, most_waiting);
}

void Runtime::observe(Callback work) {
  class Observation final : public OutsideWork {
   public:
    explicit Observation(Callback work) : work_(std::move(work)) {}
    std::string_view name() const noexcept override { return "observation"; }
    void encode(std::string&) const override {}
    void run() override { work_(); }

   private:
    Callback work_;
  };
  impl_->executor->observe(std::make_unique<Observation>(std::move(work)));
}

void Runtime::command(std::string_view name, std::string_view bytes) {
  impl_->executor->command(name, bytes);
}

void Runtime::visit(const std::function<void()>& work) {
  impl_->visit(work);
}

bool Runtime::is_sequenced() const noexcept {
  return impl_->executor->is_sequenced();
}

bool Runtime::redo(std::string_view name, std::string_view bytes) {
  return impl_->redo(name, bytes);
}

boost::asio::io_context& Runtime::io() {
  return *impl_->executor->io();
}

Timestamp Runtime::now() const {
  return impl_->wall_clock ? impl_->wall_clock() : impl_->executor->now();
}

SteadyTime Runtime::steady_now() const noexcept {
  return impl_->executor->steady_now();
}

detail::Host& Runtime::host() noexcept {
  return *impl_;
}

const std::shared_ptr<detail::Lifeline>& Runtime::lifeline() noexcept {
  return impl_->lifeline();
}

std::uint64_t Runtime::next_id() noexcept {
  return impl_->next_id();
}

void Runtime::adopt(detail::Cell& cell) {
  impl_->adopt(cell);
}

result::Status Runtime::declare_edge(const std::string& from, const std::string& to,
                                     bool to_waits) {
  return impl_->declare_edge(from, to, to_waits);
}

void Runtime::keep_question(detail::OutsideQuestion& question) {
  impl_->keep_question(question);
}

detail::Cell& Runtime::outside() noexcept {
  return impl_->outside();
}

}  // namespace hts::runtime
