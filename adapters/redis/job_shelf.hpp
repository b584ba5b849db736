#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "adapters/redis/link.hpp"
#include "adapters/redis/pipeline.hpp"
#include "adapters/redis/reply.hpp"
#include "engine/jobs/job_steps.hpp"

namespace hts::redis {

struct JobIdHash {
  [[nodiscard]] std::size_t operator()(const jobs::JobId& id) const noexcept {
    return static_cast<std::size_t>(id.low() ^ (id.high() * 0x9e3779b97f4a7c15U));
  }
};

/// A record and the name of its last change: never the same twice. Without request and output,
/// which have keys of their own and are written only when a step sets them.
struct VersionedRecord {
  jobs::JobRecord record;
  std::string version;
};

/// Fields of a job's hash as HMGET r c s v gives them. Nothing when the job is not there; a record
/// that cannot be read counts as not there.
[[nodiscard]] std::optional<VersionedRecord> read_versioned(const jobs::JobId& id, ReplyView reply);
void add_read(Pipeline& pipeline, const std::string& prefix, const jobs::JobId& id);

/// The records that steps read and change before the changes are written: each step's changes are
/// an item of the change script, written only if the records still have the versions that were
/// read. Records that nobody asked for in advance are read one by one, but the parts of one whole
/// together. One thread.
class RedisShelf final : public jobs::JobShelf {
 public:
  RedisShelf(Link& link, std::string prefix, time::Timestamp now)
      : link_(link), prefix_(std::move(prefix)), now_(now) {}

  // --- what is known ---
  [[nodiscard]] bool holds(const jobs::JobId& id) const { return held_.contains(id); }
  /// `is_assumed`: not read now; may be out of date.
  void put(const jobs::JobId& id, std::optional<VersionedRecord> record, bool is_assumed);
  /// Reads those that it does not hold, in one piece.
  [[nodiscard]] result::Status read(std::span<const jobs::JobId> ids);
  [[nodiscard]] const jobs::JobRecord* find(const jobs::JobId& id) const;
  [[nodiscard]] std::string version(const jobs::JobId& id) const;
  [[nodiscard]] bool is_assumed(const jobs::JobId& id) const;
  void forget(const jobs::JobId& id) { held_.erase(id); }

  // --- one step ---
  void begin_step();
  [[nodiscard]] jobs::JobRecord* edit(const jobs::JobId& id) override;
  jobs::JobRecord& add(jobs::JobRecord record) override;
  /// The server gives it when the part is written.
  [[nodiscard]] std::uint64_t next_sequence() override { return 0; }
  /// Instead of a change: the record goes.
  void remove(const jobs::JobId& id);
  /// Appends the step's item to `out`; false when it changed nothing. From here on the records
  /// count as written, with this version.
  [[nodiscard]] bool end_step(const std::string& version, std::vector<std::string>& out);
  /// The step that ended last made records, whose sequence is known only after they are written.
  [[nodiscard]] bool made_records() const noexcept { return made_records_; }
  /// Of the step that ended last.
  [[nodiscard]] const std::vector<jobs::JobId>& touched() const noexcept { return touched_; }

  /// An error of the server while a step was reading; the step's outcome then means nothing.
  [[nodiscard]] const std::optional<result::Error>& failure() const noexcept { return failure_; }

 private:
  struct Held {
    std::optional<jobs::JobRecord> record;  ///< nothing: not there
    std::optional<jobs::JobRecord> before;  ///< as it was when the step began
    std::string version;
    bool is_assumed = false;
    bool is_touched = false;
  };

  void touch(const jobs::JobId& id, Held& held);
  void read_with_siblings(const jobs::JobId& id);
  void append_change(const jobs::JobId& id, const Held& held, std::vector<std::string>& out) const;

  Link& link_;
  const std::string prefix_;
  const time::Timestamp now_;
  std::unordered_map<jobs::JobId, std::unique_ptr<Held>, JobIdHash> held_;
  std::vector<jobs::JobId> touched_;
  bool made_records_ = false;
  std::optional<result::Error> failure_;
};

/// Microseconds since 1970, rounded down: how the server's indexes keep times.
[[nodiscard]] std::int64_t microseconds_of(time::Timestamp at);

}  // namespace hts::redis
