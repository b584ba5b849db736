#include "config/simulation/job_truth.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "adapters/archive/ended_jobs.hpp"
#include "config/simulation/job_watch.hpp"

namespace hts::simulation {
namespace {

std::string in_words(std::optional<jobs::JobState> state) {
  return state ? std::string{jobs::name_of(*state)} : "unknown";
}

/// The text after `"name":"` up to the next quote; empty when there is none.
std::string_view text_member(std::string_view text, std::string_view name) {
  const std::string mark = "\"" + std::string{name} + "\":\"";
  const auto at = text.find(mark);
  if (at == std::string_view::npos) return {};
  text.remove_prefix(at + mark.size());
  return text.substr(0, text.find('"'));
}

}  // namespace

void JobTruth::accepted(const std::string& task_id, const Submission& submission) {
  const auto [job, is_new] = jobs_.try_emplace(task_id);
  if (is_new) {
    task_ids_.push_back(task_id);
    job->second.submission = submission;
  } else if (submission.key.empty()) {
    referee_.violated("task_id_unique", "two submissions got the job " + task_id);
  }
  if (submission.key.empty()) return;
  const auto [known, is_first] = keys_.try_emplace(submission.key, task_id);
  if (!is_first && known->second != task_id) {
    referee_.violated("key_names_one_job", "the idempotency key " + submission.key +
                                               " names the jobs " + known->second + " and " +
                                               task_id);
  }
}

void JobTruth::cancel_asked(const std::string& task_id) {
  if (const auto job = jobs_.find(task_id); job != jobs_.end()) job->second.cancel_asked = true;
}

void JobTruth::cancel_answered(const std::string& task_id, std::uint64_t asked_at) {
  const auto found = jobs_.find(task_id);
  if (found == jobs_.end()) return;
  KnownJob& job = found->second;
  if (job.restarts_under_way > 0 || asked_at < job.certain_since) return;
  job.cancel_promised_at = referee_.step();
}

void JobTruth::begin_restart(KnownJob& job) {
  ++job.restarts_under_way;
  job.ended.reset();
  job.cancel_promised_at.reset();
}

void JobTruth::settle_restart(KnownJob& job) const {
  if (job.restarts_under_way > 0) --job.restarts_under_way;
  job.certain_since = referee_.step();
}

void JobTruth::restart_asked(const std::string& task_id) {
  for (auto& [id, job] : jobs_) {
    if (task_id.empty() || id == task_id) begin_restart(job);
  }
}

void JobTruth::restart_settled(const std::string& task_id) {
  for (auto& [id, job] : jobs_) {
    if (task_id.empty() || id == task_id) settle_restart(job);
  }
}

void JobTruth::all_restarts_settled() {
  for (auto& [id, job] : jobs_) {
    if (job.restarts_under_way == 0) continue;
    job.restarts_under_way = 1;
    settle_restart(job);
  }
}

void JobTruth::seen(const std::string& task_id, std::optional<jobs::JobState> state,
                    std::uint64_t asked_at) {
  const auto found = jobs_.find(task_id);
  if (found == jobs_.end()) return;
  KnownJob& job = found->second;
  if (!state) {
    referee_.violated("job_kept", "the accepted job " + task_id + " is unknown");
    return;
  }
  if (job.restarts_under_way > 0 || asked_at < job.certain_since) return;
  if (job.ended && asked_at >= job.ended_since && *state != *job.ended) {
    referee_.violated("ends_once", "the job " + task_id + " was " + in_words(job.ended) +
                                       " and is " + in_words(state));
  }
  if (!jobs::is_terminal(*state)) return;
  if (*state == jobs::JobState::cancelled && !job.cancel_asked) {
    referee_.violated("cancelled_when_asked",
                      "nobody cancelled the job " + task_id + ", but it is cancelled");
  }
  if (job.cancel_promised_at && *state != jobs::JobState::cancelled) {
    referee_.violated("cancel_kept", "the cancel of the job " + task_id +
                                         " was confirmed, but it is " + in_words(state));
  }
  if (job.ended) return;
  ++ends_seen_;
  job.ended = state;
  job.ended_since = referee_.step();
}

void JobTruth::status_read(const std::string& task_id, std::string_view text,
                           std::uint64_t asked_at) {
  const auto state = jobs::parse_state(text_member(text, "status"));
  if (!state) {
    referee_.violated("status_is_right", "a status without a state: " + std::string{text});
    return;
  }
  seen(task_id, *state, asked_at);
  const auto found = jobs_.find(task_id);
  if (found == jobs_.end() || *state != jobs::JobState::completed) return;
  constexpr std::string_view mark = "\"result\":{";
  const auto at = text.find(mark);
  const Submission& submission = found->second.submission;
  if (submission.backtest == nullptr && submission.search.empty()) return;
  if (at == std::string_view::npos) {
    referee_.violated("result_kept", "the completed job " + task_id + " has no result");
    return;
  }
  text.remove_prefix(at + mark.size() - 1);
  if (submission.backtest == nullptr) return check_search(submission.search, text);
  runs_.job_answered(*submission.backtest, text, task_id, asked_at);
}

void JobTruth::check_search(const std::string& request, std::string_view answer) {
  const std::string result{answer.substr(0, answer.rfind(",\"error\":"))};
  const auto [known, is_first] = answers_.try_emplace(request, result);
  if (!is_first && known->second != result) {
    referee_.violated("search_is_right",
                      "the same search got " + known->second + " once, and now " + result);
  }
}

void JobTruth::announced(const jobs::JobEvent& event, const jobs::JobRecord* record) {
  if (!jobs::is_terminal(event.state)) return;
  const std::string task_id = event.id.text();
  // Before its answer nobody knows the job, but the event counts as an answer.
  if (record != nullptr && record->state != event.state) {
    const auto found = jobs_.find(task_id);
    const bool may_be_restarted =
        found == jobs_.end() || found->second.restarts_under_way > 0 || record->claims == 0;
    if (!may_be_restarted) {
      referee_.violated("event_is_durable", "the job " + task_id + " was announced as " +
                                                in_words(event.state) + ", but it is " +
                                                in_words(record->state));
    }
    return;
  }
  seen(task_id, event.state, referee_.step());
}

void JobTruth::check_result(const std::string& task_id, const KnownJob& job,
                            const jobs::JobRecord& record, ports::ResultStore& results) {
  if (record.run_id.empty()) {
    referee_.violated("result_kept", "the completed job " + task_id + " names no run");
    return;
  }
  const auto run = results.find(record.run_id);
  if (!run) {
    referee_.violated("result_kept", "the run " + record.run_id + " of the completed job " +
                                         task_id + " is not stored: " + run.error().message);
    return;
  }
  const bool must_be_own = job.submission.is_fresh || results.find(task_id).ok();
  if (record.run_id != task_id && must_be_own) {
    referee_.violated("result_once", "the job " + task_id + " has the run " + record.run_id +
                                         " and not, or not only, one of its own");
  }
}

void JobTruth::check_store(ports::JobStore& store, ports::ResultStore& results, bool is_over) {
  const auto records = all_jobs(store);
  if (!records) {
    referee_.violated("stores_readable", "the jobs cannot be read: " + records.error().message);
    return;
  }
  states_.clear();
  std::map<std::string, const jobs::JobRecord*> by_id;
  for (const jobs::JobRecord& record : *records) {
    by_id.emplace(record.job.id.text(), &record);
    for (const std::string& fault : jobs::faults_of(record)) {
      referee_.violated("record_is_sound", "the job " + record.job.id.text() + ": " + fault);
    }
    if (is_over && !jobs::is_terminal(record.state)) {
      referee_.violated("job_ends", "nothing fails any more, but the " + record.job.kind + " job " +
                                        record.job.id.text() + " is still " +
                                        in_words(record.state));
    }
  }
  for (const auto& [task_id, job] : jobs_) {
    const auto found = by_id.find(task_id);
    seen(task_id,
         found == by_id.end() ? std::nullopt : std::optional{jobs::shown_state(*found->second)},
         referee_.step());
    if (referee_.failed()) return;
    if (found == by_id.end()) continue;
    const jobs::JobRecord& record = *found->second;
    ++states_[std::string{jobs::name_of(record.state)}];
    if (record.state == jobs::JobState::completed && job.submission.backtest != nullptr) {
      check_result(task_id, job, record, results);
    }
  }
}

void JobTruth::check_history(ports::JobStore& store, ports::JobHistory& history) {
  const auto records = all_jobs(store);
  const auto page = history.list({}, 0, UINT64_MAX);
  if (!records || !page) {
    referee_.violated("stores_readable", "the ended jobs cannot be read");
    return;
  }
  std::map<std::string, const ports::EndedJob*> by_id;
  for (const ports::EndedJob& ended : page->jobs) {
    if (!by_id.emplace(ended.job_id, &ended).second) {
      referee_.violated("recorded_once", "the history has the job " + ended.job_id + " twice");
    }
  }
  for (const jobs::JobRecord& record : *records) {
    const std::string id = record.job.id.text();
    const auto found = by_id.find(id);
    const bool is_there = found != by_id.end();
    if (!jobs::is_terminal(record.state) || !record.whole.empty()) {
      if (is_there && !record.whole.empty()) {
        referee_.violated("recorded_once", "the history has " + id + ", a part of another job");
      }
      continue;
    }
    if (!is_there) {
      referee_.violated("ends_are_recorded", "the " + record.job.kind + " job " + id + " is " +
                                                 in_words(record.state) +
                                                 " and not in the history");
    } else if (!archive::is_end_of(*found->second, record) ||
               found->second->run_id != record.run_id || found->second->request.empty()) {
      referee_.violated("ends_are_recorded", "the history has the job " + id + " as " +
                                                 found->second->state + ", but it is " +
                                                 in_words(record.state));
    }
  }
}

}  // namespace hts::simulation
