#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace hts::http {

/// What any number of clients hear, each at its own pace: the newest `kept` items, numbered from 1.
/// Whoever has read everything waits for a call. Adding never waits for a client. Thread-safe.
template <class Item>
class ListenerRing {
 public:
  using SharedItem = std::shared_ptr<const Item>;

  /// A client that has read everything waits for its call.
  struct Listener {
    std::function<void()> ready;
    bool is_waiting = false;
  };
  /// What one look at the ring gives.
  struct Taken {
    std::uint64_t missed = 0;  ///< before the first of `items`
    std::uint64_t first = 0;
    std::vector<SharedItem> items;
    bool is_over = false;
  };

  ListenerRing(std::size_t kept, std::size_t most_listeners)
      : kept_(kept), most_listeners_(most_listeners) {}

  /// O(1), and one call for each client that is up to date.
  void add(Item item) {
    auto kept = std::make_shared<const Item>(std::move(item));
    std::vector<std::function<void()>> calls;
    {
      const std::lock_guard lock{mutex_};
      items_.push_back(std::move(kept));
      ++next_;
      if (items_.size() > kept_) items_.pop_front();
      calls = wake();
    }
    for (const auto& call : calls) call();
  }

  void close() {
    std::vector<std::function<void()>> calls;
    {
      const std::lock_guard lock{mutex_};
      is_over_ = true;
      calls = wake();
    }
    for (const auto& call : calls) call();
  }

  /// False when too many listen.
  [[nodiscard]] bool enter(const std::shared_ptr<Listener>& listener) {
    const std::lock_guard lock{mutex_};
    if (listeners_.size() >= most_listeners_) return false;
    listeners_.push_back(listener);
    return true;
  }
  void leave(const std::shared_ptr<Listener>& listener) {
    const std::lock_guard lock{mutex_};
    std::erase(listeners_, listener);
  }
  void listen(Listener& listener, std::function<void()> ready) {
    const std::lock_guard lock{mutex_};
    listener.ready = std::move(ready);
  }

  /// At most `most` items from number `from` on. When there is none, the listener waits.
  [[nodiscard]] Taken take(std::uint64_t from, Listener& listener, std::size_t most) {
    const std::lock_guard lock{mutex_};
    Taken taken;
    const std::uint64_t oldest = next_ - items_.size();
    taken.missed = from < oldest ? oldest - from : 0;
    taken.first = from + taken.missed;
    taken.is_over = is_over_;
    const auto offset = static_cast<std::size_t>(taken.first - oldest);
    const std::size_t count = std::min(most, items_.size() - offset);
    const auto begin = items_.begin() + static_cast<std::ptrdiff_t>(offset);
    taken.items.assign(begin, begin + static_cast<std::ptrdiff_t>(count));
    listener.is_waiting = count == 0 && taken.missed == 0;
    return taken;
  }

  /// The number of the item that comes next.
  [[nodiscard]] std::uint64_t next() const {
    const std::lock_guard lock{mutex_};
    return next_;
  }
  [[nodiscard]] std::size_t listeners() const {
    const std::lock_guard lock{mutex_};
    return listeners_.size();
  }

 private:
  [[nodiscard]] std::vector<std::function<void()>> wake() {
    std::vector<std::function<void()>> calls;
    for (const auto& listener : listeners_) {
      if (std::exchange(listener->is_waiting, false)) calls.push_back(listener->ready);
    }
    return calls;
  }

  const std::size_t kept_;
  const std::size_t most_listeners_;
  mutable std::mutex mutex_;
  std::deque<SharedItem> items_;  // the last of them has the number next_ - 1
  std::uint64_t next_ = 1;
  std::vector<std::shared_ptr<Listener>> listeners_;
  bool is_over_ = false;
};

}  // namespace hts::http
