#pragma once

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "adapters/disk/disk.hpp"
#include "adapters/journal/format.hpp"
#include "engine/result/result.hpp"
#include "engine/time/timestamp.hpp"

namespace hts::journal {

/// When what was appended is made to outlive a failure of the machine. The death of the process
/// alone loses what was appended in its last millisecond or so (nothing, with `always`).
enum class Fsync {
  always,    ///< before `when_durable` calls back; many appends share one fsync
  interval,  ///< every `fsync_interval`
  none,      ///< when the system gets to it
};

struct WriterOptions {
  std::string folder;  ///< made if missing
  Fsync fsync = Fsync::interval;
  std::chrono::milliseconds fsync_interval{100};
  std::uint64_t segment_bytes = 64U << 20U;
  std::uint64_t keep_bytes = std::uint64_t{1} << 30U;  ///< of all segments; older ones are removed
  std::chrono::hours keep_age{24 * 30};
  /// What may wait for a slow disk; what comes on top is dropped and counted (see Gap).
  std::size_t backlog_bytes = 64U << 20U;
  /// How long after a failed write or fsync it is tried again.
  std::chrono::milliseconds retry_after{1000};
  /// False: every append writes (and with `always` syncs) before it returns, on the caller's
  /// thread: for simulated disks. Nothing is retried by itself then, but by the next append, and
  /// all time is that of `now`, so that what happens does not depend on how fast the machine is.
  bool threaded = true;
  /// UTC, for file names and ages; tests and simulations put theirs here.
  std::function<time::Timestamp()> now = {};
  /// Called when writing begins to fail (with what to do) and when it works again (empty), on the
  /// writer's thread.
  std::function<void(std::string_view problem)> on_health = {};
};

/// How long fsync took: bucket i counts those below 100 µs * 4^i, the last one the rest.
struct FsyncHistogram {
  static constexpr std::size_t buckets = 9;
  [[nodiscard]] static constexpr double upper_bound_seconds(std::size_t bucket) noexcept {
    return 1e-4 * static_cast<double>(std::uint64_t{1} << (2 * bucket));
  }
  std::array<std::uint64_t, buckets> counts{};
  double total_seconds = 0;
};

struct WriterFigures {
  std::uint64_t records = 0;  ///< accepted
  std::uint64_t bytes = 0;    ///< of them, with their frames
  std::uint64_t lost_records = 0;
  std::uint64_t backlog_bytes = 0;  ///< accepted and not yet written
  FsyncHistogram fsync;
  std::string problem;  ///< empty while writing works
};

/// Appends records to the segments of a journal folder.
///
/// 1. `append` never waits for the disk (when threaded): one thread of the writer writes.
/// 2. Records are written in the order appended, each exactly once, or a Gap says how many were
///    dropped because the disk was slower than `backlog_bytes` allow.
/// 3. A write that fails is tried again at the same place until it works; nothing is thrown away
///    but by rule 2. A file whose fsync failed is not trusted any further: the next record goes
///    into a new segment.
/// 4. A new writer begins a new session, with a segment of its own.
/// 5. The segment being written is never removed by retention.
///
/// Thread-safe. The disk outlives it.
class JournalWriter {
 public:
  /// Removes what is out of date, and makes the first segment. `header.session`, `.segment` and
  /// `.records` are filled in. Errors: storage, naming the folder or file.
  [[nodiscard]] static result::Result<std::unique_ptr<JournalWriter>> open(
      std::shared_ptr<disk::Disk> disk, WriterOptions options, SegmentHeader header);
  /// Writes and (unless `none`) syncs what waits; gives up on a disk that refuses it.
  ~JournalWriter();
  JournalWriter(const JournalWriter&) = delete;
  JournalWriter& operator=(const JournalWriter&) = delete;

  /// Takes a record; the number of records so far. Requires a payload of at least a byte; one over
  /// largest_payload is dropped as if the disk were slow.
  std::uint64_t append(std::string_view payload);

  /// Calls back once the first `records` are as safe as the policy promises: at once, but with
  /// `always`, where the writer's thread does after the fsync. While the disk fails it calls back
  /// too: the daemon goes on, and `figures` and `on_health` say that nothing is safe.
  void when_durable(std::uint64_t records, std::function<void()> callback);

  /// Returns when everything appended before is written and, unless `none`, synced. False: the disk
  /// refuses.
  bool drain();

  [[nodiscard]] WriterFigures figures() const;
  [[nodiscard]] const SegmentHeader& header() const noexcept { return header_; }
  [[nodiscard]] Fsync policy() const noexcept { return options_.fsync; }

 private:
  JournalWriter(std::shared_ptr<disk::Disk> disk, WriterOptions options, SegmentHeader header);

  using Clock = std::chrono::steady_clock;

  result::Status begin();
  void run() noexcept;
  /// Of the clock that syncs are counted by.
  [[nodiscard]] Clock::time_point clock_now() const;
  [[nodiscard]] bool sync_is_due() const {
    return clock_now() - last_sync_ >= options_.fsync_interval;
  }
  /// One round of writing, without the lock held. False: the disk refused.
  bool write_out(bool sync) noexcept;
  result::Status write_batch();
  result::Status open_segment();
  result::Status sync_segment();
  void remove_old() noexcept;
  void tell_gap();
  void note(const result::Status& status);
  void release_waiters();

  const std::shared_ptr<disk::Disk> disk_;
  const WriterOptions options_;
  SegmentHeader header_;

  mutable std::mutex mutex_;
  std::condition_variable has_work_;
  std::condition_variable settled_;
  std::string incoming_;        // guarded by mutex_, as all below
  std::uint64_t accepted_ = 0;  // records, gaps and headers apart
  std::uint64_t bytes_ = 0;
  std::uint64_t lost_ = 0;
  std::uint64_t gap_ = 0;  // lost and not yet told in a Gap
  std::size_t batch_bytes_ = 0;
  std::uint64_t safe_ = 0;  // records as safe as the policy promises
  std::deque<std::pair<std::uint64_t, std::function<void()>>> waiters_;
  std::uint64_t drains_asked_ = 0;
  std::uint64_t drains_done_ = 0;
  bool drained_well_ = true;
  bool stopping_ = false;
  bool is_asleep_ = false;  // the next record wakes the thread
  std::string problem_;
  FsyncHistogram fsync_;

  // Of the thread that writes.
  std::string batch_;
  std::uint64_t batch_ends_ = 0;  // records written once the batch is
  std::unique_ptr<disk::File> file_;
  std::string path_;
  std::uint64_t file_size_ = 0;
  bool unsynced_ = false;
  bool unsynced_name_ = false;
  std::uint64_t sequence_ = 0;  // of the present segment, over all sessions
  std::uint64_t segments_ = 0;  // of this session
  std::uint64_t written_records_ = 0;
  Clock::time_point last_sync_{};
  std::thread thread_;
};

}  // namespace hts::journal
