#include "adapters/journal/journal_writer.hpp"

#include <algorithm>
#include <exception>
#include <optional>
#include <span>
#include <vector>

#include <pthread.h>
#include <sched.h>

#include "adapters/disk/durable.hpp"
#include "adapters/journal/journal_reader.hpp"

namespace hts::journal {
namespace {

/// A write as large as this gains nothing from waiting for more.
constexpr std::size_t good_batch = 256U << 10U;
/// How long the thread lets records gather before it writes a small batch: a burst costs a few
/// wake-ups instead of one a record.
constexpr std::chrono::milliseconds gathering{1};
/// So often it looks by itself for records after the last one, before it has to be woken: those of
/// a steady stream then come without a system call of the thread that appends.
constexpr int idle_looks = 16;
/// Memory that a burst left behind is given back.
constexpr std::size_t kept_capacity = 1U << 20U;

void forget_contents(std::string& buffer) {
  if (buffer.capacity() > kept_capacity) {
    std::string().swap(buffer);
  } else {
    buffer.clear();
  }
}

}  // namespace

JournalWriter::JournalWriter(std::shared_ptr<disk::Disk> disk, WriterOptions options,
                             SegmentHeader header)
    : disk_(std::move(disk)), options_(std::move(options)), header_(std::move(header)) {}

result::Result<std::unique_ptr<JournalWriter>> JournalWriter::open(std::shared_ptr<disk::Disk> disk,
                                                                   WriterOptions options,
                                                                   SegmentHeader header) {
  if (!options.now) {
    options.now = [] {
      return std::chrono::time_point_cast<time::Duration>(std::chrono::system_clock::now());
    };
  }
  std::unique_ptr<JournalWriter> writer(
      new JournalWriter(std::move(disk), std::move(options), std::move(header)));
  if (auto begun = writer->begin(); !begun) return std::move(begun).error();
  return writer;
}

result::Status JournalWriter::begin() {
  if (auto made = disk::make_lasting_directories(*disk_, options_.folder); !made) return made;
  const auto segments = list_segments(*disk_, options_.folder);
  if (!segments) return segments.error();
  sequence_ = segments->empty() ? 0 : segments->back().sequence;
  // The sequence makes it larger than that of every session before, whatever the clock says.
  header_.session = sequence_ + 1;
  header_.segment = 0;
  if (auto opened = open_segment(); !opened) return opened;
  if (auto written = write_batch(); !written) return written;
  remove_old();
  last_sync_ = clock_now();
  if (options_.threaded) thread_ = std::thread([this] { run(); });
  return result::success();
}

JournalWriter::Clock::time_point JournalWriter::clock_now() const {
  if (options_.threaded) return Clock::now();
  return Clock::time_point{options_.now().time_since_epoch()};
}

JournalWriter::~JournalWriter() {
  if (thread_.joinable()) {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    has_work_.notify_one();
    thread_.join();
  } else {
    (void)write_out(options_.fsync != Fsync::none);
  }
}

std::uint64_t JournalWriter::append(std::string_view payload) {
  std::uint64_t number = 0;
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    const std::size_t waiting = incoming_.size() + batch_bytes_;
    if (waiting + payload.size() > options_.backlog_bytes || payload.size() > largest_payload) {
      ++lost_;
      ++gap_;
      return accepted_;
    }
    wake = std::exchange(is_asleep_, false) ||
           (incoming_.size() < good_batch &&
            incoming_.size() + payload.size() + frame_bytes >= good_batch);
    if (gap_ != 0) tell_gap();
    const std::size_t before = incoming_.size();
    append_record(incoming_, payload);
    bytes_ += incoming_.size() - before;
    number = ++accepted_;
  }
  if (options_.threaded) {
    if (wake) has_work_.notify_one();
  } else {
    (void)write_out(options_.fsync == Fsync::always ||
                    (options_.fsync == Fsync::interval && sync_is_due()));
  }
  return number;
}

void JournalWriter::tell_gap() {
  append_record(incoming_,
                encode(Gap{std::exchange(gap_, 0),
                           "The disk could not keep up, or refused what was to be written."}));
}

