#include "adapters/sqlite/sqlite_job_reads.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "adapters/sqlite/sqlite_job_row.hpp"
#include "engine/jobs/job_steps.hpp"

namespace hts::sqlite {
namespace {

using jobs::JobId;
using jobs::JobRecord;
using jobs::JobState;
using ports::JobCounts;
using ports::JobFilter;
using ports::JobPage;
using result::Result;
using result::Status;

constexpr std::array ended_places = {place::held,   place::waiting,     place::completed,
                                     place::failed, place::dead_letter, place::cancelled};

/// Empty: every.
std::vector<std::int64_t> places_of(const JobFilter& filter) {
  std::vector<std::int64_t> places;
  if (!filter.state && !filter.is_dead_letter) return places;
  const auto add = [&](std::int64_t place) {
    if (filter.state && place::state_of(place) != *filter.state) return;
    if (filter.is_dead_letter && (place == place::dead_letter) != *filter.is_dead_letter) return;
    places.push_back(place);
  };
  for (std::int64_t place = 0; place <= place::last_queued; ++place) add(place);
  for (const std::int64_t place : ended_places) add(place);
  // No such jobs: a place that none has.
  if (places.empty()) places.push_back(-1);
  return places;
}

/// The job's part of every condition; ?1 is the kind, ?2 the whole.
std::string other_conditions(const JobFilter& filter) {
  return std::string{filter.parts_of ? "whole = ?2" : "whole IS NULL"} +
         (filter.kind.empty() ? "" : " AND kind = ?1");
}

std::string list_of(const std::vector<std::int64_t>& places) {
  std::string text;
  for (const std::int64_t place : places) {
    if (!text.empty()) text += ", ";
    text += std::to_string(place);
  }
  return text;
}

/// Sequences, newest first; ?3 is the number of rows, ?4 of those before. One place is read from
/// its index in order; several are merged, each up to the last row that could be wanted.
std::string page_sql(const JobFilter& filter, const std::vector<std::int64_t>& places) {
  const std::string conditions = other_conditions(filter);
  std::string sequences;
  if (filter.parts_of || places.empty()) {
    sequences = "SELECT sequence FROM jobs WHERE " + conditions +
                (places.empty() ? "" : " AND place IN (" + list_of(places) + ")");
  } else {
    for (const std::int64_t place : places) {
      if (!sequences.empty()) sequences += " UNION ALL ";
      sequences +=
          "SELECT sequence FROM (SELECT sequence FROM jobs WHERE place = " + std::to_string(place) +
          " AND " + conditions + " ORDER BY sequence DESC LIMIT ?3 + ?4)";
    }
  }
  return sequences + " ORDER BY sequence DESC LIMIT ?3 OFFSET ?4";
}

void bind_filter(Statement& statement, const JobFilter& filter) {
  if (!filter.kind.empty()) statement.bind(1, filter.kind);
  if (filter.parts_of) bind_id(statement, 2, *filter.parts_of);
}

std::int64_t bounded(std::uint64_t number) {
  constexpr std::uint64_t most = 1ULL << 40U;
  return static_cast<std::int64_t>(std::min(number, most));
}

void add_count(JobCounts& counts, std::int64_t place, std::uint64_t jobs) {
  switch (place::state_of(place)) {
    case JobState::queued:
      counts.queued += jobs;
      counts.queued_by_priority.at(
          static_cast<std::size_t>(jobs::highest_priority - place % place::delay)) += jobs;
      break;
    case JobState::running:
      counts.running += jobs;
      break;
    case JobState::completed:
      counts.completed += jobs;
      break;
    case JobState::failed:
      counts.failed += jobs;
      break;
    case JobState::cancelled:
      counts.cancelled += jobs;
      break;
  }
  if (place == place::dead_letter) counts.dead_letters += jobs;
}

}  // namespace

Result<std::unique_ptr<SqliteJobReads>> SqliteJobReads::open(Connection connection) {
  std::unique_ptr<SqliteJobReads> reads{new SqliteJobReads{std::move(connection)}};
  if (auto prepared = reads->prepare(); !prepared) return std::move(prepared).error();
  return reads;
}

Status SqliteJobReads::prepare() {
  const std::vector<std::pair<Statement*, std::string>> statements = {
      {&select_, "SELECT " + job_columns("jobs.") +
                     ", request, output FROM jobs LEFT JOIN job_requests USING (sequence) "
                     "LEFT JOIN job_outputs USING (sequence) WHERE id = ?"},
      {&select_counts_, "SELECT place, jobs FROM job_counts"},
      {&select_first_,
       "SELECT sequence, created_at FROM jobs WHERE place = ? ORDER BY sequence LIMIT 1"},
      {&select_next_,
       "SELECT available_at FROM jobs INDEXED BY jobs_by_due_time "
       "WHERE place BETWEEN 10 AND 19 ORDER BY available_at LIMIT 1"},
      {&select_paused_, "SELECT is_paused FROM job_queue"},
      {&select_output_, "SELECT output FROM jobs JOIN job_outputs USING (sequence) WHERE id = ?"},
  };
  for (const auto& [statement, sql] : statements) {
    auto prepared = connection_.prepare(sql);
    if (!prepared) return std::move(prepared).error();
    *statement = std::move(*prepared);
  }
  return result::success();
}

Result<JobRecord> SqliteJobReads::find(const JobId& id) {
  bind_id(select_, 1, id);
  auto row = select_.step(connection_);
  if (!row) return std::move(row).error();
  if (!*row) return jobs::no_job(id);
  JobRecord record = read_job_row(select_);
  record.job.request = select_.bytes(first_column_after_job);
  record.output = select_.bytes(first_column_after_job + 1);
  select_.reset();
  return record;
}

Result<JobPage> SqliteJobReads::list(const JobFilter& filter, std::uint64_t offset,
                                     std::uint64_t limit) {
  auto transaction = Transaction::begin(connection_, Transaction::Kind::read);
  if (!transaction) return std::move(transaction).error();
  auto total = count_matching(filter);
  if (!total) return std::move(total).error();
  JobPage page;
  page.total = *total;
  auto select =
      connection_.prepare("SELECT " + job_columns() + " FROM jobs WHERE sequence IN (" +
                          page_sql(filter, places_of(filter)) + ") ORDER BY sequence DESC");
  if (!select) return std::move(select).error();
  bind_filter(*select, filter);
  select->bind(3, bounded(limit)).bind(4, bounded(offset));
  while (true) {
    auto row = select->step(connection_);
    if (!row) return std::move(row).error();
    if (!*row) return page;
    page.jobs.push_back(read_job_row(*select));
  }
}

Result<std::uint64_t> SqliteJobReads::count_matching(const JobFilter& filter) {
  const auto places = places_of(filter);
  const std::string in_places = places.empty() ? "" : " AND place IN (" + list_of(places) + ")";
  auto select = connection_.prepare(
      filter.parts_of ? "SELECT count(*) FROM jobs WHERE " + other_conditions(filter) + in_places
                      : "SELECT coalesce(sum(jobs), 0) FROM job_counts WHERE is_part = 0" +
                            in_places + (filter.kind.empty() ? "" : " AND kind = ?1"));
  if (!select) return std::move(select).error();
  bind_filter(*select, filter);
  auto row = select->step(connection_);
  if (!row) return std::move(row).error();
  return static_cast<std::uint64_t>(select->integer(0));
}

Result<JobCounts> SqliteJobReads::counts() {
  auto transaction = Transaction::begin(connection_, Transaction::Kind::read);
  if (!transaction) return std::move(transaction).error();
  JobCounts counts;
  counts.queued_by_priority.resize(jobs::highest_priority + 1);
  std::array<bool, place::last_queued + 1> is_used{};
  while (true) {
    auto row = select_counts_.step(connection_);
    if (!row) return std::move(row).error();
    if (!*row) break;
    const std::int64_t place = select_counts_.integer(0);
    const auto jobs = static_cast<std::uint64_t>(select_counts_.integer(1));
    add_count(counts, place, jobs);
    if (place >= 0 && place <= place::last_queued && jobs > 0) {
      is_used.at(static_cast<std::size_t>(place)) = true;
    }
  }
  std::int64_t first = 0;
  for (std::size_t place = 0; place < is_used.size(); ++place) {
    if (!is_used.at(place)) continue;
    select_first_.bind(1, static_cast<std::int64_t>(place));
    auto row = select_first_.step(connection_);
    if (!row) return std::move(row).error();
    if (!*row) continue;
    if (!counts.oldest_queued_at || select_first_.integer(0) < first) {
      first = select_first_.integer(0);
      counts.oldest_queued_at = to_time(select_first_.integer(1));
    }
    select_first_.reset();
  }
  auto next = select_next_.step(connection_);
  if (!next) return std::move(next).error();
  if (*next) counts.next_available_at = to_time(select_next_.integer(0));
  select_next_.reset();
  auto paused = select_paused_.step(connection_);
  if (!paused) return std::move(paused).error();
  counts.paused = *paused && select_paused_.integer(0) != 0;
  select_paused_.reset();
  return counts;
}

Result<std::vector<std::string>> SqliteJobReads::part_outputs(const JobId& whole) {
  auto transaction = Transaction::begin(connection_, Transaction::Kind::read);
  if (!transaction) return std::move(transaction).error();
  auto record = find(whole);
  if (!record) return std::move(record).error();
  std::vector<std::string> outputs;
  for (std::uint32_t number = 0; number < record->parts; ++number) {
    bind_id(select_output_, 1, JobId::part_of(whole, number));
    auto row = select_output_.step(connection_);
    if (!row) return std::move(row).error();
    outputs.emplace_back(*row ? select_output_.bytes(0) : std::string_view{});
    select_output_.reset();
  }
  return outputs;
}

}  // namespace hts::sqlite
