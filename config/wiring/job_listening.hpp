#pragma once

#include <memory>

#include "actors/messages.hpp"
#include "engine/ports/job_store.hpp"
#include "engine/runtime/runtime.hpp"

namespace hts::config {

/// Hands what a store hears from others to the scheduler, until it is destroyed: then the store may
/// go on calling, and nobody hears. Thread-safe.
class JobListening {
 public:
  /// The runtime outlives it.
  JobListening(runtime::Runtime& runtime, runtime::Address<actors::SchedulerProtocol> scheduler,
               ports::JobStore& store);
  ~JobListening();
  JobListening(const JobListening&) = delete;
  JobListening& operator=(const JobListening&) = delete;

 private:
  struct Ear;
  std::shared_ptr<Ear> ear_;
};

}  // namespace hts::config
