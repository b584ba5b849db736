#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <span>
#include <string>
#include <utility>

#include "engine/runtime/control.hpp"
#include "engine/runtime/gate.hpp"
#include "engine/runtime/guarded_ring.hpp"
#include "engine/runtime/open_ring.hpp"
#include "explored.hpp"

/// An actor's place as the explorer runs it: the runtime's own gate, rings and control lane; around
/// them the few lines of Cell that join them, with the checks.
namespace hts::interleaving {

using ExploredGate = runtime::detail::BasicGate<explored::Atomic>;
using ExploredLane = runtime::detail::BasicControlLane<explored::Atomic>;
using runtime::BurstResult;
using runtime::Overflow;
using runtime::SendResult;
using runtime::taken;

inline constexpr int most_senders = 3;
inline constexpr int most_letters = 4;  // of one sender

/// A message whose every access is watched.
class Letter {
 public:
  Letter(int sender, int number) noexcept : sender(sender), number(number) { note_write(); }
  Letter(Letter&& other) noexcept : sender(other.sender), number(other.number) {
    other.note_write();
    note_write();
    other.untouched = false;
  }
  Letter& operator=(Letter&&) = delete;
  ~Letter() { note_write(); }

  [[nodiscard]] std::uint64_t coalesce_key() const noexcept { return 0; }
  void note_read() const { Explorer::current().note_read(this); }

  int sender = 0;
  int number = 0;
  bool untouched = true;

 private:
  void note_write() noexcept { Explorer::current().note_write(this); }
};
using Letters = runtime::Protocol<Letter>;

/// A node of the control lane that counts what became of it.
class Notice final : public runtime::detail::ControlNode {
 public:
  void deliver(runtime::detail::Cell&) override {}
  void discard() noexcept override {}

  void write() { Explorer::current().note_write(this); }
  void read() const { Explorer::current().note_read(this); }

  int consumed = 0;
  bool asks_for_room = false;
  std::function<void()> on_room;
};

/// A list that needs no memory of its own.
template <class T, std::size_t most>
class ShortList {
 public:
  void push_back(T value) {
    if (size_ == most) std::abort();
    values_[size_++] = value;
  }
  void clear() { size_ = 0; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] const T* begin() const noexcept { return values_.data(); }
  [[nodiscard]] const T* end() const noexcept { return values_.data() + size_; }
  [[nodiscard]] const T& operator[](std::size_t at) const noexcept { return values_[at]; }
  friend bool operator==(const ShortList& a, const ShortList& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
  }

 private:
  std::array<T, most> values_{};
  std::size_t size_ = 0;
};
using Numbers = ShortList<int, 2 * most_letters>;

/// What may be wrong with the code around gate and ring.
enum class CellMistake {
  none,
  forgets_to_wake,
  wakes_always,
  frees_before_it_reads,
  looks_at_control_once,  // at the start of a turn only
  buries_with_reserved_slots,
  buries_without_last_look,  // at the control lane
  forgets_room_waiters_at_end,
};

struct CellOptions {
  std::size_t capacity = 2;
  int batch = 1000;       ///< messages a turn
  bool reserved = false;  ///< waits for request_start
  CellMistake mistake = CellMistake::none;
};

/// How the data lane of the model is made: the open ring.
template <class Gate>
class OpenLane {
  using Ring = runtime::detail::OpenRing<Letters, Gate>;

 public:
  explicit OpenLane(std::size_t capacity) : ring_(capacity) {}
  auto push(Gate& gate, Letter&& letter) { return ring_.push(gate, std::move(letter)); }
  auto push_n(Gate& gate, std::span<Letter> letters) { return ring_.push_n(gate, letters); }
  runtime::detail::Waiting front() { return ring_.front(); }
  void pop(const runtime::detail::Waiting& front) { ring_.pop(front); }
  bool rest(Gate& gate) { return gate.rest_at(ring_.head()); }
  bool close_if_empty(Gate& gate) { return gate.close_at(ring_.head()); }
  bool is_empty(Gate& gate) { return depth(gate) == 0; }
  std::uint64_t depth(Gate& gate) { return Gate::position(gate.load()) - ring_.head(); }

 private:
  Ring ring_;
};

/// The ring with the lock.
template <class Gate, Overflow overflow>
class GuardedLane {
  using Ring = runtime::detail::GuardedRing<Letters, Gate, explored::Mutex>;

 public:
  explicit GuardedLane(std::size_t capacity) : ring_(capacity, overflow) {}
  auto push(Gate& gate, Letter&& letter) { return ring_.push(gate, std::move(letter)); }
  runtime::detail::Waiting front() { return ring_.front(); }
  void pop(const runtime::detail::Waiting&) { ring_.pop(); }
  bool rest(Gate& gate) { return ring_.rest(gate); }
  bool close_if_empty(Gate& gate) { return ring_.close_if_empty(gate); }
  bool is_empty(Gate& gate) { return depth(gate) == 0; }
  std::uint64_t depth(Gate&) { return ring_.size(); }

