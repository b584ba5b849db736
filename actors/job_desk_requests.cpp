#include <memory>
#include <utility>

#include "actors/job_desk.hpp"

// What clients ask.
namespace hts::actors {
namespace {

using result::Result;

using Records = std::vector<jobs::JobRecord>;

/// The first of those that changed is the one that was asked about.
Result<SharedJob> first_of(Records records) {
  if (records.empty()) {
    return result::make_error(result::ErrorCode::internal,
                              "The job store named no job that it changed: ask for the job's "
                              "state.");
  }
  return SharedJob{std::make_shared<const jobs::JobRecord>(std::move(records.front()))};
}

}  // namespace

template <class T, class Call, class Then>
void JobDesk::change(Call call, runtime::ReplyTo<T> reply, Then then) {
  using Answer = std::invoke_result_t<Call&, ports::JobStore&, time::Timestamp>;
  context_.offload(
      *ports_.writes,
      [store = ports_.store, now = context_.now(), call = std::move(call)]() mutable {
        return call(*store, now);
      },
      [this, reply = std::move(reply), then = std::move(then)](Answer answer) mutable {
        if (!answer) {
          reply(std::move(answer).error());
          return;
        }
        count_later();
        reply(then(std::move(answer).value()));
        commits_.pump();
      });
}

void JobDesk::submit(runtime::Request<SubmitJob>& request) {
  jobs::NewJob job = std::move(request.query.job);
  job.created_at = context_.now();
  const std::uint64_t high = context_.random();
  const std::uint64_t low = context_.random();
  job.id = jobs::JobId::make(job.created_at, high, low);
  commits_.submit(std::move(job), std::move(request.reply));
}

void JobDesk::find(runtime::Request<FindJob>& request) {
  const jobs::JobId id = request.query.id;
  std::vector<std::shared_ptr<JobControl>> control;
  const auto keys = held_.keys_of(id);
  if (!keys.empty()) {
    const HeldJob& held = *held_.find(keys.back());
    if (held.is_running) control.push_back(held.control);
  }
  context_.offload(
      *ports_.reads,
      [store = ports_.store, id, control = std::move(control)]() -> Result<SharedJob> {
        auto found = store->find(id);
        if (!found) return std::move(found).error();
        const std::vector<double> progress = read_progress(control);
        if (!progress.empty() && found->state == jobs::JobState::running) {
          found->progress = progress.front();
        }
        return SharedJob{std::make_shared<const jobs::JobRecord>(std::move(found).value())};
      },
      [this, reply = std::move(request.reply)](Result<SharedJob> found) mutable {
        if (!found) {
          reply(std::move(found).error());
          return;
        }
        // std::function wants what it holds to be copyable.
        auto shared = std::make_shared<runtime::ReplyTo<SharedJob>>(std::move(reply));
        adopt(**found, [shared, job = *found](result::Status stored) {
          if (stored) {
            (*shared)(job);
          } else {
            (*shared)(std::move(stored).error());
          }
        });
      });
}

void JobDesk::list(runtime::Request<ListJobs>& request) {
  context_.offload(
      *ports_.reads,
      [store = ports_.store, query = std::move(request.query)] {
        return store->list(query.filter, query.offset, query.limit);
      },
      std::move(request.reply));
}

void JobDesk::cancel(runtime::Request<CancelJob>& request) {
  // A busy disk takes its time to keep the cancellation. What runs ends meanwhile as if handed
  // back: the store, which hears of that later, makes it cancelled if it has taken this.
  for (const HeldKey& key : held_.keys_of(request.query.id)) {
    HeldJob* held = held_.find(key);
    if (!held->is_running) continue;
    held->is_handed_back = true;
    stop_work(*held);
  }
  change<SharedJob>([id = request.query.id](ports::JobStore& store,
                                            time::Timestamp now) { return store.cancel(id, now); },
                    std::move(request.reply),
                    [this](Records changed) {
                      for (const jobs::JobRecord& record : changed) figures_.count_ended(record);
                      take_changed(changed);
                      return first_of(std::move(changed));
                    });
}

void JobDesk::retry(runtime::Request<RetryJob>& request) {
  change<SharedJob>([id = request.query.id](ports::JobStore& store,
                                            time::Timestamp now) { return store.retry(id, now); },
                    std::move(request.reply),
                    [this](Records changed) {
                      take_changed(changed);
                      return first_of(std::move(changed));
                    });
}

void JobDesk::requeue(runtime::Request<RequeueDeadLetters>& request) {
  change<DeadLettersChanged>(
      [id = request.query.id](ports::JobStore& store, time::Timestamp now) {
        return store.requeue_dead_letters(id, now);
      },
      std::move(request.reply),
      [this](std::uint64_t count) {
        note_work();
        return DeadLettersChanged{count};
      });
}

void JobDesk::drop(runtime::Request<DropDeadLetters>& request) {
  change<DeadLettersChanged>(
      [id = request.query.id](ports::JobStore& store, time::Timestamp) {
        return store.drop_dead_letters(id);
      },
      std::move(request.reply), [](std::uint64_t count) { return DeadLettersChanged{count}; });
}

void JobDesk::pause(runtime::Request<SetQueuePaused>& request) {
  const bool paused = request.query.paused;
  change<ports::JobCounts>(
      [paused](ports::JobStore& store, time::Timestamp) -> Result<ports::JobCounts> {
        if (auto set = store.set_paused(paused); !set) return std::move(set).error();
        return store.counts();
      },
      std::move(request.reply),
      [this, paused](ports::JobCounts counts) {
        figures_.set_counts(counts);
        if (paused) {
          hand_back_waiting();
        } else {
          note_work();
        }
        return counts;
      });
}

void JobDesk::write_to(SchedulerStatus& status) const {
  figures_.write_to(status);
  status.jobs_running_here = held_.running();
}

}  // namespace hts::actors
