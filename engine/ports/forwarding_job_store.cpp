#include "engine/ports/forwarding_job_store.hpp"

#include <utility>

namespace hts::ports {

using result::Result;

using Records = std::vector<jobs::JobRecord>;

Result<JobBatchResult> ForwardingJobStore::transact(const JobBatch& batch) {
  return below_.transact(batch);
}

Result<jobs::JobRecord> ForwardingJobStore::find(const jobs::JobId& id) {
  return below_.find(id);
}

Result<JobPage> ForwardingJobStore::list(const JobFilter& filter, std::uint64_t offset,
                                         std::uint64_t limit) {
  return below_.list(filter, offset, limit);
}

Result<JobCounts> ForwardingJobStore::counts() {
  return below_.counts();
}

Result<std::vector<std::string>> ForwardingJobStore::part_outputs(const jobs::JobId& whole) {
  return below_.part_outputs(whole);
}

Result<Records> ForwardingJobStore::cancel(const jobs::JobId& id, time::Timestamp now) {
  return below_.cancel(id, now);
}

Result<Records> ForwardingJobStore::retry(const jobs::JobId& id, time::Timestamp now) {
  return below_.retry(id, now);
}

Result<std::uint64_t> ForwardingJobStore::requeue_dead_letters(const std::optional<jobs::JobId>& id,
                                                               time::Timestamp now) {
  return below_.requeue_dead_letters(id, now);
}

Result<std::uint64_t> ForwardingJobStore::drop_dead_letters(const std::optional<jobs::JobId>& id) {
  return below_.drop_dead_letters(id);
}

result::Status ForwardingJobStore::set_paused(bool paused) {
  return below_.set_paused(paused);
}

Result<Records> ForwardingJobStore::release(const std::string& worker, time::Timestamp now) {
  return below_.release(worker, now);
}

Result<std::uint64_t> ForwardingJobStore::clean_up(time::Timestamp finished_before,
                                                   std::uint64_t most) {
  return below_.clean_up(finished_before, most);
}

void ForwardingJobStore::listen(std::function<void(const JobSignal&)> hear) {
  below_.listen(std::move(hear));
}

}  // namespace hts::ports
