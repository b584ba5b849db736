#include "adapters/redis/job_shelf.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <utility>

#include "adapters/redis/keys.hpp"
#include "adapters/redis/record_codec.hpp"

namespace hts::redis {
namespace {

/// Whose index it stands in, or empty when it is not there.
std::string_view state_of(const std::optional<jobs::JobRecord>& record) {
  return record ? index_state(record->state, record->is_dead_letter) : std::string_view{};
}

std::optional<time::Timestamp> may_go_from(const std::optional<jobs::JobRecord>& record) {
  if (!record || record->is_dead_letter || !record->whole.empty()) return std::nullopt;
  return record->finished_at;
}

/// What the script has to do with an index by time: nothing, remove, or set.
std::string time_change(const std::optional<time::Timestamp>& before,
                        const std::optional<time::Timestamp>& after) {
  if (before == after) return {};
  return after ? std::to_string(microseconds_of(*after)) : "-";
}

std::optional<time::Timestamp> lease_end(const std::optional<jobs::JobRecord>& record) {
  if (!record || !record->lease) return std::nullopt;
  return record->lease->until;
}

/// Its worker is gone or cut off, and it waits for another one to take it over.
bool lost_its_lease(const std::optional<jobs::JobRecord>& before,
                    const std::optional<jobs::JobRecord>& after) {
  return before && before->lease && after && after->state == jobs::JobState::queued &&
         after->lease_losses > before->lease_losses;
}

/// What the script has to do with the lease, and with the entry in a stream that goes with it.
std::string lease_change(const std::optional<jobs::JobRecord>& before,
                         const std::optional<jobs::JobRecord>& after) {
  if (lost_its_lease(before, after)) return "lost";
  return time_change(lease_end(before), lease_end(after));
}

/// A job that came back to the queue to wait; one that is new waits for nothing.
bool is_delayed(const jobs::JobRecord& record, time::Timestamp now) {
  return record.state == jobs::JobState::queued && record.claims > 0 && record.available_at > now;
}

bool is_seen_changed(const std::optional<jobs::JobRecord>& before, const jobs::JobRecord& after) {
  return !before || before->state != after.state || before->progress != after.progress ||
         before->is_dead_letter != after.is_dead_letter;
}

}  // namespace

std::int64_t microseconds_of(time::Timestamp at) {
  return std::chrono::floor<std::chrono::microseconds>(at).time_since_epoch().count();
}

void add_read(Pipeline& pipeline, const std::string& prefix, const jobs::JobId& id) {
  pipeline.add({"HMGET", prefix + "job:" + id.text(), "r", "c", "s", "v"});
}

std::optional<VersionedRecord> read_versioned(const jobs::JobId& id, ReplyView reply) {
  if (reply[0].is_nil()) return std::nullopt;
  auto record = decode_record(id, reply[0].text(), reply[1].text());
  if (!record) return std::nullopt;
  record->sequence = static_cast<std::uint64_t>(reply[2].integer());
  return VersionedRecord{std::move(*record), std::string(reply[3].text())};
}

void RedisShelf::put(const jobs::JobId& id, std::optional<VersionedRecord> record,
                     bool is_assumed) {
  auto held = std::make_unique<Held>();
  held->is_assumed = is_assumed;
  if (record) {
    held->record = std::move(record->record);
    held->version = std::move(record->version);
  }
  held_.insert_or_assign(id, std::move(held));
}

result::Status RedisShelf::read(std::span<const jobs::JobId> ids) {
  Pipeline pipeline;
  std::vector<jobs::JobId> missing;
  for (const jobs::JobId& id : ids) {
    if (holds(id)) continue;
    put(id, std::nullopt, false);
    missing.push_back(id);
    add_read(pipeline, prefix_, id);
  }
  if (missing.empty()) return result::success();
  auto replies = link_.run(pipeline);
  for (std::size_t i = 0; i < missing.size(); ++i) {
    const bool is_read = replies && !(*replies)[i].view().is_error();
    if (!is_read) {
      for (const jobs::JobId& id : missing) forget(id);
      if (!replies) return replies.error();
      return refused_by_server(link_.address().text(), (*replies)[i].view().text());
    }
    put(missing[i], read_versioned(missing[i], (*replies)[i].view()), false);
  }
  return result::success();
}

const jobs::JobRecord* RedisShelf::find(const jobs::JobId& id) const {
  const auto found = held_.find(id);
  return found != held_.end() && found->second->record ? &*found->second->record : nullptr;
}

std::string RedisShelf::version(const jobs::JobId& id) const {
  const auto found = held_.find(id);
  return found != held_.end() ? found->second->version : std::string();
}

bool RedisShelf::is_assumed(const jobs::JobId& id) const {
  const auto found = held_.find(id);
  return found != held_.end() && found->second->is_assumed;
}

void RedisShelf::begin_step() {
  touched_.clear();
  made_records_ = false;
}

void RedisShelf::touch(const jobs::JobId& id, Held& held) {
  if (held.is_touched) return;
  held.is_touched = true;
  held.before = held.record;
  touched_.push_back(id);
}

/// The second part of a whole that a step asks for is not the last.
void RedisShelf::read_with_siblings(const jobs::JobId& id) {
  std::vector<jobs::JobId> ids{id};
  for (const jobs::JobId& other : touched_) {
    const jobs::JobRecord* record = find(other);
    if (record == nullptr) continue;
    for (std::uint32_t number = 0; number < record->parts; ++number) {
      ids.push_back(jobs::JobId::part_of(other, number));
    }
  }
  if (auto read_now = read(ids); !read_now) failure_ = read_now.error();
}

jobs::JobRecord* RedisShelf::edit(const jobs::JobId& id) {
  if (!holds(id)) read_with_siblings(id);
  const auto found = held_.find(id);
  if (found == held_.end() || !found->second->record) return nullptr;
  touch(id, *found->second);
  return &*found->second->record;
}

jobs::JobRecord& RedisShelf::add(jobs::JobRecord record) {
  const jobs::JobId id = record.job.id;
  if (!holds(id)) put(id, std::nullopt, false);
  Held& held = *held_.at(id);
  touch(id, held);
  made_records_ = true;
  held.record = std::move(record);
  return *held.record;
}

void RedisShelf::remove(const jobs::JobId& id) {
  if (edit(id) != nullptr) held_.at(id)->record.reset();
}

bool RedisShelf::end_step(const std::string& version, std::vector<std::string>& out) {
  std::vector<std::string> changes;
  std::size_t count = 0;
  for (const jobs::JobId& id : touched_) {
    Held& held = *held_.at(id);
    held.is_touched = false;
    if (held.record == held.before) continue;
    ++count;
    append_change(id, held, changes);
    held.version = held.record ? version : std::string();
    held.before.reset();
    if (held.record) {
      held.record->job.request.clear();
      held.record->output.clear();
    }
  }
  if (count == 0) return false;
  out.push_back(std::to_string(count));
  out.push_back(version);
  std::ranges::move(changes, std::back_inserter(out));
  return true;
}

void RedisShelf::append_change(const jobs::JobId& id, const Held& held,
                               std::vector<std::string>& out) const {
  const jobs::JobRecord& any = held.record ? *held.record : *held.before;
  out.push_back(id.text());
  out.push_back(held.version.empty() ? "0" : held.version);
  out.push_back(held.record ? encode_record(*held.record) : std::string());
  out.push_back(index_kind(any.job.kind, !any.whole.empty()));
  out.emplace_back(state_of(held.before));
  out.emplace_back(state_of(held.record));
  out.push_back(std::to_string(any.sequence));
  out.push_back(queue_number(any.job.priority));
  out.push_back(lease_change(held.before, held.record));
  out.push_back(held.record && is_delayed(*held.record, now_)
                    ? std::to_string(microseconds_of(held.record->available_at))
                    : std::string());
  out.push_back(time_change(may_go_from(held.before), may_go_from(held.record)));

  std::string flags;
  std::vector<std::string> more;
  if (!held.record) {
    if (!any.job.idempotency_key.empty()) {
      flags += 'k';
      more.push_back(any.job.idempotency_key);
    }
  } else {
    const bool asks_to_stop =
        any.cancel_requested && (!held.before || !held.before->cancel_requested);
    if (asks_to_stop) flags += 'x';
    if (is_seen_changed(held.before, any)) flags += 'c';
    if (!any.output.empty()) {
      flags += 'o';
      more.push_back(any.output);
    }
    if (!any.job.request.empty()) {
      flags += 'q';
      more.push_back(any.job.request);
    }
    if (!held.before && !any.whole.empty()) {
      flags += 'p';
      more.push_back(any.whole.text());
      more.push_back(std::to_string(any.part_number));
    }
  }
  out.push_back(std::to_string(more.size()) + flags);
  std::ranges::move(more, std::back_inserter(out));
}

}  // namespace hts::redis
