#include "adapters/sqlite/sqlite_job_store.hpp"

#include <mutex>
#include <utility>

#include "adapters/sqlite/exception_guard.hpp"
#include "adapters/sqlite/sqlite_job_reads.hpp"
#include "adapters/sqlite/sqlite_job_schema.hpp"
#include "adapters/sqlite/sqlite_job_shelf.hpp"

namespace hts::sqlite {
namespace {

using jobs::JobId;
using jobs::JobRecord;
using ports::SubmitResult;
using result::Result;
using result::Status;

// Kibibytes, and pages of 4 KiB after which the log is moved into the database: a longer log is
// moved less often, and a page that many jobs share is then moved once for all of them.
constexpr const char* writing_pragmas =
    "PRAGMA cache_size = -32768; PRAGMA wal_autocheckpoint = 8192; "
    "PRAGMA journal_size_limit = 67108864;";
constexpr const char* reading_pragmas = "PRAGMA cache_size = -8192; PRAGMA query_only = ON;";

ports::Submitted existing(SqliteJobShelf& shelf, const JobId& id, SubmitResult result) {
  ports::Submitted submitted{.result = result, .id = id};
  if (const JobRecord* record = shelf.look(id)) {
    submitted.state = record->state;
    submitted.created_at = record->job.created_at;
  }
  return submitted;
}

/// `room`: how many more may be queued.
ports::Submitted submit(SqliteJobShelf& shelf, const jobs::NewJob& job, std::uint64_t& room) {
  const bool asks_first = room == 0 || !job.idempotency_key.empty();
  if (asks_first && shelf.look(job.id) != nullptr) {
    return existing(shelf, job.id, SubmitResult::existing);
  }
  if (!job.idempotency_key.empty()) {
    if (const auto other = shelf.find_key(job)) {
      return existing(shelf, other->id,
                      other->is_same ? SubmitResult::existing : SubmitResult::conflict);
    }
  }
  if (room == 0) return {.result = SubmitResult::full, .id = job.id};
  if (!shelf.insert(job)) return existing(shelf, job.id, SubmitResult::existing);
  --room;
  return {.id = job.id, .created_at = job.created_at};
}

std::vector<JobRecord> records_of(SqliteJobShelf& shelf, const jobs::ChangedJobs& changed) {
  std::vector<JobRecord> records;
  records.reserve(changed.ids().size());
  for (const JobId& id : changed.ids()) {
    const JobRecord* record = shelf.look(id);
    if (record == nullptr) continue;
    records.push_back(*record);
    records.back().job.request.clear();
    records.back().output.clear();
  }
  return records;
}

void apply(SqliteJobShelf& shelf, const ports::JobBatch& batch, ports::JobBatchResult& answer) {
  if (!batch.submits.empty()) {
    const std::uint64_t queued = shelf.queued();
    std::uint64_t room = batch.capacity > queued ? batch.capacity - queued : 0;
    answer.submits.reserve(batch.submits.size());
    for (const jobs::NewJob& job : batch.submits) {
      answer.submits.push_back(submit(shelf, job, room));
    }
  }
  jobs::ChangedJobs changed;
  answer.finishes.reserve(batch.finishes.size());
  for (const jobs::Finish& finish : batch.finishes) {
    answer.finishes.push_back(finish_job(shelf, finish, batch.now, changed));
  }
  for (const jobs::Heartbeat& beat : batch.heartbeats) {
    JobRecord* record = shelf.edit(beat.id);
    answer.heartbeats.push_back(record != nullptr ? renew(*record, beat, batch.now, batch.lease)
                                                  : jobs::HeartbeatResult::lease_lost);
  }
  if (batch.recover) {
    for (const JobId& id : shelf.leases_over()) lose_lease_of_job(shelf, id, batch.now, changed);
  }
  answer.changed = records_of(shelf, changed);
  if (const auto& claim = batch.claim; claim && claim->most > 0 && !shelf.paused()) {
    shelf.wake();
    answer.claimed = shelf.claim(claim->worker, claim->most, claim->lease);
  }
}

/// What `change` does to one dead letter, or to all.
template <class Change>
Result<std::uint64_t> change_dead_letters(SqliteJobShelf& shelf, const std::optional<JobId>& id,
                                          Change change) {
  const std::vector<JobId> letters = id ? std::vector{*id} : shelf.dead_letters();
  for (const JobId& letter : letters) {
    JobRecord* record = shelf.edit(letter);
    if (record == nullptr) return jobs::no_job(letter);
    if (Status done = change(*record); !done) return std::move(done).error();
  }
  return std::uint64_t{letters.size()};
}

}  // namespace

struct SqliteJobStore::State {
  std::mutex writing;
  std::unique_ptr<SqliteJobShelf> shelf;
  std::mutex reading;
  std::unique_ptr<SqliteJobReads> reads;

  /// One transaction: all of `work`, or nothing when it gives an error.
  template <class Work>
  auto change(time::Timestamp now, Work work) -> decltype(work(*shelf)) {
    return without_exceptions([&]() -> decltype(work(*shelf)) {
      const std::lock_guard lock{writing};
      if (auto begun = shelf->begin(now); !begun) return std::move(begun).error();
      auto answer = work(*shelf);
      if (!answer) {
        // What the work missed may have been refused by the database.
        auto refusal = shelf->refusal();
        shelf->abandon();
        if (refusal) return std::move(*refusal);
        return answer;
      }
      if (auto done = shelf->commit(); !done) return std::move(done).error();
      return answer;
    });
  }

