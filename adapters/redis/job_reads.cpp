#include "adapters/redis/job_reads.hpp"

#include <algorithm>
#include <utility>

#include "adapters/redis/job_shelf.hpp"
#include "adapters/redis/keys.hpp"
#include "adapters/redis/record_codec.hpp"
#include "adapters/redis/scripts.hpp"

namespace hts::redis {
namespace {

using jobs::JobState;

std::vector<jobs::JobId> ids_of(ReplyView reply) {
  std::vector<jobs::JobId> ids;
  for (std::size_t i = 0; i < reply.size(); ++i) {
    if (auto id = jobs::JobId::parse(reply[i].text())) ids.push_back(*id);
  }
  return ids;
}

result::Result<std::vector<jobs::JobRecord>> read_records(Link& link, const std::string& prefix,
                                                          const std::vector<jobs::JobId>& ids) {
  std::vector<jobs::JobRecord> records;
  if (ids.empty()) return records;
  Pipeline pipeline;
  for (const jobs::JobId& id : ids) add_read(pipeline, prefix, id);
  auto replies = run_all(link, pipeline);
  if (!replies) return replies.error();
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (auto read = read_versioned(ids[i], (*replies)[i].view())) {
      records.push_back(std::move(read->record));
    }
  }
  return records;
}

/// The S of the indexes `index:K:S` that hold what the filter takes.
std::vector<std::string_view> wanted_states(const ports::JobFilter& filter) {
  std::vector<std::string_view> states;
  for (const JobState state : {JobState::queued, JobState::running, JobState::completed,
                               JobState::failed, JobState::cancelled}) {
    if (filter.state && *filter.state != state) continue;
    for (const bool is_dead_letter : {false, true}) {
      if (is_dead_letter && state != JobState::failed) continue;
      if (filter.is_dead_letter && *filter.is_dead_letter != is_dead_letter) continue;
      states.push_back(index_state(state, is_dead_letter));
    }
  }
  return states;
}

result::Result<std::vector<std::string>> read_kinds(Link& link, const std::string& prefix) {
  Pipeline pipeline;
  pipeline.add({"SMEMBERS", prefix + "kinds"});
  auto replies = run_all(link, pipeline);
  if (!replies) return replies.error();
  std::vector<std::string> kinds;
  const ReplyView reply = replies->front().view();
  for (std::size_t i = 0; i < reply.size(); ++i) {
    if (!reply[i].text().starts_with("part/")) kinds.emplace_back(reply[i].text());
  }
  return kinds;
}

result::Result<ports::JobPage> list_parts(Link& link, const std::string& prefix,
                                          const ports::JobFilter& filter, std::uint64_t offset,
                                          std::uint64_t limit) {
  auto ids = read_ids(link, {"ZRANGE", prefix + "parts:" + filter.parts_of->text(), "0", "-1"});
  if (!ids) return ids.error();
  auto parts = read_records(link, prefix, *ids);
  if (!parts) return parts.error();
  std::erase_if(*parts, [&](const jobs::JobRecord& part) {
    return (filter.state && part.state != *filter.state) ||
           (!filter.kind.empty() && part.job.kind != filter.kind) ||
           (filter.is_dead_letter && part.is_dead_letter != *filter.is_dead_letter);
  });
  std::ranges::sort(*parts, std::greater{}, &jobs::JobRecord::sequence);
  ports::JobPage page;
  page.total = parts->size();
  const auto first = static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(offset, parts->size()));
  const auto last = static_cast<std::ptrdiff_t>(
      std::min<std::uint64_t>(parts->size(), static_cast<std::uint64_t>(first) + limit));
  page.jobs.assign(std::make_move_iterator(parts->begin() + first),
                   std::make_move_iterator(parts->begin() + last));
  return page;
}

}  // namespace

result::Result<std::vector<Reply>> run_all(Link& link, const Pipeline& pipeline) {
  auto replies = link.run(pipeline);
  if (!replies) return replies;
  for (const Reply& reply : *replies) {
    if (reply.view().is_error()) {
      return refused_by_server(link.address().text(), reply.view().text());
    }
  }
  return replies;
}

result::Result<std::vector<jobs::JobId>> read_ids(Link& link,
                                                  std::initializer_list<std::string_view> command) {
  Pipeline pipeline;
  pipeline.add(command);
  auto replies = run_all(link, pipeline);
  if (!replies) return replies.error();
  return ids_of(replies->front().view());
}