 private:
  Ring ring_;
};

template <class Gate = ExploredGate, class DataLane = OpenLane<Gate>>
class ModelCell {
 public:
  explicit ModelCell(const CellOptions& options)
      : options_(options),
        phase_(options.reserved ? Phase::reserved : Phase::running),
        data_(options.capacity) {}

  // --- senders ---

  /// Sends; a refused letter must be untouched.
  SendResult tell(Letter&& letter) {
    const int sender = letter.sender;
    const int number = letter.number;
    const auto pushed = data_.push(gate_, std::move(letter));
    if (taken(pushed.result)) {
      accepted_[index(sender)].push_back(number);
      if (pushed.result == SendResult::accepted_dropped_oldest ||
          pushed.result == SendResult::replaced) {
        ++displaced_;
      }
    } else if (!letter.untouched) {  // NOLINT(bugprone-use-after-move): that is the check
      Explorer::current().fail("a refused message was touched");
    }
    const bool wakes = options_.mistake == CellMistake::wakes_always ||
                       (pushed.wake && options_.mistake != CellMistake::forgets_to_wake);
    if (wakes) schedule();
    return pushed.result;
  }

  BurstResult tell_n(std::span<Letter> letters)
    requires requires(DataLane& lane, Gate& gate) { lane.push_n(gate, letters); }
  {
    const auto burst = data_.push_n(gate_, letters);
    for (std::size_t i = 0; i < letters.size(); ++i) {
      if (i < burst.sent.accepted) {
        accepted_[index(letters[i].sender)].push_back(letters[i].number);
      } else if (!letters[i].untouched) {
        Explorer::current().fail("a refused message of a burst was touched");
      }
    }
    if (burst.wake) schedule();
    return burst.sent;
  }

  void push_control(Notice& notice) {
    notice.write();
    ++notices_sent_;
    lane_.push(notice);
    announce();
  }
  void request_start() { request(requested_start); }
  void request_stop() { request(requested_stop); }
  void request_kill() { request(requested_kill); }

  // --- at the end of an execution ---

  void check(bool keeps_every_message = true) {
    std::size_t sent = 0;
    for (int sender = 0; sender < most_senders; ++sender) {
      const auto& accepted = accepted_[index(sender)];
      const auto& handled = handled_[index(sender)];
      sent += accepted.size();
      std::size_t at = 0;
      for (const int number : handled) {
        while (at < accepted.size() && accepted[at] != number) ++at;
        if (at == accepted.size()) {
          complain("a message was doubled or overtook another of its sender");
          return;
        }
        ++at;
      }
      if (keeps_every_message && displaced_ == 0 && handled != accepted) {
        complain("an accepted message was never handled");
        return;
      }
    }
    std::size_t seen = 0;
    for (const auto& handled : handled_) seen += handled.size();
    if (seen + displaced_ != sent) complain("messages were lost or doubled");
    if (notices_consumed_ != notices_sent_) complain("a control node was lost");
    if (active_) complain("a drain task never ended");
    if (!room_waiters_.empty()) complain("somebody waits for room for ever");
    if (phase_ == Phase::dying && !dead_) complain("the actor never ended");
  }
  [[nodiscard]] std::uint64_t hash() const {
    std::uint64_t hash = static_cast<std::uint64_t>(phase_);
    for (const bool flag : {stopping_, killed_, dead_, active_}) hash = hash * 2 + (flag ? 1 : 0);
    for (const auto* lists : {&accepted_, &handled_}) {
      for (const auto& numbers : *lists) {
        for (const int number : numbers) hash = mix(hash, static_cast<std::uint64_t>(number));
        hash = mix(hash, 99);
      }
    }
    hash = mix(hash, displaced_);
    hash = mix(hash, static_cast<std::uint64_t>(notices_sent_ - notices_consumed_));
    for (const Notice* waiter : room_waiters_)
      hash = mix(hash, reinterpret_cast<std::uint64_t>(waiter));
    return hash;
  }
  [[nodiscard]] bool is_dead() const noexcept { return dead_; }
  [[nodiscard]] std::size_t accepted(int sender) const { return accepted_[index(sender)].size(); }

 private:
  enum class Phase { reserved, running, dying };
  static constexpr std::uint32_t requested_start = 1;
  static constexpr std::uint32_t requested_stop = 2;
  static constexpr std::uint32_t requested_kill = 4;

  static std::size_t index(int sender) { return static_cast<std::size_t>(sender); }
  static std::uint64_t place_of(std::uint64_t line, int left) {
    return mix(line, static_cast<std::uint64_t>(left));
  }
  static void complain(std::string what) { Explorer::current().fail(std::move(what)); }

  void request(std::uint32_t what) {
    requests_.fetch_or(what, std::memory_order_release);
    announce();
  }
  void announce() {
    switch (gate_.raise_control()) {
      case Gate::Raised::quietly:
        return;
      case Gate::Raised::wake:
        schedule();
        return;
      case Gate::Raised::refused:
        discard_control();
        return;
    }
  }

