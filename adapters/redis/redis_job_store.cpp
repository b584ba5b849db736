#include "adapters/redis/redis_job_store.hpp"

#include <fstream>
#include <mutex>
#include <set>
#include <utility>

#include "adapters/redis/job_reads.hpp"
#include "adapters/redis/keys.hpp"
#include "adapters/redis/link.hpp"
#include "adapters/redis/record_codec.hpp"
#include "adapters/redis/scripts.hpp"
#include "adapters/redis/server_check.hpp"
#include "adapters/redis/signal_listener.hpp"
#include "adapters/redis/step_runner.hpp"

namespace hts::redis {
namespace {

using jobs::JobId;
using jobs::JobRecord;
using ports::SubmitResult;
using result::Result;
using result::Status;
using time::Timestamp;

constexpr std::size_t submits_of_call = 128;
constexpr std::string_view most_recovered = "1000";

Result<std::string> read_password(const std::filesystem::path& file) {
  std::string password;
  if (file.empty()) return password;
  std::ifstream in(file);
  if (!std::getline(in, password) || password.empty()) {
    return result::make_error(result::ErrorCode::invalid,
                              "The password file " + file.string() +
                                  " cannot be read or is empty: give one whose first line is the "
                                  "password, readable by this user.",
                              "jobs.password_file");
  }
  if (password.back() == '\r') password.pop_back();
  return password;
}

class RedisJobStore final : public ports::JobStore {
 public:
  RedisJobStore(RedisAddress address, std::string password, JobStoreOptions options)
      : options_(std::move(options)),
        prefix_(key_prefix(options_.queue)),
        password_(std::move(password)),
        limits_{options_.connect_timeout, options_.answer_timeout},
        writes_(address, password_, limits_, [this](Connection& c) { return welcome(c); }),
        reads_(address, password_, limits_, [this](Connection& c) { return welcome(c); }) {}

  [[nodiscard]] Status connect() { return writes_.connect(); }

  Result<ports::JobBatchResult> transact(const ports::JobBatch& batch) override;

  Result<JobRecord> find(const JobId& id) override { return find_job(reads_, prefix_, id); }
  Result<ports::JobPage> list(const ports::JobFilter& filter, std::uint64_t offset,
                              std::uint64_t limit) override {
    return list_jobs(reads_, prefix_, filter, offset, limit);
  }
  Result<ports::JobCounts> counts() override { return count_jobs(reads_, prefix_); }
  Result<std::vector<std::string>> part_outputs(const JobId& whole) override {
    return outputs_of_parts(reads_, prefix_, whole);
  }

  Result<std::vector<JobRecord>> cancel(const JobId& id, Timestamp now) override;
  Result<std::vector<JobRecord>> retry(const JobId& id, Timestamp now) override;
  Result<std::uint64_t> requeue_dead_letters(const std::optional<JobId>& id,
                                             Timestamp now) override;
  Result<std::uint64_t> drop_dead_letters(const std::optional<JobId>& id) override;
  Status set_paused(bool paused) override;
  Result<std::vector<JobRecord>> release(const std::string& worker, Timestamp now) override;
  Result<std::uint64_t> clean_up(Timestamp finished_before, std::uint64_t most) override;
  void listen(std::function<void(const ports::JobSignal&)> hear) override;

 private:
  using Change = std::function<Status(JobRecord&, Timestamp)>;

  Status welcome(Connection& connection);
  Result<Timestamp> clock(Timestamp callers);
  StepRunner runner(Timestamp now) { return {writes_, prefix_, names_, held_jobs_, now}; }

  Result<Timestamp> submit(const ports::JobBatch& batch, std::vector<ports::Submitted>& out);
  void add_claim(Pipeline& pipeline, const ports::Claim& claim, Timestamp now,
                 const std::string& version) const;
  Result<std::vector<JobRecord>> take_claimed(const ports::Claim& claim, Timestamp now,
                                              const std::string& version, const Reply& reply);
  Result<std::vector<JobId>> lapsed(Timestamp now);
  Result<std::vector<JobRecord>> change_one(const JobId& id, Timestamp callers_now,
                                            const Change& change);
  Result<std::uint64_t> change_dead_letters(const std::optional<JobId>& id, Timestamp callers_now,
                                            const Change& change);

