#pragma once

#include <array>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mailbox_model.hpp"

/// What happens to a mailbox in one exploration.
namespace hts::interleaving {

/// Senders, and what else goes on; a plain description.
struct Plot {
  int senders = 1;
  int letters = 1;             ///< of each sender
  int bursts_of = 0;           ///< > 0: letters go as bursts of this many
  bool wait_for_room = false;  ///< a refused sender asks to be told; else it gives up that letter
  int notices = 0;             ///< control nodes from a thread of their own
  bool stop = false;           ///< a thread asks for it
  bool kill = false;
  CellOptions cell;
};

template <class Cell = ModelCell<>>
class Play final : public Scenario {
 public:
  explicit Play(const Plot& plot) : plot_(plot), cell_(plot.cell), next_{1, 1, 1} {}

  void begin() override {
    Explorer& explorer = Explorer::current();
    for (int i = 0; i < plot_.senders; ++i) {
      explorer.spawn("sender " + std::to_string(i), [this, i] { send(i); });
    }
    if (plot_.notices > 0) {
      explorer.spawn("notifier", [this] {
        for (Notice& notice : std::span(notices_).first(static_cast<std::size_t>(plot_.notices)))
          cell_.push_control(notice);
      });
    }
    if (plot_.cell.reserved) explorer.spawn("starter", [this] { cell_.request_start(); });
    if (plot_.stop) explorer.spawn("stopper", [this] { cell_.request_stop(); });
    if (plot_.kill) explorer.spawn("killer", [this] { cell_.request_kill(); });
  }

  void finish() override {
    cell_.check();
    if ((plot_.stop || plot_.kill) && !cell_.is_dead()) {
      Explorer::current().fail("the actor was asked to end and lives");
    }
    for (int i = 0; i < plot_.senders && plot_.wait_for_room && !cell_.is_dead(); ++i) {
      if (cell_.accepted(i) != static_cast<std::size_t>(plot_.letters)) {
        Explorer::current().fail("a sender that waited for room never sent the rest");
      }
    }
  }

  [[nodiscard]] std::uint64_t hash() const override {
    std::uint64_t hash = cell_.hash();
    for (const int next : next_) hash = mix(hash, static_cast<std::uint64_t>(next));
    return hash;
  }

 private:
  void send(int sender) {
    int& next = next_[static_cast<std::size_t>(sender)];
    if constexpr (requires(Cell& cell, std::span<Letter> letters) { cell.tell_n(letters); }) {
      if (plot_.bursts_of > 0) {
        send_bursts(sender, next);
        return;
      }
    }
    while (next <= plot_.letters) {
      Explorer::current().stand_at(static_cast<std::uint64_t>(1000 + sender));
      const SendResult sent = cell_.tell(Letter(sender, next));
      if (sent == SendResult::stopped) return;
      if (sent == SendResult::full && plot_.wait_for_room) {
        wait_for_room(sender);
        return;
      }
      ++next;
    }
  }
  void send_bursts(int sender, int& next) {
    while (next <= plot_.letters) {
      Explorer::current().stand_at(static_cast<std::uint64_t>(1000 + sender));
      // At most two: they stand on a stack that nobody unwinds, as all of a thread's.
      std::array<Letter, 2> letters{Letter(sender, next), Letter(sender, next + 1)};
      const auto count =
          static_cast<std::size_t>(std::min(plot_.letters - next + 1, plot_.bursts_of));
      const BurstResult sent = cell_.tell_n(std::span(letters).first(count));
      next += static_cast<int>(sent.accepted);
      if (sent.accepted == count) continue;
      if (sent.result == SendResult::stopped) return;
      if (plot_.wait_for_room) {
        wait_for_room(sender);
        return;
      }
      ++next;
    }
  }
  void wait_for_room(int sender) {
    Notice& room = rooms_[static_cast<std::size_t>(sender)];  // at home: it waits once at a time
    room.consumed = 0;
    room.asks_for_room = true;
    room.on_room = [this, sender] {
      Explorer::current().spawn("sender " + std::to_string(sender) + " again",
                                [this, sender] { send(sender); });
    };
    cell_.push_control(room);
  }

  const Plot plot_;
  Cell cell_;
  std::array<int, most_senders> next_;
  std::array<Notice, 4> notices_;
  std::array<Notice, most_senders> rooms_;
};

template <class Cell = ModelCell<>>
Report explore(const Plot& plot, const Limits& limits = {},
               const std::optional<Weakening>& weakening = std::nullopt) {
  Explorer explorer(limits, weakening);
  std::optional<Play<Cell>> play;
  return explorer.explore([&]() -> Scenario& { return play.emplace(plot); });
}

}  // namespace hts::interleaving
