#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/result/result.hpp"
#include "engine/runtime/actor.hpp"
#include "engine/runtime/address.hpp"
#include "engine/runtime/ask_handle.hpp"
#include "engine/runtime/lane.hpp"
#include "engine/runtime/log.hpp"
#include "engine/runtime/observer.hpp"
#include "engine/runtime/outside_work.hpp"
#include "engine/runtime/recorder.hpp"
#include "engine/runtime/snapshot.hpp"
#include "engine/runtime/supervision.hpp"

/// The runtime: the worker threads, the clock and the dice under a set of actors.
///
///     Runtime runtime({.threads = 2});
///     auto meter = runtime.spawn<Meter>("meter", {}, [](Context& c) { ... make_unique ... });
///     if (auto started = runtime.start(); !started) ...
///     ...
///     ShutdownReport report = runtime.shutdown(std::chrono::seconds{5});
///
/// 1. Actors may be reserved, started and told before `start`; they run once the workers do.
/// 2. All members may be called from any thread, but for `start`, `shutdown` and the destructor,
///    which belong to the owner, never to a turn.
/// 3. Addresses and ReplyTos may outlive the runtime; they refuse.
/// 4. An idle runtime uses no CPU, but for the watchdog's look every few seconds.
namespace hts::runtime {

struct RuntimeOptions {
  std::size_t threads = 0;  ///< workers; 0: one a core, at least 2
  std::uint64_t seed = 0;   ///< of every random draw; 0 is a seed like any other
  LogSink log = {};         ///< empty: silent
  DeadLetterHook on_dead_letter = {};
  /// An actor failed too often and nobody above it could help: it stays dead, with all that it
  /// supervises. Called on a worker thread.
  std::function<void(const Failure&)> on_give_up = {};
  /// An actor that is in one batch of messages for longer is said to be stuck, in the log and in
  /// its snapshot. Zero: never, and no thread watches. Only with an executor that has threads.
  Duration stuck_after = std::chrono::seconds{10};
  /// Sees every message; outlives the runtime. Only with an executor without threads.
  Observer* observer = nullptr;
  /// Runs the actors sequenced and is told what enters and leaves; outlives the runtime.
  Recorder* recorder = nullptr;
  /// What `Context::now` reads; empty: the system's clock, or the executor's virtual one.
  std::function<Timestamp()> wall_clock = {};
  /// Empty: worker threads. Tests and simulation put theirs here.
  std::unique_ptr<detail::Executor> executor = {};
};

class Runtime {
 public:
  explicit Runtime(RuntimeOptions options = {});
  /// Shuts down without waiting for work, but waits for handlers and lane jobs that run.
  ~Runtime();
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  /// The lane of that name; made on first use with these sizes.
  Lane& lane(std::string_view name, std::size_t threads = 1, std::size_t capacity = 256);

  /// An address to hand out before its actor exists (for topologies with cycles). Messages wait
  /// in the mailbox until `start` is called with it. Names should be unique; they seed the actor's
  /// random numbers and label its metrics.
  template <class P>
  [[nodiscard]] Address<P> reserve(std::string name, const ActorOptions& options = {}) {
    detail::Ref<detail::TypedCell<P>> cell(
        new detail::TypedCell<P>(host(), lifeline(), next_id(), std::move(name), options));
    adopt(*cell);
    return Address<P>(std::move(cell));
  }

  /// Gives a reserved address its actor. Once per address.
  template <class A>
  void start(const Address<typename A::ProtocolType>& address, Factory<A> factory) {
    address.cell()->install(std::make_unique<detail::ActorRunner<A>>(std::move(factory)));
    address.cell()->request_start();
  }

  /// Reserve and start in one.
  template <class A>
  Address<typename A::ProtocolType> spawn(std::string name, const ActorOptions& options,
                                          Factory<A> factory) {
    auto address = reserve<typename A::ProtocolType>(std::move(name), options);
    start<A>(address, std::move(factory));
    return address;
  }

  /// Asks from outside the actors. `on_reply(Result<Query::Reply>)` is called exactly once, on a
  /// worker thread, whatever happens; what it throws is logged. Questions of one thread to one
  /// actor are handled in the order asked. Callbacks of different threads' questions may run at the
  /// same time. After a shutdown it is called at once, on the calling thread. What is returned can
  /// take the question back.
  template <class P, class Query, class F>
    requires Takes<P, Request<Query>>
  AskHandle ask(const Address<P>& to, Query query, Duration deadline, F on_reply);