  template <class Question>
  auto ask(Question question) -> decltype(question(*reads)) {
    return without_exceptions([&] {
      const std::lock_guard lock{reading};
      return question(*reads);
    });
  }
};

SqliteJobStore::SqliteJobStore(std::unique_ptr<State> state) : state_(std::move(state)) {}

SqliteJobStore::~SqliteJobStore() = default;

Result<std::unique_ptr<SqliteJobStore>> SqliteJobStore::open(const std::filesystem::path& path) {
  return open(path, nullptr);
}

Result<std::unique_ptr<SqliteJobStore>> SqliteJobStore::open(const std::filesystem::path& path,
                                                             std::shared_ptr<disk::Disk> disk,
                                                             DiskVfsSources sources) {
  return open(path, std::make_shared<DiskVfs>(std::move(disk), std::move(sources)));
}

Result<std::unique_ptr<SqliteJobStore>> SqliteJobStore::open(const std::filesystem::path& path,
                                                             std::shared_ptr<DiskVfs> vfs) {
  return without_exceptions([&]() -> Result<std::unique_ptr<SqliteJobStore>> {
    auto writing = Connection::open(path, vfs);
    if (!writing) return std::move(writing).error();
    if (auto migrated = migrate_jobs(*writing); !migrated) return std::move(migrated).error();
    if (auto set = writing->execute(writing_pragmas); !set) return std::move(set).error();
    auto reading = Connection::open(path, vfs);
    if (!reading) return std::move(reading).error();
    if (auto set = reading->execute(reading_pragmas); !set) return std::move(set).error();
    auto shelf = SqliteJobShelf::open(std::move(*writing));
    if (!shelf) return std::move(shelf).error();
    auto reads = SqliteJobReads::open(std::move(*reading));
    if (!reads) return std::move(reads).error();
    auto state = std::make_unique<State>();
    state->shelf = std::move(*shelf);
    state->reads = std::move(*reads);
    return std::unique_ptr<SqliteJobStore>{new SqliteJobStore{std::move(state)}};
  });
}

Result<ports::JobBatchResult> SqliteJobStore::transact(const ports::JobBatch& batch) {
  return state_->change(batch.now, [&](SqliteJobShelf& shelf) -> Result<ports::JobBatchResult> {
    ports::JobBatchResult answer;
    apply(shelf, batch, answer);
    return answer;
  });
}

Result<JobRecord> SqliteJobStore::find(const JobId& id) {
  return state_->ask([&](SqliteJobReads& reads) { return reads.find(id); });
}

Result<ports::JobPage> SqliteJobStore::list(const ports::JobFilter& filter, std::uint64_t offset,
                                            std::uint64_t limit) {
  return state_->ask([&](SqliteJobReads& reads) { return reads.list(filter, offset, limit); });
}

Result<ports::JobCounts> SqliteJobStore::counts() {
  return state_->ask([](SqliteJobReads& reads) { return reads.counts(); });
}

Result<std::vector<std::string>> SqliteJobStore::part_outputs(const JobId& whole) {
  return state_->ask([&](SqliteJobReads& reads) { return reads.part_outputs(whole); });
}

Result<std::vector<JobRecord>> SqliteJobStore::cancel(const JobId& id, time::Timestamp now) {
  return state_->change(now, [&](SqliteJobShelf& shelf) -> Result<std::vector<JobRecord>> {
    jobs::ChangedJobs changed;
    if (auto done = cancel_job(shelf, id, now, changed); !done) return std::move(done).error();
    return records_of(shelf, changed);
  });
}

Result<std::vector<JobRecord>> SqliteJobStore::retry(const JobId& id, time::Timestamp now) {
  return state_->change(now, [&](SqliteJobShelf& shelf) -> Result<std::vector<JobRecord>> {
    JobRecord* record = shelf.edit(id);
    if (record == nullptr) return jobs::no_job(id);
    if (auto done = jobs::retry(*record, now); !done) return std::move(done).error();
    return std::vector{*record};
  });
}

Result<std::uint64_t> SqliteJobStore::requeue_dead_letters(const std::optional<JobId>& id,
                                                           time::Timestamp now) {
  return state_->change(now, [&](SqliteJobShelf& shelf) {
    return change_dead_letters(shelf, id, [now](JobRecord& letter) {
      // A cancelled job may be retried, but is no dead letter.
      if (auto is_one = jobs::drop(letter); !is_one) return is_one;
      return jobs::retry(letter, now);
    });
  });
}

Result<std::uint64_t> SqliteJobStore::drop_dead_letters(const std::optional<JobId>& id) {
  return state_->change({}, [&](SqliteJobShelf& shelf) {
    return change_dead_letters(shelf, id, [](JobRecord& letter) { return jobs::drop(letter); });
  });
}

Status SqliteJobStore::set_paused(bool paused) {
  return state_->change({}, [paused](SqliteJobShelf& shelf) {
    shelf.set_paused(paused);
    return result::success();
  });
}

Result<std::vector<JobRecord>> SqliteJobStore::release(const std::string& worker,
                                                       time::Timestamp now) {
  return state_->change(now, [&](SqliteJobShelf& shelf) -> Result<std::vector<JobRecord>> {
    jobs::ChangedJobs changed;
    for (const JobId& id : shelf.leases_of(worker)) lose_lease_of_job(shelf, id, now, changed);
    return records_of(shelf, changed);
  });
}

Result<std::uint64_t> SqliteJobStore::clean_up(time::Timestamp finished_before,
                                               std::uint64_t most) {
  return state_->change({}, [&](SqliteJobShelf& shelf) -> Result<std::uint64_t> {
    return shelf.erase_finished(finished_before, most);
  });
}

}  // namespace hts::sqlite
