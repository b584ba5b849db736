#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "engine/runtime/runtime.hpp"
#include "engine/runtime/simulation/manual_executor.hpp"

/// A runtime on one thread in virtual time, and an actor that does what a test tells it.
namespace hts::runtime::test {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct Note {
  int value = 0;
};
struct Question {
  using Reply = int;
  int value = 0;
};
/// Runs inside a turn of the actor; what it throws, the handler throws.
struct Do {
  std::function<void(Context&)> what;
};

using ProbeProtocol = Protocol<Note, Request<Question>, Do>;
using ProbeAddress = Address<ProbeProtocol>;

/// What a probe saw, over all its incarnations. Must outlive the stage.
struct Record {
  std::vector<int> notes;
  std::deque<Request<Question>> questions;  ///< unanswered, for the test to answer
  int made = 0;
  int ended = 0;
  int stops = 0;
  std::function<void()> on_make;  ///< may throw, as a constructor may
};

class Probe : public Actor<Probe, ProbeProtocol> {
 public:
  Probe(Context& context, Record& record) : context_(context), record_(record) {
    ++record_.made;
    if (record_.on_make) record_.on_make();
  }
  ~Probe() { ++record_.ended; }

  void on(const Note& note) { record_.notes.push_back(note.value); }
  void on(Request<Question>& question) { record_.questions.push_back(std::move(question)); }
  void on(const Do& task) { task.what(context_); }
  void on_stop() { ++record_.stops; }

 private:
  Context& context_;
  Record& record_;
};

class Stage {
 public:
  explicit Stage(RuntimeOptions options = {}) : runtime_(with_executor(std::move(options))) {
    if (!runtime_.start()) throw std::logic_error("an empty runtime must start");
  }

  ProbeAddress probe(std::string name, Record& record, const ActorOptions& options = {}) {
    return runtime_.spawn<Probe>(std::move(name), options, [&record](Context& context) {
      return std::make_unique<Probe>(context, record);
    });
  }

  /// A record that outlives the actors, for tests that share a stage.
  Record& new_record() { return records_.emplace_back(); }

  Runtime& runtime() { return runtime_; }
  simulation::ManualExecutor& executor() { return *executor_; }
  void run() { executor_->run(); }
  void advance(Duration duration) { executor_->advance(duration); }

  /// Runs `what` inside a turn of the actor, and everything that follows from it.
  void in_turn(const ProbeAddress& actor, std::function<void(Context&)> what) {
    if (!taken(actor.tell(Do{std::move(what)}))) throw std::logic_error("the probe refused");
    run();
  }

  ActorSnapshot snapshot(std::string_view name) const {
    for (auto& actor : runtime_.snapshot()) {
      if (actor.name == name) return actor;
    }
    throw std::logic_error("no actor of that name");
  }

 private:
  RuntimeOptions with_executor(RuntimeOptions options) {
    auto executor = std::make_unique<simulation::ManualExecutor>();
    executor_ = executor.get();
    options.executor = std::move(executor);
    return options;
  }

  std::deque<Record> records_;
  simulation::ManualExecutor* executor_ = nullptr;
  Runtime runtime_;
};

}  // namespace hts::runtime::test
