#include "adapters/shelter/result_shelter.hpp"

namespace hts::shelter {
namespace {

constexpr std::uint64_t rows_a_batch = 200;

}  // namespace

result::Result<std::shared_ptr<ResultShelter>> ResultShelter::open(
    ShelterOptions options, std::unique_ptr<ports::ResultStore> runs,
    std::unique_ptr<ports::JobHistory> jobs) {
  auto outbox = Outbox::open(options.file);
  if (!outbox) return std::move(outbox).error();
  return std::shared_ptr<ResultShelter>{
      new ResultShelter{std::move(options), std::move(*outbox), std::move(runs), std::move(jobs)}};
}

ResultShelter::ResultShelter(ShelterOptions options, Outbox outbox,
                             std::unique_ptr<ports::ResultStore> runs,
                             std::unique_ptr<ports::JobHistory> jobs)
    : options_(std::move(options)),
      runs_(std::move(runs)),
      jobs_(std::move(jobs)),
      outbox_(std::move(outbox)),
      waiting_(outbox_.waiting()),
      bytes_(outbox_.bytes()),
      oldest_(outbox_.oldest().value_or(time::Timestamp::max())),
      thread_([this] { run(); }) {}

ShelterReadings ResultShelter::readings() const {
  ShelterReadings readings{waiting_.load(), bytes_.load(), {}, is_reachable_.load()};
  if (const auto oldest = oldest_.load(); readings.waiting > 0 && oldest != time::Timestamp::max())
    readings.oldest = oldest;
  return readings;
}

void ResultShelter::measure() {
  waiting_ = outbox_.waiting();
  bytes_ = outbox_.bytes();
  // What comes later is younger; only what goes makes the oldest another.
  if (oldest_.load() == time::Timestamp::max() || waiting_ == 0) {
    oldest_ = outbox_.oldest().value_or(time::Timestamp::max());
  }
}

ResultShelter::~ResultShelter() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void ResultShelter::note_reachable(bool is_reachable, const std::string& reason) {
  if (is_reachable_.exchange(is_reachable) == is_reachable || !options_.note) return;
  options_.note(!is_reachable, is_reachable ? "The database of the results is back."
                                            : reason + " Results wait in " +
                                                  options_.file.string() + " until it is back.");
}

bool ResultShelter::deliver() {
  auto batch = [this] {
    const std::lock_guard lock{mutex_};
    auto next = outbox_.next(rows_a_batch);
    if (next && next->runs.empty() && next->jobs.empty() && outbox_.is_open()) {
      outbox_.close();
      measure();
    }
    return next;
  }();
  if (!batch) {
    note_reachable(false, batch.error().message);
    return false;
  }
  if (batch->runs.empty() && batch->jobs.empty()) return true;
  const auto stored = below<result::Nothing>([&]() -> result::Status {
    if (!batch->runs.empty()) return runs_->insert_all(batch->runs);
    return jobs_->record(batch->jobs);
  });
  if (!stored) return false;
  const std::lock_guard lock{mutex_};
  outbox_.delivered(*batch);
  measure();
  return true;
}

void ResultShelter::run() {
  std::unique_lock lock{mutex_};
  while (!stopping_) {
    if (outbox_.is_open()) {
      lock.unlock();
      const bool is_delivered = deliver();
      lock.lock();
      if (!is_delivered && !stopping_) changed_.wait_for(lock, options_.pause);
      continue;
    }
    changed_.wait_for(lock, is_reachable_ ? options_.check : options_.pause);
    if (stopping_ || outbox_.is_open()) continue;
    lock.unlock();
    // No run has this id: it is the cheapest question.
    (void)below<backtest::RunSummary>([this] { return runs_->find(""); });
    lock.lock();
  }
}

}  // namespace hts::shelter
