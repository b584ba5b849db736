#include "adapters/archive/archiving_job_store.hpp"

#include <utility>

#include "adapters/archive/ended_jobs.hpp"

namespace hts::archive {

using jobs::JobId;
using jobs::JobRecord;
using result::ErrorCode;
using result::Result;
using std::chrono::steady_clock;

namespace {

constexpr std::chrono::seconds pause_after_error{1};
constexpr std::chrono::minutes longest_sleep{1};
constexpr std::chrono::minutes look_period{10};
constexpr std::chrono::minutes first_removal{1};
constexpr std::chrono::hours removal_period{1};
/// A look through the store takes at most a fifth of a thread.
constexpr int rest_after_looking = 4;

bool is_missing(const result::Error& error) {
  return error.code == ErrorCode::not_found;
}

}  // namespace

ArchivingJobStore::ArchivingJobStore(std::unique_ptr<ports::JobStore> below,
                                     ports::JobHistory& history, ArchiveOptions options)
    : ForwardingJobStore(*below),
      history_(history),
      options_(std::move(options)),
      archivist_(*below, history),
      next_look_(steady_clock::now() + look_period),
      next_removal_(steady_clock::now() + first_removal),
      below_(std::move(below)) {
  if (options_.has_thread) thread_ = std::thread{[this] { run(); }};
}

ArchivingJobStore::~ArchivingJobStore() {
  {
    const std::lock_guard lock{mutex_};
    is_stopping_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

Result<ports::JobBatchResult> ArchivingJobStore::transact(const ports::JobBatch& batch) {
  auto done = below_->transact(batch);
  if (!done) return done;
  pace_.submitted(batch.submits.size());
  // What ended in a batch was claimed before it.
  if (archivist_.changed(done->changed)) wake();
  archivist_.claimed(done->claimed);
  return done;
}

Result<JobRecord> ArchivingJobStore::find(const JobId& id) {
  auto found = below_->find(id);
  if (found || !is_missing(found.error())) return found;
  const auto ended = history_.find(id.text());
  if (ended) return record_of(*ended);
  if (!is_missing(ended.error())) return ended.error();
  return found;
}

ArchivingJobStore::Records ArchivingJobStore::noted(Records changed) {
  archivist_.note_departure();
  if (changed && archivist_.changed(*changed)) wake();
  return changed;
}

result::Error ArchivingJobStore::only_history(const JobId& id, result::Error not_found) {
  const auto ended = history_.find(id.text());
  if (!ended) return not_found;
  return result::make_error(ErrorCode::conflict,
                            "The job " + id.text() + " is " + ended->state +
                                " and only its history is left: submit its request again.",
                            "task_id");
}

ArchivingJobStore::Records ArchivingJobStore::cancel(const JobId& id, time::Timestamp now) {
  auto changed = noted(below_->cancel(id, now));
  if (changed || !is_missing(changed.error())) return changed;
  return only_history(id, std::move(changed).error());
}

ArchivingJobStore::Records ArchivingJobStore::retry(const JobId& id, time::Timestamp now) {
  archivist_.note_departure();
  auto changed = noted(below_->retry(id, now));
  if (changed || !is_missing(changed.error())) return changed;
  return only_history(id, std::move(changed).error());
}

Result<std::uint64_t> ArchivingJobStore::requeue_dead_letters(const std::optional<JobId>& id,
                                                              time::Timestamp now) {
  archivist_.note_departure();
  auto requeued = below_->requeue_dead_letters(id, now);
  archivist_.note_departure();
  return requeued;
}

ArchivingJobStore::Records ArchivingJobStore::release(const std::string& worker,
                                                      time::Timestamp now) {
  return noted(below_->release(worker, now));
}

Result<std::uint64_t> ArchivingJobStore::clean_up(time::Timestamp finished_before,
                                                  std::uint64_t most) {
  if (!archivist_.has_all_before(finished_before)) return std::uint64_t{0};
  archivist_.note_departure();
  auto removed = below_->clean_up(finished_before, most);
  archivist_.note_departure();
  return removed;
}

void ArchivingJobStore::listen(std::function<void(const ports::JobSignal&)> hear) {
  below_->listen([this, hear = std::move(hear)](const ports::JobSignal& signal) {
    if (signal.kind == ports::JobSignal::Kind::changed) {
      archivist_.heard_of(signal.id);
      wake();
    }
    hear(signal);
  });
}

void ArchivingJobStore::wake() {
  {
    const std::lock_guard lock{mutex_};
    if (std::exchange(is_woken_, true)) return;
  }
  changed_.notify_one();
}

void ArchivingJobStore::run() {
  time::Duration pause{0};
  while (wait(pause)) {
    do_what_is_due();
    pause = work_once();
  }
  while (archivist_.waiting() > 0) {
    if (!archivist_.work()) return;
  }
}

bool ArchivingJobStore::wait(time::Duration pause) {
  std::unique_lock lock{mutex_};
  const auto stops = [this] { return is_stopping_; };
  if (pause == longest_sleep) {
    changed_.wait_for(lock, pause, [this] { return is_stopping_ || is_woken_; });
    pause = RecordingPace::gathering;
  }
  do {
    changed_.wait_for(lock, pause, stops);
    pause = RecordingPace::gathering;
  } while (!is_stopping_ && pace_.rests(archivist_.waiting(), steady_clock::now()));
  is_woken_ = false;
  return !is_stopping_;
}

time::Duration ArchivingJobStore::work_once() {
  const auto began = steady_clock::now();
  const auto step = archivist_.work();
  if (!step) {
    if (!std::exchange(is_failing_, true) && options_.note) {
      options_.note(true, "Ended jobs wait for the history: " + step.error().message);
    }
    return pause_after_error;
  }
  if (*step == Archivist::Step::idle) return longest_sleep;
  if (std::exchange(is_failing_, false) && options_.note) {
    options_.note(false, "The history of jobs can be written again.");
  }
  if (*step == Archivist::Step::recorded) {
    const bool is_next_full = archivist_.waiting() >= Archivist::jobs_a_batch;
    return is_next_full ? time::Duration{0} : RecordingPace::gathering;
  }
  return rest_after_looking * (steady_clock::now() - began);
}

void ArchivingJobStore::do_what_is_due() {
  const auto now = steady_clock::now();
  if (options_.is_shared && now >= next_look_) {
    next_look_ = now + look_period;
    archivist_.look_through_again();
  }
  if (options_.now && now >= next_removal_) {
    next_removal_ = now + removal_period;
    // What cannot be removed now is in an hour.
    (void)history_.remove_before(options_.now() - options_.keep);
  }
}

}  // namespace hts::archive