  const JobStoreOptions options_;
  const std::string prefix_;
  const std::string password_;
  const ConnectionLimits limits_;
  std::mutex warned_mutex_;
  std::set<std::string> warned_;
  VersionNames names_;
  HeldJobs held_jobs_;
  Link writes_;
  Link reads_;
  std::unique_ptr<SignalListener> listener_;
};

Status RedisJobStore::welcome(Connection& connection) {
  auto warnings = check_server(connection, writes_.address().text(), prefix_);
  if (!warnings) return warnings.error();
  if (!options_.warn) return result::success();
  const std::scoped_lock lock(warned_mutex_);
  for (const std::string& warning : *warnings) {
    if (warned_.insert(warning).second) options_.warn(warning);
  }
  return result::success();
}

Timestamp time_of(ReplyView reply) {
  return Timestamp{std::chrono::seconds{reply[0].integer()} +
                   std::chrono::microseconds{reply[1].integer()}};
}

Result<Timestamp> RedisJobStore::clock(Timestamp callers) {
  if (options_.use_callers_clock) return callers;
  Pipeline pipeline;
  pipeline.add({"TIME"});
  auto replies = run_all(writes_, pipeline);
  if (!replies) return replies.error();
  return time_of(replies->front().view());
}

/// Also tells the time, which costs nothing more.
Result<Timestamp> RedisJobStore::submit(const ports::JobBatch& batch,
                                        std::vector<ports::Submitted>& out) {
  Pipeline pipeline;
  const std::size_t clocks = options_.use_callers_clock ? 0 : 1;
  if (clocks == 1) pipeline.add({"TIME"});
  for (std::size_t first = 0; first < batch.submits.size(); first += submits_of_call) {
    const std::size_t last = std::min(first + submits_of_call, batch.submits.size());
    begin_script(pipeline, submit_script(), prefix_);
    pipeline.argument(batch.capacity);
    pipeline.argument(names_.origin());
    pipeline.argument(names_.next());
    pipeline.argument(last - first);
    for (std::size_t i = first; i < last; ++i) {
      const jobs::NewJob& job = batch.submits[i];
      const JobRecord record = jobs::accept(job, 0);
      pipeline.argument(job.id.text());
      pipeline.argument(job.idempotency_key);
      pipeline.argument(queue_number(job.priority));
      pipeline.argument(index_kind(job.kind, false));
      pipeline.argument(encode_record(record));
      pipeline.argument(job.request);
    }
    pipeline.end();
  }
  if (pipeline.empty()) return batch.now;
  auto replies = run_all(writes_, pipeline);
  if (!replies) return replies.error();
  for (std::size_t i = 0; i < batch.submits.size(); ++i) {
    const jobs::NewJob& job = batch.submits[i];
    const ReplyView reply = (*replies)[clocks + i / submits_of_call].view()[i % submits_of_call];
    ports::Submitted submitted{SubmitResult::accepted, job.id, jobs::JobState::queued,
                               job.created_at};
    const auto found = reply[0].integer();
    if (found == 3) submitted = {SubmitResult::full, job.id, {}, {}};
    if (found == 1 || found == 2) {
      submitted.result = SubmitResult::existing;
      submitted.id =
          jobs::JobId::parse(reply[1].text()).ok() ? *jobs::JobId::parse(reply[1].text()) : job.id;
      if (const auto other = decode_record(submitted.id, reply[2].text(), reply[3].text())) {
        submitted.state = other->state;
        submitted.created_at = other->job.created_at;
        const bool is_other_request =
            found == 2 && (other->job.kind != job.kind || reply[4].text() != job.request);
        if (is_other_request) submitted.result = SubmitResult::conflict;
      }
    }
    out.push_back(submitted);
  }
  return clocks == 1 ? time_of(replies->front().view()) : batch.now;
}

void RedisJobStore::add_claim(Pipeline& pipeline, const ports::Claim& claim, Timestamp now,
                              const std::string& version) const {
  begin_script(pipeline, claim_script(), prefix_);
  pipeline.argument(claim.worker);
  pipeline.argument(claim.most);
  pipeline.argument(microseconds_of(now));
  pipeline.argument(microseconds_of(now + claim.lease));
  pipeline.argument(encode_claim(claim.worker, now, claim.lease));
  pipeline.argument(names_.origin());
  pipeline.argument(version);
  pipeline.end();
}

Result<std::vector<JobRecord>> RedisJobStore::take_claimed(const ports::Claim& claim, Timestamp now,
                                                           const std::string& version,
                                                           const Reply& reply) {
  const ReplyView found = reply.view();
  if (found.is_error()) return refused_by_server(writes_.address().text(), found.text());
  std::vector<JobRecord> claimed;
  claimed.reserve(found.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    const auto id = JobId::parse(found[i][0].text());
    if (!id) continue;
    auto record = decode_record(*id, found[i][1].text(), {});
    if (!record) continue;
    record->sequence = static_cast<std::uint64_t>(found[i][3].integer());
    jobs::claim(*record, claim.worker, now, claim.lease);
    held_jobs_.put(*id, {*record, version});
    record->job.request = found[i][2].text();
    claimed.push_back(std::move(*record));
  }
  return claimed;
}

Result<std::vector<JobId>> RedisJobStore::lapsed(Timestamp now) {
  return read_ids(writes_, {"ZRANGEBYSCORE", prefix_ + "leases", "-inf",
                            std::to_string(microseconds_of(now)), "LIMIT", "0", most_recovered});
}

Result<ports::JobBatchResult> RedisJobStore::transact(const ports::JobBatch& batch) {
  ports::JobBatchResult out;
  auto now = submit(batch, out.submits);
  if (!now) return now.error();

  out.finishes.resize(batch.finishes.size());
  out.heartbeats.resize(batch.heartbeats.size());
  std::vector<Step> steps;
  steps.reserve(batch.finishes.size() + batch.heartbeats.size());
  for (std::size_t i = 0; i < batch.finishes.size(); ++i) {
    steps.push_back(
        {batch.finishes[i].id,
         [&, i](RedisShelf& shelf, jobs::ChangedJobs& changed) {
           out.finishes[i] = finish_job(shelf, batch.finishes[i], *now, changed);
         },
         !batch.recover && std::holds_alternative<jobs::Completed>(batch.finishes[i].end)});
  }
  for (std::size_t i = 0; i < batch.heartbeats.size(); ++i) {
    steps.push_back({batch.heartbeats[i].id, [&, i](RedisShelf& shelf, jobs::ChangedJobs&) {
                       JobRecord* record = shelf.edit(batch.heartbeats[i].id);
                       out.heartbeats[i] =
                           record == nullptr
                               ? jobs::HeartbeatResult::lease_lost
                               : jobs::renew(*record, batch.heartbeats[i], *now, batch.lease);
                     }});
  }
  if (batch.recover) {
    auto ids = lapsed(*now);
    if (!ids) return ids.error();
    for (const JobId& id : *ids) {
      steps.push_back({id, [&now, id](RedisShelf& shelf, jobs::ChangedJobs& changed) {
                         const JobRecord* record = shelf.edit(id);
                         if (record == nullptr || !record->lease) return;
                         if (record->lease->until > *now) return;
                         jobs::lose_lease_of_job(shelf, id, *now, changed);
                       }});
    }
  }

  Pipeline last;
  std::string version;
  if (batch.claim) {
    version = names_.next();
    add_claim(last, *batch.claim, *now, version);
  }
  StepRunner steps_runner = runner(*now);
  if (auto done = steps_runner.run(std::move(steps), last); !done) return done.error();
  out.changed = steps_runner.changed();
  if (!last.empty()) {
    auto claimed = take_claimed(*batch.claim, *now, version, steps_runner.last_replies().front());
    if (!claimed) return claimed.error();
    out.claimed = std::move(*claimed);
  }
  return out;
}

Result<std::vector<JobRecord>> RedisJobStore::change_one(const JobId& id, Timestamp callers_now,
                                                         const Change& change) {
  auto now = clock(callers_now);
  if (!now) return now.error();
  Status answer = result::success();
  StepRunner steps = runner(*now);
  auto done =
      steps.run({{id, [&](RedisShelf& shelf, jobs::ChangedJobs& changed) {
                    JobRecord* record = shelf.edit(id);
                    answer = record == nullptr ? Status(jobs::no_job(id)) : change(*record, *now);
                    if (answer) changed.add(id);
                  }}});
  if (!done) return done.error();
  if (!answer) return answer.error();
  return steps.changed();
}

Result<std::vector<JobRecord>> RedisJobStore::cancel(const JobId& id, Timestamp now) {
  auto server_now = clock(now);
  if (!server_now) return server_now.error();
  Status answer = result::success();
  StepRunner steps = runner(*server_now);
  auto done = steps.run({{id, [&](RedisShelf& shelf, jobs::ChangedJobs& changed) {
                            answer = jobs::cancel_job(shelf, id, *server_now, changed);
                          }}});
  if (!done) return done.error();
  if (!answer) return answer.error();
  return steps.changed();
}

Result<std::vector<JobRecord>> RedisJobStore::retry(const JobId& id, Timestamp now) {
  return change_one(id, now,
                    [](JobRecord& record, Timestamp at) { return jobs::retry(record, at); });
}

Result<std::uint64_t> RedisJobStore::change_dead_letters(const std::optional<JobId>& id,
                                                         Timestamp callers_now,
                                                         const Change& change) {
  if (id) {
    auto changed = change_one(*id, callers_now, change);
    if (!changed) return changed.error();
    return std::uint64_t{1};
  }
  auto now = clock(callers_now);
  if (!now) return now.error();
  auto ids = read_dead_letters(writes_, prefix_);
  if (!ids) return ids.error();
  std::vector<char> is_done(ids->size(), 0);
  std::vector<Step> steps;
  for (std::size_t i = 0; i < ids->size(); ++i) {
    steps.push_back({(*ids)[i], [&, i](RedisShelf& shelf, jobs::ChangedJobs&) {
                       JobRecord* record = shelf.edit((*ids)[i]);
                       is_done[i] = record != nullptr && change(*record, *now).ok() ? 1 : 0;
                     }});
  }
  if (auto done = runner(*now).run(std::move(steps)); !done) return done.error();
  return static_cast<std::uint64_t>(std::ranges::count(is_done, 1));
}

Result<std::uint64_t> RedisJobStore::requeue_dead_letters(const std::optional<JobId>& id,
                                                          Timestamp now) {
  return change_dead_letters(id, now, [](JobRecord& record, Timestamp at) -> Status {
    JobRecord looked_after = record;
    if (auto is_one = jobs::drop(looked_after); !is_one) return is_one;
    return jobs::retry(record, at);
  });
}

Result<std::uint64_t> RedisJobStore::drop_dead_letters(const std::optional<JobId>& id) {
  return change_dead_letters(id, {},
                             [](JobRecord& record, Timestamp) { return jobs::drop(record); });
}

Status RedisJobStore::set_paused(bool paused) {
  Pipeline pipeline;
  if (paused) {
    pipeline.add({"SET", prefix_ + "paused", "1"});
  } else {
    pipeline.add({"DEL", prefix_ + "paused"});
    pipeline.add({"PUBLISH", prefix_ + "signals", names_.origin() + "\nw"});
  }
  auto replies = run_all(writes_, pipeline);
  if (!replies) return replies.error();
  return result::success();
}

Result<std::vector<JobRecord>> RedisJobStore::release(const std::string& worker, Timestamp now) {
  auto server_now = clock(now);
  if (!server_now) return server_now.error();
  auto ids = read_ids(writes_, {"ZRANGE", prefix_ + "leases", "0", "-1"});
  if (!ids) return ids.error();
  std::vector<Step> steps;
  for (const JobId& id : *ids) {
    steps.push_back({id, [&, id](RedisShelf& shelf, jobs::ChangedJobs& changed) {
                       const JobRecord* record = shelf.edit(id);
                       if (record == nullptr || !record->lease) return;
                       if (record->lease->worker != worker) return;
                       jobs::lose_lease_of_job(shelf, id, *server_now, changed);
                     }});
  }
  StepRunner steps_runner = runner(*server_now);
  if (auto done = steps_runner.run(std::move(steps)); !done) return done.error();
  return steps_runner.changed();
}

Result<std::uint64_t> RedisJobStore::clean_up(Timestamp finished_before, std::uint64_t most) {
  auto ids = read_ids(writes_, {"ZRANGEBYSCORE", prefix_ + "ended", "-inf",
                                std::to_string(microseconds_of(finished_before)), "LIMIT", "0",
                                std::to_string(most)});
  if (!ids) return ids.error();
  std::vector<std::vector<JobId>> parts(ids->size());
  std::vector<char> is_gone(ids->size(), 0);
  std::vector<Step> steps;
  for (std::size_t i = 0; i < ids->size(); ++i) {
    auto of_job = read_ids(writes_, {"ZRANGE", prefix_ + "parts:" + (*ids)[i].text(), "0", "-1"});
    if (!of_job) return of_job.error();
    parts[i] = std::move(*of_job);
    steps.push_back({(*ids)[i], [&, i](RedisShelf& shelf, jobs::ChangedJobs&) {
                       const JobRecord* record = shelf.edit((*ids)[i]);
                       is_gone[i] = record != nullptr && record->finished_at &&
                                            *record->finished_at < finished_before &&
                                            !record->is_dead_letter
                                        ? 1
                                        : 0;
                       if (is_gone[i] == 0) return;
                       for (const JobId& part : parts[i]) shelf.remove(part);
                       shelf.remove((*ids)[i]);
                     }});
  }
  if (auto done = runner(finished_before).run(std::move(steps)); !done) return done.error();
  return static_cast<std::uint64_t>(std::ranges::count(is_gone, 1));
}

void RedisJobStore::listen(std::function<void(const ports::JobSignal&)> hear) {
  listener_ =
      std::make_unique<SignalListener>(SignalListener::Source{writes_.address(), password_, limits_,
                                                              prefix_ + "signals", names_.origin()},
                                       std::move(hear));
}

}  // namespace

Result<std::unique_ptr<ports::JobStore>> open_job_store(const std::string& url,
                                                        const JobStoreOptions& options) {
  auto address = parse_address(url);
  if (!address) return address.error();
  auto password = read_password(options.password_file);
  if (!password) return password.error();
  auto store = std::make_unique<RedisJobStore>(*address, std::move(*password), options);
  if (auto connected = store->connect(); !connected) {
    const result::Error& error = connected.error();
    if (error.code != result::ErrorCode::unavailable || !error.field.empty()) return error;
    if (options.warn) options.warn(error.message);
  }
  return std::unique_ptr<ports::JobStore>(std::move(store));
}

}  // namespace hts::redis
