#include "actors/job_commits.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "actors/held_jobs.hpp"
#include "actors/job_decisions.hpp"

namespace hts::actors {
namespace {

using result::ErrorCode;
using result::make_error;

bool is_empty(const ports::JobBatch& batch) {
  return batch.submits.empty() && batch.finishes.empty() && batch.heartbeats.empty() &&
         !batch.recover && !batch.claim;
}

/// An answer of another size is a store's defect, and nothing in it can be believed.
bool answers(const ports::JobBatch& batch, const ports::JobBatchResult& result) {
  return result.submits.size() == batch.submits.size() &&
         result.finishes.size() == batch.finishes.size() &&
         result.heartbeats.size() == batch.heartbeats.size();
}

}  // namespace

JobCommits::JobCommits(runtime::Context& context, const Options& options, JobFigures& figures,
                       Hooks hooks)
    : context_(context), options_(options), figures_(figures), hooks_(std::move(hooks)) {}

void JobCommits::submit(jobs::NewJob job, runtime::ReplyTo<ports::Submitted> reply) {
  if (submits_.size() >= most_waiting_submits) {
    figures_.count_refused();
    reply(make_error(ErrorCode::unavailable, "The job store does not keep up (" +
                                                 std::to_string(submits_.size()) +
                                                 " submissions wait for it): try again later."));
    return;
  }
  submits_.push_back({std::move(job), std::move(reply)});
  pump();
}

void JobCommits::finish(jobs::Finish finish) {
  finishes_.push_back(std::move(finish));
}

std::shared_ptr<JobCommits::Sent> JobCommits::gather() {
  auto sent = std::make_shared<Sent>();
  ports::JobBatch& batch = sent->batch;
  batch.now = context_.now();
  batch.capacity = options_.capacity;
  batch.lease = options_.lease;
  sent->at = context_.steady_now();
  while (!submits_.empty() && batch.submits.size() < most_in_batch) {
    Submission& first = submits_.front();
    // Nobody waits for it any more, and nothing was promised.
    if (first.reply.wanted()) {
      batch.submits.push_back(std::move(first.job));
      sent->replies.push_back(std::move(first.reply));
    }
    submits_.pop_front();
  }
  sent->is_submits_only = waits_;
  if (waits_) return sent;
  const auto ends = std::min(finishes_.size(), most_in_batch);
  const auto last = finishes_.begin() + static_cast<std::ptrdiff_t>(ends);
  std::move(finishes_.begin(), last, std::back_inserter(batch.finishes));
  finishes_.erase(finishes_.begin(), last);
  hooks_.fill(batch, sent->controls);
  return sent;
}

void JobCommits::pump() {
  if (under_way_) return;
  auto sent = gather();
  if (is_empty(sent->batch)) return;
  under_way_ = true;
  context_.offload(
      options_.lane,
      [store = &options_.store, sent] {
        const std::vector<double> progress = read_progress(sent->controls);
        for (std::size_t i = 0; i < progress.size(); ++i) {
          sent->batch.heartbeats[i].progress = progress[i];
        }
        return store->transact(sent->batch);
      },
      [this, sent](result::Result<ports::JobBatchResult> result) {
        come_back(sent, std::move(result));
      });
}

void JobCommits::come_back(const std::shared_ptr<Sent>& sent,
                           result::Result<ports::JobBatchResult> result) {
  under_way_ = false;
  figures_.count_store_call(context_.steady_now() - sent->at);
  if (result && !answers(sent->batch, *result)) {
    result = make_error(ErrorCode::internal,
                        "The job store answered something else than it was asked: this is a "
                        "defect of the program.");
  }
  if (!result) {
    take_back(*sent, result.error());
  } else {
    if (!sent->is_submits_only) {
      if (std::exchange(failures_, 0) > 0) {
        context_.log(runtime::LogLevel::info, "The job store answers again.");
      }
      figures_.note_store_error({});
    }
    answer_submits(*sent, *result);
    hooks_.committed(sent->batch, *result);
  }
  pump();
  hooks_.settled();
}

void JobCommits::answer_submits(Sent& sent, const ports::JobBatchResult& result) {
  using enum ports::SubmitResult;
  for (std::size_t i = 0; i < sent.replies.size(); ++i) {
    const ports::Submitted& submitted = result.submits[i];
    auto& reply = sent.replies[i];
    if (submitted.result == full) {
      figures_.count_refused();
      reply(make_error(ErrorCode::unavailable, "The queue is full (its capacity is " +
                                                   std::to_string(options_.capacity) +
                                                   " jobs): try again later."));
    } else if (submitted.result == conflict) {
      reply(make_error(ErrorCode::conflict,
                       "The idempotency key was used with another request, task " +
                           submitted.id.text() + ": choose a new key, or send the same request.",
                       "idempotency_key"));
    } else {
      if (submitted.result == accepted) figures_.count_submitted();
      reply(submitted);
    }
  }
}

void JobCommits::refuse_submits(Sent& sent, const result::Error& error) {
  for (auto& reply : sent.replies) {
    reply(make_error(ErrorCode::unavailable, "The job could not be kept: " + error.message));
  }
}

void JobCommits::take_back(Sent& sent, const result::Error& error) {
  figures_.note_store_error(error.message);
  if (sent.is_submits_only || gives_up_) {
    refuse_submits(sent, error);
  } else {
    // A store may be able to keep submissions though it can do nothing else: they go once more,
    // by themselves.
    for (std::size_t i = sent.replies.size(); i-- > 0;) {
      submits_.push_front({std::move(sent.batch.submits[i]), std::move(sent.replies[i])});
    }
  }
  if (sent.is_submits_only) return;
  finishes_.insert(finishes_.begin(), std::make_move_iterator(sent.batch.finishes.begin()),
                   std::make_move_iterator(sent.batch.finishes.end()));
  hooks_.failed(sent.batch);
  if (failures_++ == 0) {
    context_.log(runtime::LogLevel::error, "The job store does not answer: " + error.message);
  }
  waits_ = true;
  if (gives_up_) return;  // what is left here is released at the next start
  context_.after(store_wait(failures_), [this] {
    waits_ = false;
    pump();
  });
}

}  // namespace hts::actors
