// How fast messages move between actors.
//
// Every figure is the median of five runs of the real runtime: typed 48-byte messages, two worker
// threads, bounded mailboxes of 512 slots, handling-time sampling, counters and supervision on.
//
//   one_to_one      one actor tells another one message at a time until its mailbox is full, then
//                   waits for room (back-pressure included); messages handled a second
//   eight_to_one    the same with eight senders
//   ping_pong       two actors answer each other; each round trip is timed by itself, the reading
//                   of the clock (about 25 ns) included
//   ring_1/ring_100 100 actors pass 1 or 100 tokens around; hops a second
//   timer_set, timer_cancel, timer_fire
//                   one actor sets 1,000,000 timers due at random times, cancels them all, sets
//                   them again and has them all fire; time for each
//   ask_round_trip  an actor asks another with a deadline and gets the answer; each timed by itself
//   back_pressure   eight senders through a mailbox of 16 slots with Overflow::wait: it is always
//                   full, and a refused sender waits for room (when_room); messages handled a
//                   second
//   fairness_worst  on one worker: the most messages of a flooded actor that were handled between
//                   two turns of another one that had work; the bound is one batch, 256
//   flood_memory    resident memory grown at most by eight_to_one, the runtime itself included
//   idle_processor  processor time of a runtime of 100 idle actors in a second
//   raw_strand      the yardstick: boost::asio::post or defer (the faster) of a 48-byte closure to
//                   a strand for each message, on two threads, without typing, bound or metrics

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/defer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>

#include "engine/runtime/runtime.hpp"

namespace {

using hts::runtime::Actor;
using hts::runtime::ActorOptions;
using hts::runtime::Address;
using hts::runtime::Context;
using hts::runtime::Overflow;
using hts::runtime::Protocol;
using hts::runtime::Runtime;
using hts::runtime::SendResult;
using hts::runtime::taken;

using Clock = std::chrono::steady_clock;

struct Item {
  std::uint64_t number = 0;
  std::array<std::uint64_t, 5> payload{};
};
static_assert(sizeof(Item) == 48);

struct Go {};

constexpr std::size_t threads = 2;
const ActorOptions waiting_mailbox{.mailbox = {.capacity = 512, .overflow = Overflow::wait}};

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

void must(bool ok) {
  if (ok) return;
  std::fputs("mailbox: a message was not accepted\n", stderr);
  std::abort();
}

// --- many to one ---

class Sink : public Actor<Sink, Protocol<Item>> {
 public:
  Sink(std::uint64_t expected, std::promise<std::uint64_t>& done) : left_(expected), done_(done) {}

  void on(const Item& item) {
    sum_ += item.number;
    if (--left_ == 0) done_.set_value(sum_);
  }

 private:
  std::uint64_t left_;
  std::uint64_t sum_ = 0;
  std::promise<std::uint64_t>& done_;
};

class Source : public Actor<Source, Protocol<Go>> {
 public:
  Source(Context& context, Address<Protocol<Item>> to, std::uint64_t count)
      : context_(context), to_(std::move(to)), left_(count) {}

  void on(Go) { send(); }

 private:
  void send() {
    Item item;
    while (left_ > 0) {
      item.number = left_;
      if (!taken(to_.tell(item))) {
        context_.when_room(to_, [this] { send(); });
        return;
      }
      --left_;
    }
  }

  Context& context_;
  const Address<Protocol<Item>> to_;
  std::uint64_t left_;
};

double many_to_one(std::uint64_t senders, std::uint64_t total,
                   const ActorOptions& sink_options = waiting_mailbox) {
  std::promise<std::uint64_t> done;
  Runtime runtime({.threads = threads});
  const std::uint64_t each = total / senders;
  auto sink = runtime.spawn<Sink>(
      "sink", sink_options, [&](Context&) { return std::make_unique<Sink>(each * senders, done); });
  std::vector<Address<Protocol<Go>>> sources;
  sources.reserve(senders);
  for (std::uint64_t i = 0; i < senders; ++i) {
    sources.push_back(runtime.spawn<Source>(
        "source-" + std::to_string(i), {},
        [&](Context& context) { return std::make_unique<Source>(context, sink, each); }));
  }
  must(runtime.start().ok());
  const auto start = Clock::now();
  for (const auto& source : sources) must(taken(source.tell(Go{})));
  const std::uint64_t sum = done.get_future().get();
  const double seconds = seconds_since(start);
  must(sum == senders * (each * (each + 1) / 2));
  return static_cast<double>(each * senders) / seconds;
}

// --- ping-pong ---

class Ponger : public Actor<Ponger, Protocol<Item>> {
 public:
  explicit Ponger(const Address<Protocol<Item>>& to) : to_(to) {}
  void on(const Item& item) { must(taken(to_.tell(item))); }

