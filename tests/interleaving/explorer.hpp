#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <source_location>
#include <string>
#include <type_traits>
#include <vector>

#include "fiber.hpp"
#include "visited.hpp"

/// Runs code with atomic variables in every order of its steps.
///
/// A scenario's threads are fibers on one thread. Each operation on an `explored::Atomic` or
/// `explored::Mutex` is a point at which any other thread may go on; the explorer runs the scenario
/// again and again, depth first, until every such choice has been made. Two orders that cannot
/// differ are explored once: sleep sets leave out swaps of independent steps, and an order that
/// leads to a state seen before ends there. A state is where each thread stands (what it has read
/// since its last `stand_at`), what every variable holds and held as far as somebody may still read
/// it, the scenario's own state, and the happens-before order as far as anything can still depend
/// on it; two states with the same 64-bit hash are taken for one.
///
/// The memory is C++'s, not the machine's:
/// 1. A load (and a compare-exchange that fails) may read any older value that coherence allows:
///    none that happens-before hides, none older than what the thread has seen of that variable.
/// 2. An acquire that reads a release, or a read-modify-write chain on top of one, makes what stood
///    before the release happen before what comes after the acquire; relaxed operations do not. A
///    release weakened to relaxed is therefore noticed on any machine.
/// 3. Plain data is watched through `note_read` and `note_write`: two accesses, one of them a
/// write,
///    that happens-before does not order are reported as a data race.
/// 4. A weak compare-exchange may fail for no reason.
///
/// Not modelled:
/// - Stores and read-modify-writes take effect in the order of the run, each thread's in its own
///   order: a store is not delayed past a later one, and no load reads what is stored later in the
///   run (load buffering). An order that is needed only against that is not missed when weakened;
///   that it publishes plain data is noticed by happens-before all the same.
/// - Fences, and the single order of seq_cst: such operations count as acquire and release.
/// - Each thread reads at most `Limits::stale_reads` old values, at most `Limits::stale_depth`
/// stores
///   old, and fails at most
///   `Limits::spurious_failures` times for no reason in one execution. Both are needed to end.
/// - A compare-exchange that failed is taken to leave nothing behind but the value it read, beside
/// what
///   the thread knew at its last store: what a retry loop is for.
/// - A thread that looks again and again is taken to wait until something it read has changed
///   (`await_change`): the runs in between differ in nothing.
///
/// An atomic variable whose accesses happens-before orders anyway is no point of choice, like plain
/// data; the first access that is not ordered makes it one, and the exploration begins again.
namespace hts::interleaving {

inline constexpr std::size_t most_threads = 20;
inline constexpr std::size_t most_variables = 18;

struct Limits {
  std::uint64_t executions = std::numeric_limits<std::uint64_t>::max();
  int stale_reads = 1;          ///< a thread
  std::size_t stale_depth = 2;  ///< how many stores back such a read may reach
  int spurious_failures = 0;    ///< a thread
};

/// An operation of the code under test that is stronger than relaxed.
struct OrderedSite {
  std::string file;      ///< its last part
  std::string function;  ///< without what it belongs to
  std::uint32_t line = 0;
  std::memory_order order = std::memory_order_relaxed;
  friend auto operator<=>(const OrderedSite&, const OrderedSite&) = default;
};

/// Weakens one operation, to see whether the checks notice.
struct Weakening {
  OrderedSite site;
  std::memory_order to = std::memory_order_relaxed;
};

struct Report {
  std::uint64_t executions = 0;  ///< begun; most end early in a state seen before
  std::uint64_t finished = 0;    ///< of those, run to their end
  std::uint64_t states = 0;
  std::uint64_t steps = 0;
  bool complete = false;
  std::string violation;           ///< empty: none
  std::vector<std::string> story;  ///< the steps that lead to it
  std::vector<OrderedSite> ordered_sites;
};

/// What threads do, and what must hold when all have ended. Made anew for each execution.
class Scenario {
 public:
  virtual ~Scenario() = default;
  /// Spawns the first threads.
  virtual void begin() = 0;
  /// Nobody can go on any more. Calls Explorer::fail if something is wrong.
  virtual void finish() = 0;
  /// Of all that the scenario keeps outside of explored variables and may decide by.
  [[nodiscard]] virtual std::uint64_t hash() const = 0;
};

[[nodiscard]] std::uint64_t mix(std::uint64_t a, std::uint64_t b) noexcept;

class Explorer {
 public:
  explicit Explorer(const Limits& limits = {}, std::optional<Weakening> weakening = std::nullopt);
  ~Explorer();
  Explorer(const Explorer&) = delete;
  Explorer& operator=(const Explorer&) = delete;

  /// `make` gives the scenario of the next execution, best always at the same place in
  /// memory: addresses are part of a state.
  Report explore(const std::function<Scenario&()>& make);

  // --- for scenarios ---
  [[nodiscard]] static Explorer& current() noexcept { return *current_; }
  /// A new thread; what its maker did happens before it.
  void spawn(std::string name, std::function<void()> body);
  /// Ends the execution and the exploration.
  void fail(std::string what);
  /// The thread begins to look whether there is something to do.
  void begin_look();
  /// It found nothing: it goes on when something has changed that it read since begin_look.
  void await_change();
  /// All that the thread decides by from here on is hashed in `place`: it may forget what it read.
  void stand_at(std::uint64_t place);
  void note_read(const void* plain_data);
  void note_write(const void* plain_data);