  /// Lets something enter the actors' world: it asks, tells and stops actors. Without a recorder it
  /// runs at once, on the calling thread; with one it is recorded and runs when its turn comes, on
  /// a worker thread. Work that enters from one thread runs in that order.
  ///
  /// With a recorder, everything that comes from outside has to come this way (or as an alarm or a
  /// lane job): what does not is logged as a defect, and the record says that it cannot be replayed
  /// past it.
  void enter(std::unique_ptr<OutsideWork> work);
  /// As enter, for messages in great number: false, and `work` untouched, when `most_waiting`
  /// inputs wait already.
  [[nodiscard]] bool try_enter(std::unique_ptr<OutsideWork>& work, std::size_t most_waiting);
  /// As enter, for work that only looks: it asks actors for figures and changes nothing they go by.
  /// It is not recorded.
  void observe(Callback work);
  /// Something leaves the actors' world: an answer to a client, an order. The recorder is told, if
  /// there is one; sending it is up to the caller.
  void command(std::string_view name, std::string_view bytes);
  /// Calls `work`, and then runs the actors that it told on the calling thread, for as long as a
  /// turn of a worker, instead of waking workers for them: what a thread has read is worked on
  /// where it lies in the caches. Actors that lately took longer than a millisecond for a message
  /// are left to the workers. One thread at a time; for another one, or before the start and after
  /// the end, it only calls `work`. The caller holds no lock that an actor may take.
  void visit(const std::function<void()>& work);
  /// True with a recorder, or under a replay: commands are worth encoding.
  [[nodiscard]] bool is_sequenced() const noexcept;
  /// For a replay: does what the runtime itself entered under that name (steps of a shutdown, a
  /// question taken back). False: it was not the runtime's.
  bool redo(std::string_view name, std::string_view bytes);

  /// Asks an actor to handle what it has and end. Does not wait.
  template <class P>
  void stop(const Address<P>& whom) {
    if (whom) whom.cell()->request_stop();
  }

  /// Declares that `from` waits (`when_room`) for room in the mailbox of `to`. Cycles among such
  /// edges whose mailboxes are all `Overflow::wait` could stand still for ever: they are refused
  /// by `start`, or by this call once started, with an Error of code `conflict` naming the cycle.
  template <class P, class Q>
  result::Status declare_waiting(const Address<P>& from, const Address<Q>& to) {
    return declare_edge(std::string(from.name()), std::string(to.name()),
                        to.cell() != nullptr && to.cell()->overflow() == Overflow::wait);
  }

  /// Checks the topology and starts the workers.
  [[nodiscard]] result::Status start();

  /// Stops in order: phase by phase, lowest first, each actor handles what it has, is told
  /// `on_stop`, and waits for its answers. At the deadline the rest is stopped as it stands. Then
  /// the lanes end. The workers go on serving `io()`, so that adapters can send the last answers,
  /// until the destructor. A second call reports the same.
  ShutdownReport shutdown(Duration deadline);

  /// All actors that live, and those that gave up (the last 256 of them).
  [[nodiscard]] std::vector<ActorSnapshot> snapshot() const;
  [[nodiscard]] std::vector<LaneSnapshot> lanes() const;

  /// For sockets and signals of adapters: their handlers run on the worker threads.
  [[nodiscard]] boost::asio::io_context& io();
  [[nodiscard]] Timestamp now() const;
  /// For measuring.
  [[nodiscard]] SteadyTime steady_now() const noexcept;

 private:
  class Impl;

  [[nodiscard]] detail::Host& host() noexcept;
  [[nodiscard]] const std::shared_ptr<detail::Lifeline>& lifeline() noexcept;
  [[nodiscard]] std::uint64_t next_id() noexcept;
  void adopt(detail::Cell& cell);
  result::Status declare_edge(const std::string& from, const std::string& to, bool to_waits);
  /// Numbers it in a sequenced runtime.
  void keep_question(detail::OutsideQuestion& question);
  /// One of the cells that ask on behalf of threads outside.
  [[nodiscard]] detail::Cell& outside() noexcept;

  std::unique_ptr<Impl> impl_;
};

}  // namespace hts::runtime

#include "engine/runtime/outside_ask.hpp"