 private:
  const Address<Protocol<Item>>& to_;
};

class Pinger : public Actor<Pinger, Protocol<Item>> {
 public:
  Pinger(const Address<Protocol<Item>>& to, std::vector<std::uint32_t>& nanoseconds,
         std::promise<void>& done)
      : to_(to), nanoseconds_(nanoseconds), done_(done) {}

  void on(const Item& item) {
    const auto now = Clock::now();
    if (item.number > 0) {
      nanoseconds_.push_back(static_cast<std::uint32_t>((now - sent_).count()));
      if (nanoseconds_.size() == nanoseconds_.capacity()) {
        done_.set_value();
        return;
      }
    }
    sent_ = now;
    must(taken(to_.tell(Item{item.number + 1, item.payload})));
  }

 private:
  const Address<Protocol<Item>>& to_;
  std::vector<std::uint32_t>& nanoseconds_;
  std::promise<void>& done_;
  Clock::time_point sent_;
};

struct RoundTrip {
  double p50 = 0;
  double p99 = 0;
};

RoundTrip ping_pong(std::size_t round_trips) {
  std::vector<std::uint32_t> nanoseconds;
  nanoseconds.reserve(round_trips);
  std::promise<void> done;
  Runtime runtime({.threads = threads});
  const auto pinger = runtime.reserve<Protocol<Item>>("pinger");
  const auto ponger = runtime.reserve<Protocol<Item>>("ponger");
  runtime.start<Pinger>(
      pinger, [&](Context&) { return std::make_unique<Pinger>(ponger, nanoseconds, done); });
  runtime.start<Ponger>(ponger, [&](Context&) { return std::make_unique<Ponger>(pinger); });
  must(runtime.start().ok());
  must(taken(pinger.tell(Item{})));
  done.get_future().get();
  std::sort(nanoseconds.begin(), nanoseconds.end());
  return {static_cast<double>(nanoseconds[nanoseconds.size() / 2]),
          static_cast<double>(nanoseconds[nanoseconds.size() * 99 / 100])};
}

// --- ask ---

struct Square {
  using Reply = std::uint64_t;
  std::uint64_t of = 0;
};
using SquarerProtocol = Protocol<hts::runtime::Request<Square>>;

class Squarer : public Actor<Squarer, SquarerProtocol> {
 public:
  void on(hts::runtime::Request<Square>& request) {
    request.reply(request.query.of * request.query.of);
  }
};

class Asker : public Actor<Asker, Protocol<Go>> {
 public:
  Asker(Context& context, Address<SquarerProtocol> to, std::vector<std::uint32_t>& nanoseconds,
        std::promise<void>& done)
      : context_(context), to_(std::move(to)), nanoseconds_(nanoseconds), done_(done) {}

  void on(Go) {
    asked_ = Clock::now();
    context_.ask(to_, Square{nanoseconds_.size()}, std::chrono::seconds{10},
                 [this](const hts::result::Result<std::uint64_t>& answer) {
                   const auto now = Clock::now();
                   must(answer.ok() && *answer == nanoseconds_.size() * nanoseconds_.size());
                   nanoseconds_.push_back(static_cast<std::uint32_t>((now - asked_).count()));
                   if (nanoseconds_.size() < nanoseconds_.capacity()) {
                     on(Go{});
                   } else {
                     done_.set_value();
                   }
                 });
  }

