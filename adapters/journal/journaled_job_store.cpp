#include "adapters/journal/journaled_job_store.hpp"

#include <utility>

#include "adapters/journal/job_codec.hpp"
#include "adapters/journal/noted_call.hpp"

namespace hts::journal {

result::Result<ports::JobBatchResult> JournaledJobStore::transact(const ports::JobBatch& batch) {
  return through<ports::JobBatchResult>(
      "job_store.transact", [&](Arguments& arguments) { arguments.add(batch); },
      [&] { return below_->transact(batch); });
}

result::Result<jobs::JobRecord> JournaledJobStore::find(const jobs::JobId& id) {
  return through<jobs::JobRecord>(
      "job_store.find", [&](Arguments& arguments) { arguments.add(id); },
      [&] { return below_->find(id); });
}

result::Result<ports::JobPage> JournaledJobStore::list(const ports::JobFilter& filter,
                                                       std::uint64_t offset, std::uint64_t limit) {
  return through<ports::JobPage>(
      "job_store.list",
      [&](Arguments& arguments) { arguments.add(filter).number(offset).number(limit); },
      [&] { return below_->list(filter, offset, limit); });
}

result::Result<ports::JobCounts> JournaledJobStore::counts() {
  return through<ports::JobCounts>("job_store.counts", no_arguments,
                                   [&] { return below_->counts(); });
}

result::Result<std::vector<std::string>> JournaledJobStore::part_outputs(const jobs::JobId& whole) {
  return through<std::vector<std::string>>(
      "job_store.part_outputs", [&](Arguments& arguments) { arguments.add(whole); },
      [&] { return below_->part_outputs(whole); });
}

result::Result<std::vector<jobs::JobRecord>> JournaledJobStore::cancel(const jobs::JobId& id,
                                                                       time::Timestamp now) {
  return through<std::vector<jobs::JobRecord>>(
      "job_store.cancel", [&](Arguments& arguments) { arguments.add(id).at(now); },
      [&] { return below_->cancel(id, now); });
}

result::Result<std::vector<jobs::JobRecord>> JournaledJobStore::retry(const jobs::JobId& id,
                                                                      time::Timestamp now) {
  return through<std::vector<jobs::JobRecord>>(
      "job_store.retry", [&](Arguments& arguments) { arguments.add(id).at(now); },
      [&] { return below_->retry(id, now); });
}

result::Result<std::uint64_t> JournaledJobStore::requeue_dead_letters(
    const std::optional<jobs::JobId>& id, time::Timestamp now) {
  return through<std::uint64_t>(
      "job_store.requeue_dead_letters",
      [&](Arguments& arguments) { arguments.add(id.value_or(jobs::JobId{})).at(now); },
      [&] { return below_->requeue_dead_letters(id, now); });
}

result::Result<std::uint64_t> JournaledJobStore::drop_dead_letters(
    const std::optional<jobs::JobId>& id) {
  return through<std::uint64_t>(
      "job_store.drop_dead_letters",
      [&](Arguments& arguments) { arguments.add(id.value_or(jobs::JobId{})); },
      [&] { return below_->drop_dead_letters(id); });
}

result::Status JournaledJobStore::set_paused(bool paused) {
  return through<result::Nothing>(
      "job_store.set_paused", [&](Arguments& arguments) { arguments.flag(paused); },
      [&] { return below_->set_paused(paused); });
}

result::Result<std::vector<jobs::JobRecord>> JournaledJobStore::release(const std::string& worker,
                                                                        time::Timestamp now) {
  return through<std::vector<jobs::JobRecord>>(
      "job_store.release", [&](Arguments& arguments) { arguments.add(worker).at(now); },
      [&] { return below_->release(worker, now); });
}

result::Result<std::uint64_t> JournaledJobStore::clean_up(time::Timestamp finished_before,
                                                          std::uint64_t most) {
  return through<std::uint64_t>(
      "job_store.clean_up",
      [&](Arguments& arguments) { arguments.at(finished_before).number(most); },
      [&] { return below_->clean_up(finished_before, most); });
}

void JournaledJobStore::listen(std::function<void(const ports::JobSignal&)> hear) {
  if (below_ != nullptr) below_->listen(std::move(hear));
}

}  // namespace hts::journal