void JournalWriter::when_durable(std::uint64_t records, std::function<void()> callback) {
  if (options_.fsync == Fsync::always) {
    const std::lock_guard lock(mutex_);
    if (safe_ < records && problem_.empty() && !stopping_) {
      waiters_.emplace_back(records, std::move(callback));
      return;
    }
  }
  callback();
}

bool JournalWriter::drain() {
  if (!options_.threaded) return write_out(options_.fsync != Fsync::none);
  std::unique_lock lock(mutex_);
  const std::uint64_t mine = ++drains_asked_;
  has_work_.notify_one();
  settled_.wait(lock, [&] { return drains_done_ >= mine; });
  return drained_well_;
}

WriterFigures JournalWriter::figures() const {
  const std::lock_guard lock(mutex_);
  return {accepted_, bytes_, lost_, incoming_.size() + batch_bytes_, fsync_, problem_};
}

void JournalWriter::run() noexcept {
  // While records stream in it wakes each millisecond, beside threads whose work is to go on at
  // once: so it waits for a processor that is free, or for its turn. Where that cannot be asked for
  // it comes when it comes.
  const sched_param no_priority{};
  (void)pthread_setschedparam(pthread_self(), SCHED_BATCH, &no_priority);
  std::unique_lock lock(mutex_);
  std::optional<Clock::time_point> retry_at;
  for (;;) {
    const auto asked = [&] { return stopping_ || drains_asked_ > drains_done_; };
    const auto wanted = [&] { return asked() || (!retry_at && !incoming_.empty()); };
    if (!retry_at && options_.fsync != Fsync::always) {
      const auto enough = [&] { return asked() || incoming_.size() >= good_batch; };
      for (int looks = 0; looks < idle_looks; ++looks) {
        if (has_work_.wait_for(lock, gathering, enough) || wanted()) break;
        if (unsynced_ && options_.fsync == Fsync::interval && sync_is_due()) break;
      }
    }
    std::optional<Clock::time_point> until = retry_at;
    if (!until && unsynced_ && options_.fsync == Fsync::interval) {
      until = last_sync_ + options_.fsync_interval;
    }
    is_asleep_ = !retry_at;
    if (until) {
      has_work_.wait_until(lock, *until, wanted);
    } else {
      has_work_.wait(lock, wanted);
    }
    is_asleep_ = false;
    const std::uint64_t draining = drains_asked_;
    const bool last_round = stopping_;
    lock.unlock();

    const bool sync = options_.fsync == Fsync::always ||
                      (options_.fsync == Fsync::interval && sync_is_due()) ||
                      (options_.fsync != Fsync::none && (last_round || draining > drains_done_));
    const bool well = write_out(sync);
    retry_at = well ? std::nullopt : std::optional(Clock::now() + options_.retry_after);

    lock.lock();
    if (draining > drains_done_) {
      drains_done_ = draining;
      drained_well_ = well;
      settled_.notify_all();
    }
    if (last_round && (!well || (incoming_.empty() && batch_.empty()))) return;
  }
}

bool JournalWriter::write_out(bool sync) noexcept {
  try {
    if (batch_.empty()) {
      const std::lock_guard lock(mutex_);
      if (gap_ != 0) tell_gap();
      batch_.swap(incoming_);
      batch_ends_ = accepted_;
      batch_bytes_ = batch_.size();
    }
    result::Status status = result::success();
    if (file_ != nullptr && !batch_.empty() && file_size_ >= options_.segment_bytes) {
      if (options_.fsync != Fsync::none) status = sync_segment();
      file_.reset();
    }
    if (status && file_ == nullptr) status = open_segment();
    if (status) status = write_batch();
    if (status && sync) status = sync_segment();
    note(status);
    if (status && (sync || options_.fsync != Fsync::always)) {
      const std::lock_guard lock(mutex_);
      safe_ = std::max(safe_, written_records_);
    }
    release_waiters();
    return status.ok();
  } catch (const std::exception& error) {  // no memory
    try {
      note(result::make_error(result::ErrorCode::storage,
                              std::string("The journal cannot be written: ") + error.what()));
    } catch (...) {  // NOLINT(bugprone-empty-catch): nothing is left to say it with
    }
    return false;
  }
}