result::Result<std::vector<jobs::JobId>> read_dead_letters(Link& link, const std::string& prefix) {
  auto kinds = read_kinds(link, prefix);
  if (!kinds) return kinds.error();
  std::vector<jobs::JobId> ids;
  for (const std::string& kind : *kinds) {
    auto of_kind = read_ids(link, {"ZRANGE", prefix + "index:" + kind + ":d", "0", "-1"});
    if (!of_kind) return of_kind.error();
    ids.insert(ids.end(), of_kind->begin(), of_kind->end());
  }
  return ids;
}

result::Result<jobs::JobRecord> find_job(Link& link, const std::string& prefix,
                                         const jobs::JobId& id) {
  Pipeline pipeline;
  pipeline.add({"HMGET", prefix + "job:" + id.text(), "r", "c", "s", "v", "q", "o"});
  auto replies = run_all(link, pipeline);
  if (!replies) return replies.error();
  const ReplyView reply = replies->front().view();
  auto read = read_versioned(id, reply);
  if (!read) return jobs::no_job(id);
  read->record.job.request = reply[4].text();
  if (read->record.state == JobState::completed) read->record.output = reply[5].text();
  return std::move(read->record);
}

result::Result<ports::JobPage> list_jobs(Link& link, const std::string& prefix,
                                         const ports::JobFilter& filter, std::uint64_t offset,
                                         std::uint64_t limit) {
  if (filter.parts_of) return list_parts(link, prefix, filter, offset, limit);
  std::vector<std::string> kinds{filter.kind};
  if (filter.kind.empty()) {
    auto all = read_kinds(link, prefix);
    if (!all) return all.error();
    kinds = std::move(*all);
  }
  Pipeline pipeline;
  begin_script(pipeline, page_script(), prefix);
  pipeline.argument(offset);
  pipeline.argument(limit);
  for (const std::string& kind : kinds) {
    for (const std::string_view state : wanted_states(filter)) {
      pipeline.argument("index:" + kind + ":" + std::string(state));
    }
  }
  pipeline.end();
  auto replies = run_all(link, pipeline);
  if (!replies) return replies.error();
  const ReplyView reply = replies->front().view();
  auto records = read_records(link, prefix, ids_of(reply[1]));
  if (!records) return records.error();
  return ports::JobPage{std::move(*records), static_cast<std::uint64_t>(reply[0].integer())};
}

result::Result<ports::JobCounts> count_jobs(Link& link, const std::string& prefix) {
  Pipeline pipeline;
  begin_script(pipeline, counts_script(), prefix);
  pipeline.end();
  auto replies = run_all(link, pipeline);
  if (!replies) return replies.error();
  const ReplyView reply = replies->front().view();
  const auto count = [&](std::size_t index) {
    return static_cast<std::uint64_t>(reply[0][index].integer());
  };
  ports::JobCounts counts;
  counts.queued = count(0);
  counts.running = count(1);
  counts.completed = count(2);
  counts.failed = count(3) + count(5);
  counts.cancelled = count(4);
  counts.dead_letters = count(5);
  for (std::size_t priority = 0; priority < reply[1].size(); ++priority) {
    counts.queued_by_priority.push_back(static_cast<std::uint64_t>(reply[1][priority].integer()));
  }
  counts.paused = reply[2].integer() == 1;
  if (const auto oldest = decode_record({}, reply[3].text(), {})) {
    counts.oldest_queued_at = oldest->job.created_at;
  }
  if (const auto next = decode_record({}, reply[4].text(), {})) {
    counts.next_available_at = next->available_at;
  }
  return counts;
}

result::Result<std::vector<std::string>> outputs_of_parts(Link& link, const std::string& prefix,
                                                          const jobs::JobId& whole) {
  auto record = find_job(link, prefix, whole);
  if (!record) return record.error();
  Pipeline pipeline;
  for (std::uint32_t number = 0; number < record->parts; ++number) {
    pipeline.add({"HGET", prefix + "job:" + jobs::JobId::part_of(whole, number).text(), "o"});
  }
  std::vector<std::string> outputs;
  if (pipeline.empty()) return outputs;
  auto replies = run_all(link, pipeline);
  if (!replies) return replies.error();
  for (const Reply& reply : *replies) outputs.emplace_back(reply.view().text());
  return outputs;
}

}  // namespace hts::redis
