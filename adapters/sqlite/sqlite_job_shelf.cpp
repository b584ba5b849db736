#include "adapters/sqlite/sqlite_job_shelf.hpp"

#include <algorithm>
#include <utility>

#include "adapters/sqlite/sqlite_job_row.hpp"

namespace hts::sqlite {

using jobs::JobId;
using jobs::JobRecord;
using jobs::JobState;
using result::Result;
using result::Status;

Result<std::unique_ptr<SqliteJobShelf>> SqliteJobShelf::open(Connection connection) {
  std::unique_ptr<SqliteJobShelf> shelf{new SqliteJobShelf{std::move(connection)}};
  if (auto prepared = shelf->prepare(); !prepared) return std::move(prepared).error();
  return shelf;
}

Status SqliteJobShelf::prepare() {
  const std::string columns = job_columns();
  const std::vector<std::pair<Statement*, std::string>> statements = {
      {&insert_, insert_job_sql()},
      {&insert_request_, "INSERT OR REPLACE INTO job_requests VALUES (?, ?)"},
      {&insert_output_, "INSERT OR REPLACE INTO job_outputs VALUES (?, ?)"},
      {&update_, update_job_sql()},
      {&claim_,
       "UPDATE jobs SET place = 20, started_at = ?2, claims = ?3, worker = ?4, lease_until = ?5, "
       "progress = ?6 WHERE sequence = ?1"},
      {&select_, "SELECT " + columns + " FROM jobs WHERE id = ?"},
      {&select_key_,
       "SELECT id, kind, request FROM jobs JOIN job_requests USING (sequence) "
       "WHERE idempotency_key = ?"},
      {&select_due_, "SELECT " + job_columns("jobs.") +
                         ", request FROM jobs CROSS JOIN job_requests USING (sequence) "
                         "WHERE place <= 9 ORDER BY place, jobs.sequence LIMIT ?"},
      {&select_waking_, "SELECT " + columns +
                            " FROM jobs INDEXED BY jobs_by_due_time "
                            "WHERE place BETWEEN 10 AND 19 AND available_at <= ?"},
      {&wake_, "UPDATE jobs SET place = ?2 WHERE sequence = ?1"},
      {&select_over_,
       "SELECT id FROM jobs WHERE place = 20 AND lease_until <= ? ORDER BY lease_until, id"},
      {&select_of_worker_,
       "SELECT id FROM jobs WHERE place = 20 AND worker = ? ORDER BY lease_until, id"},
      {&select_dead_letters_, "SELECT id FROM jobs WHERE place = 32 ORDER BY sequence"},
      {&select_finished_,
       "SELECT " + columns +
           " FROM jobs INDEXED BY jobs_by_end WHERE finished_at IS NOT NULL AND place <> 32 AND "
           "whole IS NULL AND finished_at < ? ORDER BY finished_at, id LIMIT ?"},
      {&select_parts_, "SELECT " + columns + " FROM jobs INDEXED BY jobs_by_whole WHERE whole = ?"},
      {&erase_, "DELETE FROM jobs WHERE sequence = ?"},
      {&erase_request_, "DELETE FROM job_requests WHERE sequence = ?"},
      {&erase_output_, "DELETE FROM job_outputs WHERE sequence = ?"},
      {&change_count_,
       "INSERT INTO job_counts VALUES (?, ?, ?, ?) "
       "ON CONFLICT DO UPDATE SET jobs = jobs + excluded.jobs"},
      {&select_queued_,
       "SELECT coalesce(sum(jobs), 0) FROM job_counts WHERE place <= 19 AND is_part = 0"},
      {&select_queue_, "SELECT last_sequence, is_paused FROM job_queue"},
      {&update_queue_, "UPDATE job_queue SET last_sequence = ?, is_paused = ?"},
      {&select_version_, "PRAGMA data_version"},
  };
  for (const auto& [statement, sql] : statements) {
    auto prepared = connection_.prepare(sql);
    if (!prepared) return std::move(prepared).error();
    *statement = std::move(*prepared);
  }
  return result::success();
}

Status SqliteJobShelf::begin(time::Timestamp now) {
  if (transaction_) abandon();
  now_ = now;
  auto transaction = Transaction::begin(connection_, Transaction::Kind::immediate);
  if (!transaction) return std::move(transaction).error();
  transaction_.emplace(std::move(*transaction));
  if (row(select_version_)) {
    if (std::exchange(version_, select_version_.integer(0)) != version_) held_.clear();
    select_version_.reset();
  }
  if (row(select_queue_)) {
    last_sequence_ = stored_sequence_ = static_cast<std::uint64_t>(select_queue_.integer(0));
    paused_ = stored_paused_ = select_queue_.integer(1) != 0;
    select_queue_.reset();
  }
  return result::success();
}

Status SqliteJobShelf::commit() {
  flush();
  write_counts();
  if (!error_ && (last_sequence_ != stored_sequence_ || paused_ != stored_paused_)) {
    update_queue_.bind(1, static_cast<std::int64_t>(last_sequence_))
        .bind(2, std::int64_t{paused_ ? 1 : 0});
    run(update_queue_);
  }
  Status done = error_ ? Status{*error_} : transaction_->commit();
  if (done) {
    transaction_.reset();
    keep_leased();
  } else {
    abandon();
  }
  return done;
}

void SqliteJobShelf::abandon() {
  held_.clear();
  changed_counts_.clear();
  error_.reset();
  transaction_.reset();
}

void SqliteJobShelf::keep_leased() {
  constexpr std::size_t most = 4'096;
  std::erase_if(held_, [](const auto& each) { return each.second.place != place::held; });
  if (held_.size() > most) held_.clear();
}

JobRecord* SqliteJobShelf::edit(const JobId& id) {
  Held* held = hold(id);
  if (held == nullptr) return nullptr;
  held->is_edited = true;
  return &held->record;
}

const JobRecord* SqliteJobShelf::look(const JobId& id) {
  const Held* held = hold(id);
  return held != nullptr ? &held->record : nullptr;
}

SqliteJobShelf::Held* SqliteJobShelf::hold(const JobId& id) {
  if (const auto found = held_.find(id); found != held_.end()) return &found->second;
  if (error_) return nullptr;
  bind_id(select_, 1, id);
  if (!row(select_)) return nullptr;
  auto& held =
      held_.emplace(id, Held{read_job_row(select_), read_place(select_), false}).first->second;
  select_.reset();
  return &held;
}

JobRecord& SqliteJobShelf::add(JobRecord record) {
  const JobId id = record.job.id;
  return held_.insert_or_assign(id, Held{std::move(record)}).first->second.record;
}

bool SqliteJobShelf::insert(jobs::NewJob job) {
  if (error_) return false;
  Held held{jobs::accept(std::move(job), last_sequence_ + 1)};
  write(held);
  if (held.place < 0) return false;
  ++last_sequence_;
  return true;
}

std::optional<SqliteJobShelf::Keyed> SqliteJobShelf::find_key(const jobs::NewJob& job) {
  if (error_) return std::nullopt;
  select_key_.bind(1, job.idempotency_key);
  if (!row(select_key_)) return std::nullopt;
  const Keyed found{read_id(select_key_, 0),
                    select_key_.bytes(1) == job.kind && select_key_.bytes(2) == job.request};
  select_key_.reset();
  return found;
}

std::uint64_t SqliteJobShelf::queued() {
  write_counts();
  if (error_ || !row(select_queued_)) return 0;
  const auto queued = static_cast<std::uint64_t>(select_queued_.integer(0));
  select_queued_.reset();
  return queued;
}

void SqliteJobShelf::wake() {
  flush();
  if (error_) return;
  std::vector<std::pair<JobRecord, std::int64_t>> waking;
  select_waking_.bind(1, to_number(now_));
  while (row(select_waking_)) {
    waking.emplace_back(read_job_row(select_waking_), read_place(select_waking_));
  }
  for (const auto& [record, from] : waking) {
    const std::int64_t to = from - place::delay;
    wake_.bind(1, static_cast<std::int64_t>(record.sequence)).bind(2, to);
    if (run(wake_)) move(record, from, to);
    held_.erase(record.job.id);
  }
}

std::vector<JobRecord> SqliteJobShelf::claim(const std::string& worker, std::uint32_t most,
                                             time::Duration lease) {
  flush();
  std::vector<JobRecord> claimed;
  std::vector<std::string> requests;
  std::vector<std::int64_t> places;
  if (error_) return claimed;
  select_due_.bind(1, std::int64_t{most});
  while (row(select_due_)) {
    claimed.push_back(read_job_row(select_due_));
    requests.emplace_back(select_due_.bytes(first_column_after_job));
    places.push_back(read_place(select_due_));
  }
  for (std::size_t i = 0; i < claimed.size(); ++i) {
    JobRecord& record = claimed[i];
    jobs::claim(record, worker, now_, lease);
    claim_.bind(1, static_cast<std::int64_t>(record.sequence))
        .bind(2, to_number(now_))
        .bind(3, static_cast<std::int64_t>(record.claims))
        .bind_lasting(4, worker)
        .bind(5, to_number(record.lease->until))
        .bind(6, record.progress);
    if (!run(claim_)) break;
    move(record, places[i], place::held);
    held_.insert_or_assign(record.job.id, Held{record, place::held, false});
    record.job.request = std::move(requests[i]);
  }
  return claimed;
}

std::vector<JobId> SqliteJobShelf::leases_over() {
  flush();
  select_over_.bind(1, to_number(now_));
  return ids_of(select_over_);
}

std::vector<JobId> SqliteJobShelf::leases_of(const std::string& worker) {
  flush();
  select_of_worker_.bind(1, worker);
  return ids_of(select_of_worker_);
}

std::vector<JobId> SqliteJobShelf::dead_letters() {
  flush();
  return ids_of(select_dead_letters_);
}

std::uint64_t SqliteJobShelf::erase_finished(time::Timestamp before, std::uint64_t most) {
  flush();
  if (error_) return 0;
  std::vector<std::pair<JobRecord, std::int64_t>> erased;
  constexpr std::uint64_t bound = 1'000'000;
  select_finished_.bind(1, to_number(before))
      .bind(2, static_cast<std::int64_t>(std::min(most, bound)));
  while (row(select_finished_)) {
    erased.emplace_back(read_job_row(select_finished_), read_place(select_finished_));
  }
  const std::uint64_t count = erased.size();
  for (std::size_t i = 0; i < count; ++i) {
    bind_id(select_parts_, 1, erased[i].first.job.id);
    while (row(select_parts_)) {
      erased.emplace_back(read_job_row(select_parts_), read_place(select_parts_));
    }
  }
  for (const auto& [record, from] : erased) {
    erase(record);
    this->count(from, record, -1);
  }
  return count;
}

void SqliteJobShelf::set_paused(bool paused) {
  paused_ = paused;
}

bool SqliteJobShelf::row(Statement& statement) {
  if (error_) return false;
  auto stepped = statement.step(connection_);
  if (stepped) return *stepped;
  error_ = std::move(stepped).error();
  return false;
}

bool SqliteJobShelf::run(Statement& statement) {
  if (error_) return false;
  auto done = statement.run(connection_);
  if (!done) error_ = std::move(done).error();
  return !error_;
}

void SqliteJobShelf::count(std::int64_t place, const JobRecord& record, std::int64_t change) {
  changed_counts_[Sort{place, record.job.kind, !record.whole.empty()}] += change;
}

void SqliteJobShelf::move(const JobRecord& record, std::int64_t from, std::int64_t to) {
  count(from, record, -1);
  count(to, record, 1);
}

void SqliteJobShelf::flush() {
  for (auto& [id, held] : held_) {
    if (held.is_edited) write(held);
  }
}

void SqliteJobShelf::write(Held& held) {
  if (error_) return;
  const JobRecord& record = held.record;
  const auto sequence = static_cast<std::int64_t>(record.sequence);
  const bool is_new = held.place < 0;
  // What was queued and still is has not moved.
  const bool is_delayed = held.place >= 0 && held.place <= place::last_queued
                              ? held.place > place::last_due
                              : !is_new && record.available_at > now_;
  const std::int64_t to = place::of(record, is_delayed);
  Statement& statement = is_new ? insert_ : update_;
  bind_job_row(statement, record, to);
  if (!run(statement) || (is_new && connection_.changes() == 0)) return;
  if (is_new || !record.job.request.empty()) {
    insert_request_.bind(1, sequence).bind_lasting(2, record.job.request);
    run(insert_request_);
  }
  if (!record.output.empty()) {
    insert_output_.bind(1, sequence).bind_lasting(2, record.output);
    run(insert_output_);
  }
  if (!is_new) count(held.place, record, -1);
  count(to, record, 1);
  held.place = to;
  held.is_edited = false;
  held.record.job.request.clear();
  held.record.output.clear();
}

void SqliteJobShelf::write_counts() {
  for (const auto& [sort, change] : changed_counts_) {
    if (error_ || change == 0) continue;
    const auto& [place, kind, is_part] = sort;
    change_count_.bind(1, place)
        .bind(2, kind)
        .bind(3, std::int64_t{is_part ? 1 : 0})
        .bind(4, change);
    run(change_count_);
  }
  changed_counts_.clear();
}

void SqliteJobShelf::erase(const JobRecord& record) {
  const auto sequence = static_cast<std::int64_t>(record.sequence);
  held_.erase(record.job.id);
  for (Statement* statement : {&erase_, &erase_request_, &erase_output_}) {
    statement->bind(1, sequence);
    run(*statement);
  }
}

std::vector<JobId> SqliteJobShelf::ids_of(Statement& select) {
  std::vector<JobId> ids;
  while (row(select)) ids.push_back(read_id(select, 0));
  return ids;
}

}  // namespace hts::sqlite
