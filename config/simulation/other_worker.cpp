#include "config/simulation/other_worker.hpp"

#include <chrono>
#include <utility>

namespace hts::simulation {
namespace {

using std::chrono::seconds;

constexpr seconds lease{30};

}  // namespace

OtherWorker::OtherWorker(JobServer& server, Dice dice, Referee& referee, std::string name,
                         time::Duration period)
    : server_(server),
      dice_(dice),
      referee_(referee),
      name_(std::move(name)),
      period_(period),
      store_(server.connect()) {}

void OtherWorker::meet(DaemonLife& life, Events& events) {
  life_ = &life;
  schedule(events);
}

void OtherWorker::schedule(Events& events) {
  events.at(life_->now() + dice_.between(time::Duration{0}, 2 * period_),
            [this, &events, generation = generation_] {
              if (generation != generation_) return;
              act();
              schedule(events);
            });
}

void OtherWorker::act() {
  const std::size_t choice = dice_.below(10);
  if (choice == 0) {
    held_.clear();
    ++deaths_;
    return;
  }
  if (choice == 1 && !told_.empty()) return tell_again();
  if (held_.empty() || choice < 4) return claim();
  if (choice < 7) return renew();
  end_one();
}

void OtherWorker::claim() {
  ports::JobBatch batch;
  batch.now = life_->now();
  batch.recover = dice_.chance(0.5);
  batch.claim = ports::Claim{name_ + "-" + std::to_string(deaths_),
                             static_cast<std::uint32_t>(1 + dice_.below(2)), lease};
  auto answer = store_->transact(batch);
  if (!answer) return;
  for (jobs::JobRecord& record : answer->claimed) {
    if (referee_.tracing()) referee_.tell(name_ + " holds the job " + record.job.id.text());
    held_.push_back(std::move(record));
  }
}

void OtherWorker::renew() {
  ports::JobBatch batch;
  batch.now = life_->now();
  batch.lease = lease;
  for (const jobs::JobRecord& record : held_) {
    batch.heartbeats.push_back({record.job.id, record.lease->token, dice_.unit()});
  }
  const auto answer = store_->transact(batch);
  if (!answer) return;
  // A worker that takes no notice of a lost lease is told again when it ends the job.
}

void OtherWorker::end_one() {
  jobs::Finish finish{held_.front().job.id, held_.front().lease->token, jobs::WorkCancelled{}};
  const time::Duration pause = dice_.between(time::Duration{0}, time::Duration{seconds{10}});
  if (dice_.chance(0.5)) {
    finish.end = jobs::HandedBack{dice_.chance(0.5) ? "" : "no candles here", pause};
  } else {
    finish.end = jobs::AttemptFailed{
        result::make_error(result::ErrorCode::storage, "a simulated worker failed"), true, pause};
  }
  ports::JobBatch batch;
  batch.now = life_->now();
  batch.finishes.push_back(finish);
  told_.push_back(std::move(finish));
  constexpr std::size_t most_told = 8;
  if (told_.size() > most_told) told_.pop_front();
  const auto answer = store_->transact(batch);
  // Told again later when nobody heard of it.
  if (answer) held_.pop_front();
}

/// An old message that was long on its way; somebody may hold the job by now.
void OtherWorker::tell_again() {
  ports::JobBatch batch;
  batch.now = life_->now();
  batch.finishes.push_back(told_[dice_.below(told_.size())]);
  (void)store_->transact(batch);
}

}  // namespace hts::simulation
