#include "config/wiring/job_listening.hpp"

#include <mutex>
#include <utility>

#include "config/wiring/job_signal.hpp"

namespace hts::config {

struct JobListening::Ear {
  std::mutex mutex;
  runtime::Runtime* runtime = nullptr;  // null: closed
  runtime::Address<actors::SchedulerProtocol> scheduler;
};

JobListening::JobListening(runtime::Runtime& runtime,
                           runtime::Address<actors::SchedulerProtocol> scheduler,
                           ports::JobStore& store)
    : ear_(std::make_shared<Ear>()) {
  ear_->runtime = &runtime;
  ear_->scheduler = std::move(scheduler);
  store.listen([ear = ear_](const ports::JobSignal& signal) {
    const std::lock_guard lock(ear->mutex);
    if (ear->runtime != nullptr) ear->runtime->enter(make_job_signal(ear->scheduler, signal));
  });
}

JobListening::~JobListening() {
  const std::lock_guard lock(ear_->mutex);
  ear_->runtime = nullptr;
  ear_->scheduler = {};
}

}  // namespace hts::config