  /// The executor: a new task, on whatever thread; what the scheduling thread did happens before
  /// it.
  void schedule() {
    if (active_) {
      complain("two drain tasks at once");
      return;
    }
    active_ = true;
    Explorer::current().spawn("turn", [this] { run(); });
  }

  /// Cell::run.
  void run() {
    touch_actor();
    int left = options_.batch;
    for (bool first = true;; first = false) {
      Explorer::current().stand_at(place_of(first ? 1 : 2, left));
      Explorer::current().begin_look();
      if (first || options_.mistake != CellMistake::looks_at_control_once) {
        if (gate_.take_control()) deliver_control();
      }
      if (phase_ == Phase::running) {
        drain(left);
        if (!room_waiters_.empty()) tell_room_waiters();
        if (stopping_ && data_.close_if_empty(gate_)) die();
      }
      switch (phase_) {
        case Phase::running:
          touch_actor();
          if (data_.rest(gate_)) return ended();
          break;
        case Phase::dying:
          if (bury()) return ended();
          break;
        case Phase::reserved:
          touch_actor();
          if (gate_.park()) return ended();
          break;
      }
      if (left == 0) {
        active_ = false;
        schedule();
        return;
      }
      Explorer::current().await_change();
    }
  }
  void ended() { active_ = false; }

  void deliver_control() {
    const std::uint32_t requests = requests_.exchange(0, std::memory_order_acquire);
    if ((requests & requested_start) != 0 && phase_ == Phase::reserved) phase_ = Phase::running;
    if ((requests & requested_kill) != 0 && phase_ != Phase::dying) {
      gate_.close();
      killed_ = true;
      die();
    } else if ((requests & requested_stop) != 0 && phase_ != Phase::dying) {
      stopping_ = true;
    }
    for (auto* node = lane_.take_all(); node != nullptr;) {
      Notice& notice = static_cast<Notice&>(*std::exchange(node, node->next));
      consume(notice);
      if (notice.asks_for_room) room_waiters_.push_back(&notice);
    }
  }
  void discard_control() {
    for (auto* node = lane_.take_all(); node != nullptr;) {
      Notice& notice = static_cast<Notice&>(*std::exchange(node, node->next));
      consume(notice);
      if (notice.asks_for_room) notice.on_room();
    }
  }
  void consume(Notice& notice) {
    notice.read();
    if (++notice.consumed > 1) complain("a control node was consumed twice");
    ++notices_consumed_;
  }

  void drain(int& left) {
    while (left > 0) {
      Explorer::current().stand_at(place_of(3, left));
      const auto front = data_.front();
      if (front.message == nullptr) return;
      --left;
      take(front, handled_);
    }
  }
  template <class Where>
  void take(const runtime::detail::Waiting& front, Where& where) {
    auto& letter = *static_cast<Letter*>(front.message);
    if (options_.mistake == CellMistake::frees_before_it_reads) {
      where[index(letter.sender)].push_back(letter.number);
      data_.pop(front);
      letter.note_read();
      return;
    }
    letter.note_read();
    where[index(letter.sender)].push_back(letter.number);
    touch_actor();
    data_.pop(front);
  }

  void die() { phase_ = Phase::dying; }
  bool bury() {
    for (auto front = data_.front(); front.message != nullptr; front = data_.front()) {
      if (!killed_) complain("an actor that was asked to stop left an accepted message unhandled");
      take(front, handled_);  // as dead letters; each counts once, and in order
    }
    if (!data_.is_empty(gate_) && options_.mistake != CellMistake::buries_with_reserved_slots) {
      return false;
    }
    if (options_.mistake != CellMistake::forgets_room_waiters_at_end) tell_room_waiters();
    touch_actor();
    gate_.set_dead();
    if (options_.mistake != CellMistake::buries_without_last_look) discard_control();
    dead_ = true;
    return true;
  }
  /// As Cell does: a running actor waits for room worth telling, and gets there before it rests.
  void tell_room_waiters() {
    if (phase_ == Phase::running && data_.depth(gate_) > options_.capacity / 2) return;
    const auto waiters = std::exchange(room_waiters_, {});
    for (Notice* waiter : waiters) waiter->on_room();
  }

  /// The actor's state: plain data of its turns.
  void touch_actor() { Explorer::current().note_write(&actor_); }

  const CellOptions options_;
  Phase phase_;
  Gate gate_;
  ExploredLane lane_;
  explored::Atomic<std::uint32_t> requests_{0};
  DataLane data_;
  char actor_ = 0;
  bool stopping_ = false;
  bool killed_ = false;
  bool dead_ = false;
  bool active_ = false;
  std::array<Numbers, most_senders> accepted_;
  std::array<Numbers, most_senders> handled_;
  std::size_t displaced_ = 0;
  int notices_sent_ = 0;
  int notices_consumed_ = 0;
  ShortList<Notice*, 16> room_waiters_;
};

}  // namespace hts::interleaving
