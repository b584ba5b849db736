#include "actors/job_desk.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "actors/job_decisions.hpp"

// What is claimed, worked on and ended.
namespace hts::actors {
namespace {

/// A worker that never answers frees its place after so long beyond the job's timeout.
constexpr std::chrono::hours longest_silence{1};

bool lost_a_worker(const jobs::JobRecord& record) noexcept {
  return record.lease_losses > 0;
}

}  // namespace

JobDesk::JobDesk(runtime::Context& context, JobDeskPorts ports, Workers workers,
                 std::function<void()> has_work, std::function<void(std::size_t)> worker_is_free)
    : context_(context),
      ports_(std::move(ports)),
      workers_(std::move(workers)),
      has_work_(std::move(has_work)),
      worker_is_free_(std::move(worker_is_free)),
      figures_(ports_.capacity),
      commits_(context, {*ports_.store, *ports_.writes, ports_.capacity, ports_.lease}, figures_,
               {[this](auto& batch, auto& controls) { fill(batch, controls); },
                [this](const auto& sent, auto& result) { committed(sent, result); },
                [this](const auto& sent) { failed(sent); }, [this] { answer_if_quiet(); }}) {}

void JobDesk::set_idle(std::size_t idle) {
  idle_ = idle;
  commits_.pump();
}

void JobDesk::fill(ports::JobBatch& batch, std::vector<std::shared_ptr<JobControl>>& controls) {
  // Leases are renewed in the batch that recovers, or a wall clock that jumps would take them away.
  if (std::exchange(beat_is_due_, false) || recover_is_due_) {
    for (const auto& [key, held] : held_.all()) {
      if (held.is_lost) continue;
      batch.heartbeats.push_back({key.id, key.token, 0});
      controls.push_back(held.control);
    }
  }
  batch.recover = std::exchange(recover_is_due_, false);
  if (!is_ready_ || is_stopping_ || rests_ || !may_have_work_ || claim_under_way_) return;
  const bool claims_ahead = !is_careful_ && rest_count_ == 0;
  const std::size_t wanted = jobs_to_hold(
      idle_, workers_.size(), claims_ahead ? figures_.mean_run() : std::optional<time::Duration>{});
  const std::size_t waiting = held_.waiting();
  // Half of what is claimed ahead is worked off before more is claimed: large batches are cheap.
  const bool is_low = waiting < idle_ || waiting * 2 < wanted;
  if (!is_low) return;
  claim_under_way_ = true;
  work_since_claim_ = false;
  batch.claim =
      ports::Claim{ports_.worker, static_cast<std::uint32_t>(wanted - waiting), ports_.lease};
}

void JobDesk::committed(const ports::JobBatch& sent, ports::JobBatchResult& result) {
  figures_.count_changes(sent, result);
  // What this batch itself made claimable, its claim has seen; what came since, it has not.
  const bool more_work = work_since_claim_;
  for (std::size_t i = 0; i < sent.submits.size(); ++i) {
    const ports::Submitted& submitted = result.submits[i];
    if (submitted.result != ports::SubmitResult::accepted) continue;
    may_have_work_ = true;
    if (!ports_.announce) continue;
    ports_.announce(
        {submitted.id, sent.submits[i].kind, submitted.state, 0, {}, {}, submitted.created_at});
  }
  for (const jobs::Finish& finish : sent.finishes) {
    if (std::holds_alternative<jobs::FannedOut>(finish.end)) may_have_work_ = true;
  }
  take_heartbeats(sent, result);
  take_changed(result.changed);
  work_since_claim_ = more_work;
  if (sent.claim) take_claimed(*sent.claim, result.claimed);
  count_later();
}

void JobDesk::failed(const ports::JobBatch& sent) {
  if (!sent.heartbeats.empty()) beat_is_due_ = true;
  if (sent.recover) recover_is_due_ = true;
  if (!sent.claim) return;
  // What was claimed without our hearing of it comes back with its lease.
  claim_under_way_ = false;
  recover_later();
}

void JobDesk::take_claimed(const ports::Claim& asked, std::vector<jobs::JobRecord>& claimed) {
  claim_under_way_ = false;
  if (claimed.size() < asked.most) may_have_work_ = std::exchange(work_since_claim_, false);
  const time::Timestamp now = context_.now();
  if (!claimed.empty()) is_careful_ = std::any_of(claimed.begin(), claimed.end(), lost_a_worker);
  for (jobs::JobRecord& record : claimed) {
    figures_.count_claimed(record, now);
    announce(record);
    const bool is_cancelled = record.cancel_requested;
    const HeldKey key{record.job.id, record.lease ? record.lease->token : record.claims};
    held_.add(std::move(record));
    if (is_cancelled) request_cancel(key.id);
  }
  if (is_stopping_) hand_back_waiting();
  if (held_.size() > 0) keep_beating();
  if (held_.waiting() > 0) has_work_();
}

void JobDesk::take_heartbeats(const ports::JobBatch& sent, const ports::JobBatchResult& result) {
  for (std::size_t i = 0; i < sent.heartbeats.size(); ++i) {
    const HeldKey key{sent.heartbeats[i].id, sent.heartbeats[i].token};
    HeldJob* held = held_.find(key);
    if (held == nullptr || result.heartbeats[i] == jobs::HeartbeatResult::kept) continue;
    if (result.heartbeats[i] == jobs::HeartbeatResult::cancel_requested) {
      request_cancel(key.id);
    } else if (held->is_running) {
      held->is_lost = true;
      stop_work(*held);
    } else {
      held_.remove(key);
    }
  }
}

void JobDesk::take_changed(const std::vector<jobs::JobRecord>& changed) {
  for (const jobs::JobRecord& record : changed) {
    announce(record);
    if (record.state == jobs::JobState::queued) {
      if (lost_a_worker(record)) is_careful_ = true;
      if (record.available_at > context_.now()) {
        look_again_at(record.available_at);
      } else {
        note_work();
      }
    } else if (record.state == jobs::JobState::cancelled || record.cancel_requested) {
      request_cancel(record.job.id);
    }
  }
}

void JobDesk::start_next(std::size_t worker) {
  const auto [key, held] = held_.start_next();
  held->started = context_.steady_now();
  held->worker = worker;
  const HeldKey started = key;
  held->time_limit = context_.after(held->job->job.timeout, [this, started] {
    HeldJob* late = held_.find(started);
    if (late == nullptr) return;
    late->timed_out = true;
    stop_work(*late);
  });
  publish_progress();
  if (held->job->joins) {
    load_parts(key, worker);
  } else {
    run(key, worker, nullptr);
  }
}

void JobDesk::load_parts(HeldKey key, std::size_t worker) {
  context_.offload(
      *ports_.reads, [store = ports_.store, id = key.id] { return store->part_outputs(id); },
      [this, key, worker](result::Result<std::vector<std::string>> outputs) {
        if (!outputs) {
          end(key, worker,
              jobs::WorkEnd{jobs::HandedBack{
                  "What its parts gave cannot be read: " + outputs.error().message, {}}});
          return;
        }
        run(key, worker,
            std::make_shared<const std::vector<std::string>>(std::move(outputs).value()));
      });
}

void JobDesk::run(HeldKey key, std::size_t worker,
                  std::shared_ptr<const std::vector<std::string>> parts) {
  const HeldJob* held = held_.find(key);
  context_.ask(workers_[worker], RunJob{held->job, held->control, std::move(parts)},
               held->job->job.timeout + longest_silence,
               [this, key, worker](result::Result<jobs::WorkEnd> told) {
                 end(key, worker, std::move(told));
               });
}

void JobDesk::end(HeldKey key, std::size_t worker, result::Result<jobs::WorkEnd> told) {
  if (const HeldJob* held = held_.find(key)) {
    (void)context_.cancel(held->time_limit);
    figures_.count_run(context_.steady_now() - held->started);
    if (!held->is_lost) {
      const AttemptFacts facts{held->is_handed_back, held->timed_out,       held->cancel_requested,
                               held->job->attempts,  held->job->hand_backs, held->job->job.timeout};
      jobs::WorkEnd end = settle(std::move(told), facts, ports_.retries, context_.random());
      note_end(end);
      commits_.finish({key.id, key.token, std::move(end)});
    }
    held_.remove(key);
  }
  worker_is_free_(worker);
  commits_.pump();
  answer_if_quiet();
}

void JobDesk::hand_back_waiting() {
  for (const HeldKey& key : held_.take_waiting()) {
    commits_.finish({key.id, key.token, jobs::HandedBack{}});
  }
  commits_.pump();
}

void JobDesk::cancel_running() {
  for (auto& [key, held] : held_.all()) {
    held.is_handed_back = true;
    stop_work(held);
  }
}

void JobDesk::stop_work(HeldJob& held) {
  held.control->cancelled.store(true, std::memory_order_relaxed);
  // A mailbox that is full costs the time that the storage takes, nothing else.
  if (held.is_running) (void)workers_[held.worker].tell(StopWaiting{});
}

void JobDesk::request_cancel(const jobs::JobId& id) {
  for (const HeldKey& key : held_.keys_of(id)) {
    HeldJob* held = held_.find(key);
    if (held->is_running) {
      held->cancel_requested = true;
      stop_work(*held);
    } else {
      held_.remove(key);
      commits_.finish({key.id, key.token, jobs::WorkCancelled{}});
    }
  }
}

void JobDesk::prepare_to_stop(runtime::Request<PrepareToStop>& request) {
  is_stopping_ = true;
  hand_back_waiting();
  context_.after(request.query.grace, [this] { cancel_running(); });
  wait_for_quiet_.push_back(std::move(request.reply));
  answer_if_quiet();
}

void JobDesk::answer_if_quiet() {
  if (wait_for_quiet_.empty() || held_.size() > 0 || claim_under_way_ || !commits_.is_quiet()) {
    return;
  }
  for (auto& reply : std::exchange(wait_for_quiet_, {})) reply(result::Nothing{});
}

void JobDesk::stop() {
  is_stopping_ = true;
  hand_back_waiting();
  cancel_running();
  commits_.send_last();
}

void JobDesk::announce(const jobs::JobRecord& record) {
  if (ports_.announce) ports_.announce(event_of(record, context_.now()));
  // Of a whole and its parts one is enough.
  if (record.state != jobs::JobState::failed || !record.whole.empty()) return;
  Notice notice{Severity::warning, "dead_letters",
                "The job " + record.job.id.text() + " failed for good; 'hts jobs' shows why."};
  notice.subject = "Jobs fail: " + record.job.kind;
  // What finds no room is counted among the dead letters all the same.
  (void)ports_.notifier.tell(std::move(notice));
}

}  // namespace hts::actors