  // --- for the instrumented types ---
  using Word = std::uint64_t;
  [[nodiscard]] std::uint32_t add_variable(const void* address, Word value);
  [[nodiscard]] Word load(std::uint32_t variable, std::memory_order order,
                          const std::source_location& where);
  void store(std::uint32_t variable, Word value, std::memory_order order,
             const std::source_location& where);
  struct Exchange {
    Word before = 0;
    bool done = false;
  };
  /// Fails if the variable is not `expected`.
  [[nodiscard]] Exchange compare_exchange(std::uint32_t variable, Word expected, Word desired,
                                          bool weak, std::memory_order order,
                                          std::memory_order failure_order,
                                          const std::source_location& where);
  template <class F>
  Word modify(std::uint32_t variable, F&& f, std::memory_order order,
              const std::source_location& where) {
    arrive(variable, true);
    const Word before = newest(variable);
    replace(variable, f(before), order_at(order, where), where);
    return before;
  }
  void lock(std::uint32_t mutex, const std::source_location& where);
  void unlock(std::uint32_t mutex, const std::source_location& where);

 private:
  using Mask = std::uint32_t;

  /// What a thread knows: how far every thread had come, and how new each variable was.
  struct View {
    std::array<std::uint16_t, most_threads> time{};
    std::array<std::uint16_t, most_variables> seen{};
    void join(const View& other) noexcept;
  };
  struct Version {
    Word value = 0;
    View released;
  };
  struct Variable {
    const void* address = nullptr;
    std::vector<Version> versions;
    std::uint32_t writer = 0;
    std::uint16_t write_time = 0;
    std::array<std::uint16_t, most_threads> read_time{};
    bool locked = false;
  };
  struct Plain {
    const void* data = nullptr;
    std::uint64_t name = 0;
    std::uint32_t writer = 0;
    std::uint16_t write_time = 0;
    std::array<std::uint16_t, most_threads> read_time{};
  };
  struct Step {
    std::uint32_t variable = 0;
    bool writes = false;
    bool locks = false;
  };
  enum class Status { fresh, at_step, awaiting, ended };
  struct Thread {
    std::unique_ptr<Fiber> fiber;
    std::string name;
    std::function<void()> body;
    Status status = Status::ended;
    Step next;
    View view;
    std::uint64_t place = 0;        // hash of where it stands and what it read since
    std::uint64_t last_change = 0;  // the same after its last store or stand_at
    std::uint16_t last_event = 0;
    int stale_left = 0;
    int failures_left = 0;
    bool looks = false;
    std::array<std::uint16_t, most_variables> looked{};  // oldest version read, +1, in this look
  };
  /// A point at which the execution could go on in more than one way.
  struct Choice {
    bool of_thread = false;
    std::uint32_t taken = 0;
    std::uint32_t count = 0;  // of values
    Mask todo = 0;            // of threads, as sleeping
    Mask sleeping = 0;
  };
  struct Event {
    std::uint8_t thread = 0;
    char kind = ' ';
    std::uint8_t variable = 0;
    bool old = false;
    std::uint32_t line = 0;
    Word value = 0;
  };
  enum class End { none, finished, seen_before, contended, failed };

  void run_once(const std::function<Scenario&()>& make);
  [[nodiscard]] bool go_back();
  void run_thread();

  void arrive(std::uint32_t variable, bool writes, bool locks = false);
  void switch_away();
  /// The thread to go on; none: the execution is over.
  [[nodiscard]] std::optional<std::uint32_t> pick();
  [[nodiscard]] std::uint32_t choose(std::uint32_t count);
  void leave(End end);
  [[nodiscard]] bool is_awake(const Thread& thread) const;
  [[nodiscard]] bool is_enabled(const Thread& thread) const;
  [[nodiscard]] bool is_ordered(std::uint32_t variable, bool writes) const;
  [[nodiscard]] std::uint64_t state_hash();

  [[nodiscard]] std::size_t oldest_readable(std::uint32_t variable) const;
  [[nodiscard]] Word newest(std::uint32_t variable) const;
  void observe(std::uint32_t variable, std::size_t version, std::memory_order order, char kind,
               const std::source_location& where);
  void append(std::uint32_t variable, Word value, bool releases, bool continues);
  void replace(std::uint32_t variable, Word value, std::memory_order order,
               const std::source_location& where);
  [[nodiscard]] std::memory_order order_at(std::memory_order order,
                                           const std::source_location& where);
  [[nodiscard]] std::uint64_t name_of(const void* data) const;
  [[nodiscard]] Plain* plain(const void* data);
  [[nodiscard]] std::vector<std::string> story() const;

  static inline Explorer* current_ = nullptr;

  const Limits limits_;
  const std::optional<Weakening> weakening_;
  Report report_;
  struct Site {
    const char* path = nullptr;
    OrderedSite site;
    std::memory_order effective = std::memory_order_relaxed;
  };
  std::vector<Site> sites_;
  std::vector<bool> contended_;
  Visited visited_;
  std::vector<Choice> path_;

  // of the execution under way
  Scenario* scenario_ = nullptr;
  std::size_t depth_ = 0;
  Mask sleeping_ = 0;
  End end_ = End::none;
  Fiber main_;
  std::array<Thread, most_threads> threads_;
  std::uint32_t thread_count_ = 0;
  std::uint32_t running_ = 0;
  View root_;  // what was done before the first threads
  bool in_thread_ = false;
  std::array<Variable, most_variables> variables_;
  std::uint32_t variable_count_ = 0;
  std::vector<Plain> plains_;
  std::vector<Event> events_;
};

}  // namespace hts::interleaving
