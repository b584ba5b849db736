#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/messages.hpp"

namespace hts::http_test {

/// The queue of a stand-in for the scheduler: jobs only change as tests and clients say. Ids are
/// 00000000-0000-7000-8000-00000000000N in the order of acceptance. Thread-safe.
class JobsUnderTest {
 public:
  void set_full(bool full);
  /// Does with the job of that number what a worker would.
  void change(std::uint64_t number, const std::function<void(jobs::JobRecord&)>& change);
  [[nodiscard]] jobs::JobRecord job(std::uint64_t number) const;
  [[nodiscard]] std::size_t count() const;

  result::Result<ports::Submitted> on(actors::SubmitJob query);
  result::Result<actors::SharedJob> on(const actors::FindJob& query) const;
  result::Result<ports::JobPage> on(const actors::ListJobs& query) const;
  result::Result<actors::SharedJob> on(const actors::CancelJob& query);
  result::Result<actors::SharedJob> on(const actors::RetryJob& query);
  result::Result<actors::DeadLettersChanged> on(const actors::RequeueDeadLetters& query);
  result::Result<actors::DeadLettersChanged> on(const actors::DropDeadLetters& query);
  result::Result<ports::JobCounts> on(const actors::SetQueuePaused& query);

  [[nodiscard]] ports::JobCounts counts() const;

 private:
  [[nodiscard]] result::Result<jobs::JobRecord*> find(const jobs::JobId& id);
  result::Result<actors::DeadLettersChanged> each_dead_letter(
      const std::optional<jobs::JobId>& id, const std::function<void(jobs::JobRecord&)>& change);

  mutable std::mutex mutex_;
  std::vector<jobs::JobRecord> jobs_;  // oldest first
  bool full_ = false;
  bool paused_ = false;
};

[[nodiscard]] jobs::JobId job_id(std::uint64_t number);

}  // namespace hts::http_test
