#include <algorithm>
#include <cmath>
#include <utility>
#include <variant>

#include "actors/job_decisions.hpp"
#include "actors/job_desk.hpp"

// What happens by itself as time goes on.
namespace hts::actors {
namespace {

constexpr std::chrono::milliseconds progress_period{250};
/// What is known of a store of our own is at most so old; of a shared one, look_period.
constexpr std::chrono::milliseconds count_period{250};
constexpr std::chrono::seconds look_period{1};
/// A wall clock that is set forward is noticed at last after so long.
constexpr std::chrono::seconds longest_look_wait{60};
constexpr std::chrono::minutes first_clean_up{1};
constexpr std::chrono::minutes clean_up_period{10};
constexpr std::chrono::milliseconds next_bite{500};
constexpr std::uint64_t bite = 500;
/// Smaller steps of progress are not told.
constexpr double progress_step = 0.001;

}  // namespace

void JobDesk::start() {
  release_past_life();
  context_.after(first_clean_up, [this] { clean_up(); });
  if (ports_.is_shared) {
    if (ports_.unpack) look_for_adoptees(0);
    recover_later();
    context_.every(look_period, [this] {
      refresh_counts();
      look_for_work();
    });
  }
}

void JobDesk::release_past_life() {
  context_.offload(
      *ports_.writes,
      [store = ports_.store, worker = ports_.worker, now = context_.now()] {
        return store->release(worker, now);
      },
      [this](result::Result<std::vector<jobs::JobRecord>> released) {
        if (!released) {
          figures_.note_store_error(released.error().message);
          if (failed_releases_++ == 0) {
            context_.log(runtime::LogLevel::error,
                         "The job store does not answer: " + released.error().message);
          }
          if (is_stopping_) return;
          context_.after(store_wait(failed_releases_), [this] { release_past_life(); });
          return;
        }
        figures_.note_store_error({});
        if (!released->empty()) {
          context_.log(runtime::LogLevel::info,
                       std::to_string(released->size()) +
                           " jobs that ran when the process ended are in the queue again.");
        }
        is_ready_ = true;
        take_changed(*released);
        for (const jobs::JobRecord& record : *released) figures_.count_ended(record);
        refresh_counts();
        commits_.pump();
      });
}

void JobDesk::beat() {
  beats_ = false;
  if (held_.size() == 0) return;
  beat_is_due_ = true;
  commits_.pump();
  keep_beating();
}

void JobDesk::keep_beating() {
  if (std::exchange(beats_, true)) return;
  context_.after(ports_.lease / 3, [this] { beat(); });
}

void JobDesk::recover_later() {
  if (std::exchange(recovers_, true)) return;
  context_.after(ports_.lease + look_period, [this] {
    recovers_ = false;
    recover_is_due_ = true;
    note_work();
    commits_.pump();
    refresh_counts();
    if (ports_.is_shared) recover_later();
  });
}

void JobDesk::look_for_work() {
  note_work();
  commits_.pump();
}

void JobDesk::note_end(const jobs::WorkEnd& end) {
  const auto* back = std::get_if<jobs::HandedBack>(&end);
  const bool is_done =
      std::holds_alternative<jobs::Completed>(end) || std::holds_alternative<jobs::FannedOut>(end);
  if (is_done) rest_count_ = 0;
  if (ports_.is_shared && back != nullptr && !back->reason.empty()) rest();
}

void JobDesk::rest() {
  if (std::exchange(rests_, true)) return;
  context_.after(rest_wait(rest_count_++), [this] {
    rests_ = false;
    look_for_work();
  });
}

void JobDesk::look_again_at(time::Timestamp when) {
  if (next_look_ && *next_look_ <= when) return;
  if (next_look_) (void)context_.cancel(look_timer_);
  next_look_ = when;
  const time::Duration wait = std::clamp<time::Duration>(
      when - context_.now(), std::chrono::milliseconds{1}, longest_look_wait);
  look_timer_ = context_.after(wait, [this] {
    next_look_.reset();
    refresh_counts();
    look_for_work();
  });
}

void JobDesk::count_later() {
  if (std::exchange(counts_, true)) {
    counts_again_ = true;
    return;
  }
  context_.after(count_period, [this] {
    counts_ = false;
    refresh_counts();
  });
}

void JobDesk::refresh_counts() {
  if (std::exchange(counts_, true)) {
    counts_again_ = true;
    return;
  }
  counts_again_ = false;
  context_.offload(
      *ports_.reads, [store = ports_.store] { return store->counts(); },
      [this](result::Result<ports::JobCounts> counts) {
        counts_ = false;
        if (counts) {
          if (counts->next_available_at) look_again_at(*counts->next_available_at);
          // Leases that nobody here holds are another's, or were lost.
          if (counts->running > held_.size()) recover_later();
          const bool is_delayed =
              counts->next_available_at && *counts->next_available_at > context_.now();
          if (counts->queued > 0 && !counts->paused && !is_delayed) note_work();
          figures_.set_counts(std::move(counts).value());
        }
        if (counts_again_) count_later();
        commits_.pump();
      });
}

void JobDesk::publish_progress() {
  if (std::exchange(publishes_, true)) return;
  context_.after(progress_period, [this] {
    publishes_ = false;
    if (held_.running() == 0) return;
    if (ports_.announce) {
      for (auto& [key, held] : held_.all()) {
        if (!held.is_running || held.is_lost) continue;
        const double progress = held.control->progress.load(std::memory_order_relaxed);
        if (std::abs(progress - held.announced) < progress_step) continue;
        held.announced = progress;
        jobs::JobEvent event = event_of(*held.job, context_.now());
        event.progress = progress;
        ports_.announce(event);
      }
    }
    publish_progress();
  });
}

void JobDesk::clean_up() {
  if (ports_.is_shared && ports_.unpack && !has_looked_for_adoptees_) {
    // A run that is only in its job would be removed with it.
    context_.after(first_clean_up, [this] { clean_up(); });
    return;
  }
  context_.offload(
      *ports_.writes,
      [store = ports_.store, before = context_.now() - ports_.keep] {
        return store->clean_up(before, bite);
      },
      [this](const result::Result<std::uint64_t>& removed) {
        const bool goes_on = removed && *removed >= bite;
        if (removed && *removed > 0) count_later();
        context_.after(goes_on ? time::Duration{next_bite} : time::Duration{clean_up_period},
                       [this] { clean_up(); });
      });
}

void JobDesk::hear(const ports::JobSignal& signal) {
  switch (signal.kind) {
    case ports::JobSignal::Kind::work:
      look_for_work();
      break;
    case ports::JobSignal::Kind::cancel_requested:
      request_cancel(signal.id);
      commits_.pump();
      break;
    case ports::JobSignal::Kind::changed:
      if (!held_.keys_of(signal.id).empty()) break;  // our own
      count_later();
      context_.offload(
          *ports_.reads, [store = ports_.store, id = signal.id] { return store->find(id); },
          [this](const result::Result<jobs::JobRecord>& found) {
            if (!found) return;
            adopt(*found, [this, record = *found](const result::Status& stored) {
              if (!stored) context_.log(runtime::LogLevel::warning, stored.error().message);
              announce(record);
            });
          });
      break;
  }
}

}  // namespace hts::actors