result::Status JournalWriter::open_segment() {
  const time::Timestamp created = options_.now();
  SegmentHeader header = header_;
  header.segment = segments_;
  header.records = written_records_;
  std::string start = make_prologue();
  append_record(start, encode(header));
  const std::string path = options_.folder + "/" + segment_name(sequence_ + 1, created);
  auto file = disk_->open(path, disk::OpenMode::write_new);
  if (!file) return std::move(file).error();
  if (auto written = (*file)->write_at(0, std::as_bytes(std::span(start))); !written) {
    file->reset();
    (void)disk_->remove(path);
    return written;
  }
  file_ = std::move(file).value();
  path_ = path;
  file_size_ = start.size();
  ++sequence_;
  ++segments_;
  unsynced_ = true;
  unsynced_name_ = true;
  if (sequence_ != header_.session) remove_old();
  return result::success();
}

result::Status JournalWriter::write_batch() {
  if (batch_.empty()) return result::success();
  if (auto written = file_->write_at(file_size_, std::as_bytes(std::span(batch_))); !written) {
    return written;
  }
  file_size_ += batch_.size();
  written_records_ = batch_ends_;
  unsynced_ = true;
  forget_contents(batch_);
  const std::lock_guard lock(mutex_);
  batch_bytes_ = 0;
  return result::success();
}

result::Status JournalWriter::sync_segment() {
  if (!unsynced_ || file_ == nullptr) return result::success();
  const auto began = clock_now();
  result::Status status = file_->sync();
  if (status && unsynced_name_) status = disk_->sync_directory(options_.folder);
  last_sync_ = clock_now();
  const double seconds = std::chrono::duration<double>(last_sync_ - began).count();
  std::size_t bucket = 0;
  while (bucket + 1 < FsyncHistogram::buckets &&
         seconds >= FsyncHistogram::upper_bound_seconds(bucket)) {
    ++bucket;
  }
  {
    const std::lock_guard lock(mutex_);
    ++fsync_.counts[bucket];
    fsync_.total_seconds += seconds;
  }
  if (!status) {
    // A second fsync would succeed without having written what the first one failed on.
    file_.reset();
  }
  unsynced_ = false;
  unsynced_name_ = false;
  return status;
}

void JournalWriter::remove_old() noexcept {
  try {
    const auto segments = list_segments(*disk_, options_.folder);
    if (!segments) return;
    const time::Timestamp oldest = options_.now() - options_.keep_age;
    std::uint64_t total = 0;
    bool over = false;
    for (std::size_t i = segments->size(); i-- > 0;) {
      const SegmentFile& segment = (*segments)[i];
      const auto size = disk_->file_size(segment.path);
      if (size) total += *size;
      if (i + 1 == segments->size()) continue;  // being written
      // It ended when the next one began.
      const bool too_old = (*segments)[i + 1].created < oldest;
      over = over || too_old || total > options_.keep_bytes;
      if (over) (void)disk_->remove(segment.path);
    }
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): the next rotation tries again
  }
}

void JournalWriter::note(const result::Status& status) {
  std::string problem;
  if (!status) {
    problem = "The journal cannot be written, so what enters now may not be replayed later: " +
              status.error().message;
  }
  {
    const std::lock_guard lock(mutex_);
    if (problem.empty() == problem_.empty()) return;
    problem_ = problem;
  }
  if (options_.on_health) options_.on_health(problem);
}

void JournalWriter::release_waiters() {
  std::vector<std::function<void()>> ready;
  {
    const std::lock_guard lock(mutex_);
    while (!waiters_.empty() &&
           (waiters_.front().first <= safe_ || !problem_.empty() || stopping_)) {
      ready.push_back(std::move(waiters_.front().second));
      waiters_.pop_front();
    }
  }
  for (auto& callback : ready) callback();
}

}  // namespace hts::journal