 private:
  Context& context_;
  const Address<SquarerProtocol> to_;
  std::vector<std::uint32_t>& nanoseconds_;
  std::promise<void>& done_;
  Clock::time_point asked_;
};

RoundTrip ask_round_trip(std::size_t round_trips) {
  std::vector<std::uint32_t> nanoseconds;
  nanoseconds.reserve(round_trips);
  std::promise<void> done;
  Runtime runtime({.threads = threads});
  const auto squarer =
      runtime.spawn<Squarer>("squarer", {}, [](Context&) { return std::make_unique<Squarer>(); });
  const auto asker = runtime.spawn<Asker>("asker", {}, [&](Context& context) {
    return std::make_unique<Asker>(context, squarer, nanoseconds, done);
  });
  must(runtime.start().ok());
  must(taken(asker.tell(Go{})));
  done.get_future().get();
  std::sort(nanoseconds.begin(), nanoseconds.end());
  return {static_cast<double>(nanoseconds[nanoseconds.size() / 2]),
          static_cast<double>(nanoseconds[nanoseconds.size() * 99 / 100])};
}

// --- fairness ---

class Flooded : public Actor<Flooded, Protocol<Item>> {
 public:
  explicit Flooded(std::atomic<std::uint64_t>& handled) : handled_(handled) {}
  void on(const Item&) { handled_.fetch_add(1, std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t>& handled_;
};

/// Always has one message for itself; notes what the flooded one did between two of its turns.
class Patient : public Actor<Patient, Protocol<Go>> {
 public:
  Patient(Context& context, std::atomic<std::uint64_t>& handled, std::uint64_t until,
          std::promise<std::uint64_t>& done)
      : context_(context), handled_(handled), until_(until), done_(done) {}

  void on(Go) {
    const std::uint64_t now = handled_.load(std::memory_order_relaxed);
    worst_ = std::max(worst_, now - before_);
    before_ = now;
    if (now >= until_) {
      done_.set_value(worst_);
      return;
    }
    must(taken(context_.self<Protocol<Go>>().tell(Go{})));
  }

 private:
  Context& context_;
  std::atomic<std::uint64_t>& handled_;
  const std::uint64_t until_;
  std::uint64_t worst_ = 0;
  std::uint64_t before_ = 0;
  std::promise<std::uint64_t>& done_;
};

double fairness_worst(std::uint64_t messages) {
  std::atomic<std::uint64_t> handled{0};
  std::atomic<bool> over{false};
  std::promise<std::uint64_t> done;
  Runtime runtime({.threads = 1});
  const auto flooded =
      runtime.spawn<Flooded>("flooded", {.mailbox = {.capacity = 4096}},
                             [&](Context&) { return std::make_unique<Flooded>(handled); });
  const auto patient = runtime.spawn<Patient>("patient", {}, [&](Context& context) {
    return std::make_unique<Patient>(context, handled, messages, done);
  });
  must(taken(patient.tell(Go{})));
  must(runtime.start().ok());
  std::thread flood([&] {
    while (!over.load(std::memory_order_relaxed)) (void)flooded.tell(Item{});
  });
  const auto worst = static_cast<double>(done.get_future().get());
  over = true;
  flood.join();
  return worst;
}

// --- memory and idleness ---

/// In MB, of this process; `what` as /proc/self/status names it.
double memory(const char* what) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(what)) return std::atof(line.c_str() + std::strlen(what) + 1) / 1024;
  }
  return 0;
}

double flood_memory() {
  {
    std::ofstream reset("/proc/self/clear_refs");
    reset << "5";  // the peak starts at the present size
  }
  const double before = memory("VmRSS");
  (void)many_to_one(8, 8'000'000);
  return memory("VmHWM") - before;
}

