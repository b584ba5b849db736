#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "config/simulation/referee.hpp"
#include "config/simulation/truth.hpp"
#include "engine/jobs/job_event.hpp"
#include "engine/ports/job_history.hpp"
#include "engine/ports/job_store.hpp"

namespace hts::simulation {

/// What the daemon has promised about jobs, kept by those who heard it: an accepted job is there
/// until it ended, ends once, as cancelled if a cancel was answered, and with its result stored
/// once.
///
/// Steps (`Referee::step`) order what was asked and answered. While a retry is under way, and of
/// what was asked before its answer, nothing is known of the job's state.
class JobTruth {
 public:
  JobTruth(Referee& referee, Truth& runs) : referee_(referee), runs_(runs) {}

  struct Submission {
    const KnownBacktest* backtest = nullptr;  ///< null: no backtest
    std::string search;     ///< the request of a sweep or a walk-forward, which all get one answer
    std::string key;        ///< empty: none
    bool is_fresh = false;  ///< the run of an equal request is no answer
  };
  /// A submission was answered.
  void accepted(const std::string& task_id, const Submission& submission);
  [[nodiscard]] const std::vector<std::string>& task_ids() const noexcept { return task_ids_; }
  [[nodiscard]] bool knows(const std::string& task_id) const { return jobs_.contains(task_id); }

  void cancel_asked(const std::string& task_id);
  void cancel_answered(const std::string& task_id, std::uint64_t asked_at);
  /// Of one job, or of all (an empty id: dead letters are requeued). The same is told again with
  /// the answer; no answer comes after the daemon's death.
  void restart_asked(const std::string& task_id);
  void restart_settled(const std::string& task_id);
  void all_restarts_settled();

  /// Somebody was told that the job has this state, or that there is none such (nullopt).
  void seen(const std::string& task_id, std::optional<jobs::JobState> state,
            std::uint64_t asked_at);
  /// A whole answer about a job's status, result included.
  void status_read(const std::string& task_id, std::string_view text, std::uint64_t asked_at);
  /// The daemon announced it; `record` is what the store has at this moment, if it can be read.
  void announced(const jobs::JobEvent& event, const jobs::JobRecord* record);

  /// While nothing is under way: what was promised is in the store, and what is there is sound.
  /// `is_over`: nothing fails any more and every job had its time, so all have ended.
  void check_store(ports::JobStore& store, ports::ResultStore& results, bool is_over);

  /// Once nothing is left to be recorded: every ended job is in the history, once, as it ended.
  void check_history(ports::JobStore& store, ports::JobHistory& history);

  [[nodiscard]] std::uint64_t ends_seen() const noexcept { return ends_seen_; }
  /// Ended jobs by state, as of the last check.
  [[nodiscard]] const std::map<std::string, std::uint64_t>& states() const noexcept {
    return states_;
  }

 private:
  struct KnownJob {
    Submission submission;
    bool cancel_asked = false;
    std::optional<std::uint64_t> cancel_promised_at;
    std::uint64_t restarts_under_way = 0;
    std::uint64_t certain_since = 0;  ///< what was asked before this step may be outdated
    std::optional<jobs::JobState> ended;
    std::uint64_t ended_since = 0;
  };

  void check_search(const std::string& request, std::string_view answer);
  void begin_restart(KnownJob& job);
  void settle_restart(KnownJob& job) const;
  void check_result(const std::string& task_id, const KnownJob& job, const jobs::JobRecord& record,
                    ports::ResultStore& results);

  Referee& referee_;
  Truth& runs_;
  std::map<std::string, KnownJob> jobs_;
  std::vector<std::string> task_ids_;  ///< in the order accepted
  std::map<std::string, std::string> keys_;
  std::map<std::string, std::string> answers_;  ///< by the request of a search
  std::uint64_t ends_seen_ = 0;
  std::map<std::string, std::uint64_t> states_;
};

}  // namespace hts::simulation
