#include "engine/runtime/asio_executor.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

#include <boost/asio/defer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

namespace hts::runtime::detail {
namespace {

/// Gives asio the memory inside a task for its queue entry.
template <class T>
struct EntryAllocator {
  using value_type = T;

  explicit EntryAllocator(Task& of) noexcept : task(&of) {}
  template <class U>
  EntryAllocator(const EntryAllocator<U>& other) noexcept : task(other.task) {}

  [[nodiscard]] T* allocate(std::size_t count) const noexcept {
    static_assert(sizeof(T) <= Task::entry_size);
    static_assert(alignof(T) <= alignof(std::max_align_t));
    if (count != 1) std::terminate();  // asio asks for one entry at a time
    return reinterpret_cast<T*>(task->queue_entry);
  }
  void deallocate(T*, std::size_t) const noexcept {}

  template <class U>
  bool operator==(const EntryAllocator<U>& other) const noexcept {
    return task == other.task;
  }

  Task* task;
};

/// Set on an actor's turns only; its handler runs on any worker and holds the target alive.
class AsioAlarm final : public Alarm {
 public:
  AsioAlarm(boost::asio::io_context& io, AlarmTarget& target) : timer_(io), target_(target) {}

  void set(SteadyTime when) override {
    timer_.expires_at(std::chrono::steady_clock::time_point(when.time_since_epoch()));
    timer_.async_wait([target = Ref<AlarmTarget>(&target_)](boost::system::error_code error) {
      if (!error) target->ring();
    });
  }
  void disarm() noexcept override {
    try {
      timer_.cancel();
    } catch (...) {  // NOLINT(bugprone-empty-catch): then it rings once for nothing
    }
  }

 private:
  boost::asio::steady_timer timer_;
  AlarmTarget& target_;
};

}  // namespace

struct AsioExecutor::Entry {
  using allocator_type = EntryAllocator<void>;

  [[nodiscard]] allocator_type get_allocator() const noexcept { return allocator_type(*task); }
  void operator()() const noexcept { executor->run_task(*task); }

  AsioExecutor* executor;
  Task* task;
};

AsioExecutor::AsioExecutor(std::size_t threads, std::function<void(std::string_view)> complain)
    : thread_count_(threads != 0 ? threads : std::max(2U, std::thread::hardware_concurrency())),
      complain_(std::move(complain)),
      io_(static_cast<int>(thread_count_)),
      work_(io_.get_executor()),
      beats_(new Beat[thread_count_ + 1]) {}

AsioExecutor::~AsioExecutor() {
  stop();
}

Timestamp AsioExecutor::now() const noexcept {
  return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

SteadyTime AsioExecutor::steady_now() const noexcept {
  return SteadyTime(std::chrono::steady_clock::now().time_since_epoch());
}

void AsioExecutor::schedule(Task& task) noexcept {
  waiting_.fetch_add(1, std::memory_order_relaxed);
  const auto executor = io_.get_executor();
  if (executor.running_in_this_thread()) {
    boost::asio::defer(executor, Entry{this, &task});
  } else {
    boost::asio::post(executor, Entry{this, &task});
  }
}

void AsioExecutor::share(Task& task) noexcept {
  waiting_.fetch_add(1, std::memory_order_relaxed);
  boost::asio::post(io_.get_executor(), Entry{this, &task});
}

void AsioExecutor::run_task(Task& task) noexcept {
  waiting_.fetch_sub(1, std::memory_order_relaxed);
  Turn turn(*this, Turn::Queueing::inside);
  task.run(turn);
  while (Task* next = turn.next()) next->run(turn);
}

std::unique_ptr<Alarm> AsioExecutor::make_alarm(AlarmTarget& target) {
  return std::make_unique<AsioAlarm>(io_, target);
}

void AsioExecutor::start() {
  threads_.reserve(thread_count_);
  while (threads_.size() < thread_count_) {
    threads_.emplace_back([this, &beat = beats_[threads_.size()]] { run_worker(beat); });
  }
}

void AsioExecutor::run_worker(Beat& beat) noexcept {
  Beat::current = &beat;
  for (;;) {
    try {
      io_.run();
      return;
    } catch (const std::exception& error) {
      complain_(error.what());
    } catch (...) {
      complain_("something that is not a std::exception was thrown");
    }
  }
}

void AsioExecutor::stop() noexcept {
  io_.stop();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

bool AsioExecutor::wait(const std::function<bool()>& done, SteadyTime deadline) {
  constexpr std::chrono::milliseconds patience{1};
  if (threads_.empty()) {
    while (!done()) {
      io_.restart();
      if (io_.run_for(patience) == 0 && steady_now() >= deadline) return done();
    }
    return true;
  }
  const std::chrono::steady_clock::time_point until(deadline.time_since_epoch());
  std::unique_lock lock(wait_mutex_);
  return changed_.wait_until(lock, until, done);
}

void AsioExecutor::notify() noexcept {
  // Taking the lock orders the change before the waiter's next look at it.
  {
    const std::lock_guard lock(wait_mutex_);
  }
  changed_.notify_all();
}

}  // namespace hts::runtime::detail