double idle_processor() {
  std::atomic<std::uint64_t> handled{0};
  Runtime runtime({.threads = threads});
  for (int i = 0; i < 100; ++i) {
    (void)runtime.spawn<Flooded>("idle-" + std::to_string(i), {},
                                 [&](Context&) { return std::make_unique<Flooded>(handled); });
  }
  must(runtime.start().ok());
  std::this_thread::sleep_for(std::chrono::milliseconds{50});  // they come up
  const auto processor_time = [] {
    timespec spent{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
    return static_cast<double>(spent.tv_sec) * 1e3 + static_cast<double>(spent.tv_nsec) / 1e6;
  };
  const double before = processor_time();
  std::this_thread::sleep_for(std::chrono::seconds{1});
  return processor_time() - before;
}

// --- ring ---

class Node : public Actor<Node, Protocol<Item>> {
 public:
  Node(const Address<Protocol<Item>>& next, std::atomic<std::uint64_t>& tokens_left,
       std::promise<void>& done)
      : next_(next), tokens_left_(tokens_left), done_(done) {}

  /// `number` is how many hops the token still has to go.
  void on(const Item& item) {
    if (item.number == 0) {
      if (tokens_left_.fetch_sub(1) == 1) done_.set_value();
      return;
    }
    must(taken(next_.tell(Item{item.number - 1, item.payload})));
  }

 private:
  const Address<Protocol<Item>>& next_;
  std::atomic<std::uint64_t>& tokens_left_;
  std::promise<void>& done_;
};

double ring(std::uint64_t tokens, std::uint64_t hops_each) {
  constexpr std::size_t size = 100;
  std::atomic<std::uint64_t> tokens_left{tokens};
  std::promise<void> done;
  std::vector<Address<Protocol<Item>>> nodes;
  nodes.reserve(size);
  Runtime runtime({.threads = threads});
  for (std::size_t i = 0; i < size; ++i) {
    nodes.push_back(runtime.reserve<Protocol<Item>>("node-" + std::to_string(i)));
  }
  for (std::size_t i = 0; i < size; ++i) {
    runtime.start<Node>(nodes[i], [&, i](Context&) {
      return std::make_unique<Node>(nodes[(i + 1) % size], tokens_left, done);
    });
  }
  must(runtime.start().ok());
  const auto start = Clock::now();
  for (std::uint64_t i = 0; i < tokens; ++i) {
    must(taken(nodes[i % size].tell(Item{hops_each, {}})));
  }
  done.get_future().get();
  return static_cast<double>(tokens * hops_each) / seconds_since(start);
}

// --- timers ---

struct TimerTimes {
  double set = 0;
  double cancel = 0;
  double fire = 0;
};

class Alarmed : public Actor<Alarmed, Protocol<Go>> {
 public:
  Alarmed(Context& context, std::promise<TimerTimes>& done) : context_(context), done_(done) {}

  void on(Go) {
    constexpr auto hour = std::chrono::hours{1};
    std::vector<hts::runtime::TimerId> ids;
    ids.reserve(count);
    auto start = Clock::now();
    for (std::uint32_t i = 0; i < count; ++i) {
      ids.push_back(context_.after(hour + random_delay(), [this] { ++fired_; }));
    }
    times_.set = nanoseconds_each(start);
    start = Clock::now();
    for (const auto id : ids) must(context_.cancel(id));
    times_.cancel = nanoseconds_each(start);
    for (std::uint32_t i = 0; i < count; ++i) {
      context_.after(random_delay(), [this] {
        if (++fired_ == 1) began_ = Clock::now();
        if (fired_ < count) return;
        times_.fire = nanoseconds_each(began_);
        done_.set_value(times_);
      });
    }
  }

 private:
  static constexpr std::uint32_t count = 1'000'000;

  /// Below the time that it takes to set them all, so that all are due when that is done.
  std::chrono::nanoseconds random_delay() {
    return std::chrono::nanoseconds{context_.random() % 10'000'000};
  }
  static double nanoseconds_each(Clock::time_point start) {
    return seconds_since(start) * 1e9 / count;
  }

  Context& context_;
  std::promise<TimerTimes>& done_;
  TimerTimes times_;
  std::uint32_t fired_ = 0;
  Clock::time_point began_;
};

TimerTimes timers() {
  std::promise<TimerTimes> done;
  Runtime runtime({.threads = threads});
  const auto alarmed = runtime.spawn<Alarmed>(
      "alarmed", {}, [&](Context& context) { return std::make_unique<Alarmed>(context, done); });
  must(runtime.start().ok());
  must(taken(alarmed.tell(Go{})));
  return done.get_future().get();
}

// --- the yardstick ---

template <bool use_defer>
class RawSource {
 public:
  using Strand = boost::asio::strand<boost::asio::io_context::executor_type>;

  RawSource(boost::asio::io_context& io, std::uint64_t count, std::promise<void>& done)
      : own_(io.get_executor()),
        to_(io.get_executor()),
        left_to_send_(count),
        left_to_handle_(count),
        done_(done) {}

  void go() {
    boost::asio::post(own_, [this] { send(); });
  }

 private:
  void send() {
    for (std::size_t i = 0; i < 512 && left_to_send_ > 0; ++i, --left_to_send_) {
      auto handle = [this, item = Item{left_to_send_, {}}] {
        sum_ += item.number;
        if (--left_to_handle_ == 0) done_.set_value();
      };
      if constexpr (use_defer) {
        boost::asio::defer(to_, handle);
      } else {
        boost::asio::post(to_, handle);
      }
    }
    if (left_to_send_ > 0) go();
  }

  Strand own_;
  Strand to_;
  std::uint64_t left_to_send_;
  std::uint64_t left_to_handle_;
  std::uint64_t sum_ = 0;
  std::promise<void>& done_;
};

template <bool use_defer>
double raw_strand(std::uint64_t total) {
  std::promise<void> done;
  boost::asio::io_context io(threads);
  auto work = boost::asio::make_work_guard(io);
  std::vector<std::thread> workers;
  workers.reserve(threads);
  for (std::size_t i = 0; i < threads; ++i) workers.emplace_back([&] { io.run(); });
  RawSource<use_defer> source(io, total, done);
  const auto start = Clock::now();
  source.go();
  done.get_future().get();
  const double seconds = seconds_since(start);
  work.reset();
  io.stop();
  for (auto& worker : workers) worker.join();
  return static_cast<double>(total) / seconds;
}

// --- report ---

constexpr int runs = 5;

double middle(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

template <class F>
double median(F&& measure) {
  std::vector<double> values;
  values.reserve(runs);
  for (int i = 0; i < runs; ++i) values.push_back(measure());
  return middle(std::move(values));
}

struct Figure {
  std::string name;
  double value;
  std::string unit;
};

std::vector<Figure> measure_all() {
  std::vector<Figure> figures;
  const double grown = flood_memory();  // first, while the program is small
  figures.push_back({"one_to_one", median([] { return many_to_one(1, 20'000'000); }), "msg/s"});
  figures.push_back({"eight_to_one", median([] { return many_to_one(8, 16'000'000); }), "msg/s"});
  const auto round_trips = [&](const std::string& name, auto&& measure) {
    std::vector<double> p50;
    std::vector<double> p99;
    for (int i = 0; i < runs; ++i) {
      const RoundTrip trip = measure();
      p50.push_back(trip.p50);
      p99.push_back(trip.p99);
    }
    figures.push_back({name + "_p50", middle(p50), "ns"});
    figures.push_back({name + "_p99", middle(p99), "ns"});
  };
  round_trips("ping_pong", [] { return ping_pong(1'000'000); });
  figures.push_back({"ring_1", median([] { return ring(1, 5'000'000); }), "hops/s"});
  figures.push_back({"ring_100", median([] { return ring(100, 300'000); }), "hops/s"});
  std::vector<double> set;
  std::vector<double> cancel;
  std::vector<double> fire;
  for (int i = 0; i < runs; ++i) {
    const TimerTimes times = timers();
    set.push_back(times.set);
    cancel.push_back(times.cancel);
    fire.push_back(times.fire);
  }
  figures.push_back({"timer_set", middle(set), "ns"});
  figures.push_back({"timer_cancel", middle(cancel), "ns"});
  figures.push_back({"timer_fire", middle(fire), "ns"});
  round_trips("ask_round_trip", [] { return ask_round_trip(500'000); });
  const ActorOptions narrow{.mailbox = {.capacity = 16, .overflow = Overflow::wait}};
  figures.push_back(
      {"back_pressure", median([&] { return many_to_one(8, 2'000'000, narrow); }), "msg/s"});
  figures.push_back({"fairness_worst", fairness_worst(5'000'000), "messages"});
  figures.push_back({"flood_memory", grown, "MB"});
  figures.push_back({"idle_processor", idle_processor(), "ms/s"});
  figures.push_back({"raw_strand_one_to_one",
                     std::max(median([] { return raw_strand<false>(2'000'000); }),
                              median([] { return raw_strand<true>(2'000'000); })),
                     "msg/s"});
  return figures;
}

}  // namespace

int main(int argc, char** argv) {
  const bool lines = argc == 2 && std::strcmp(argv[1], "--lines") == 0;
  if (argc > 1 && !lines) {
    std::fprintf(stderr, "usage: %s [--lines]\n", argv[0]);
    return 2;
  }
  const std::vector<Figure> figures = measure_all();
  if (lines) {
    for (const Figure& figure : figures) {
      std::printf("%s\t%.*f\t%s\n", figure.name.c_str(), figure.value < 50 ? 2 : 0, figure.value,
                  figure.unit.c_str());
    }
    return 0;
  }
  const double yardstick = figures.back().value;
  std::printf("%-24s %12s  %-7s %s\n", "figure", "value", "unit", "against one raw strand post");
  for (const Figure& figure : figures) {
    if (figure.unit != "msg/s" && figure.unit != "hops/s") {
      std::printf("%-24s %12.*f  %-7s\n", figure.name.c_str(), figure.value < 50 ? 2 : 0,
                  figure.value, figure.unit.c_str());
    } else {
      std::printf("%-24s %12.2f  M%-6s %.1fx\n", figure.name.c_str(), figure.value / 1e6,
                  figure.unit.c_str(), figure.value / yardstick);
    }
  }
  std::puts(
      "\nMedians of five; 48-byte typed messages, two worker threads, mailboxes of 512 slots,\n"
      "metrics and supervision on. Many-to-one includes back-pressure; ping-pong includes one\n"
      "reading of the clock a round trip.");
  return 0;
}
