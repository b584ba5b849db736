#include "config/wiring/stop_work.hpp"

#include <string>
#include <utility>

#include "adapters/journal/msgpack_reader.hpp"
#include "adapters/journal/msgpack_writer.hpp"

namespace hts::config {
namespace {

using Scheduler = runtime::Address<actors::SchedulerProtocol>;

class StopScheduler final : public runtime::OutsideWork {
 public:
  StopScheduler(runtime::Runtime& runtime, Scheduler scheduler)
      : runtime_(runtime), scheduler_(std::move(scheduler)) {}
  std::string_view name() const noexcept override { return stop_scheduler_work; }
  void encode(std::string&) const override {}
  void run() override { runtime_.stop(scheduler_); }

 private:
  runtime::Runtime& runtime_;
  const Scheduler scheduler_;
};

class PrepareStop final : public runtime::OutsideWork {
 public:
  PrepareStop(runtime::Runtime& runtime, Scheduler scheduler, time::Duration grace,
              time::Duration patience, std::function<void()> done)
      : runtime_(runtime),
        scheduler_(std::move(scheduler)),
        grace_(grace),
        patience_(patience),
        done_(std::move(done)) {}
  std::string_view name() const noexcept override { return prepare_to_stop_work; }
  void encode(std::string& bytes) const override {
    journal::MsgpackWriter writer(bytes);
    writer.array(2);
    writer.integer(grace_.count());
    writer.integer(patience_.count());
  }
  void run() override {
    (void)runtime_.ask(scheduler_, actors::PrepareToStop{grace_}, patience_,
                       [done = std::move(done_)](const result::Result<result::Nothing>&) {
                         if (done) done();
                       });
  }

 private:
  runtime::Runtime& runtime_;
  const Scheduler scheduler_;
  const time::Duration grace_;
  const time::Duration patience_;
  std::function<void()> done_;
};

}  // namespace

std::unique_ptr<runtime::OutsideWork> make_stop_scheduler(runtime::Runtime& runtime,
                                                          Scheduler scheduler) {
  return std::make_unique<StopScheduler>(runtime, std::move(scheduler));
}

std::unique_ptr<runtime::OutsideWork> make_prepare_to_stop(runtime::Runtime& runtime,
                                                           Scheduler scheduler,
                                                           time::Duration grace,
                                                           time::Duration patience,
                                                           std::function<void()> done) {
  return std::make_unique<PrepareStop>(runtime, std::move(scheduler), grace, patience,
                                       std::move(done));
}

std::unique_ptr<runtime::OutsideWork> remake_stop_work(runtime::Runtime& runtime,
                                                       Scheduler scheduler, std::string_view name,
                                                       std::string_view bytes) {
  if (name == stop_scheduler_work) return make_stop_scheduler(runtime, std::move(scheduler));
  if (name != prepare_to_stop_work) return nullptr;
  journal::MsgpackReader reader(bytes);
  reader.expect_array(2);
  const time::Duration grace{reader.integer()};
  const time::Duration patience{reader.integer()};
  if (!reader.finished()) return nullptr;
  return make_prepare_to_stop(runtime, std::move(scheduler), grace, patience, {});
}

}  // namespace hts::config
