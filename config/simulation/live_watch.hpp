#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/simulation/dice.hpp"
#include "config/simulation/referee.hpp"
#include "engine/market/candle.hpp"
#include "engine/paper/live_plan.hpp"
#include "engine/paper/paper_event.hpp"
#include "engine/ports/alerts.hpp"
#include "engine/ports/candle_tail.hpp"
#include "engine/ports/ledger_store.hpp"

namespace hts::simulation {

/// What the stores of live trading have promised to be durable, and the rules that everybody who
/// tells of it must keep: nothing is told that is not stored, no candle is kept before its close,
/// none changes. Outlives the stores and the daemon's lives. One thread.
class LiveWatch {
 public:
  explicit LiveWatch(Referee& referee) : referee_(referee) {}

  /// What is known of a session.
  struct Session {
    bool is_stored = false;                 ///< its beginning is
    std::vector<paper::PaperEvent> events;  ///< stored, for certain
    std::vector<paper::PaperEvent> tried;   ///< those after them that may be
    std::set<std::string> tried_alerts;     ///< with them
    std::uint64_t told = 0;                 ///< events that listeners heard of
  };
  using Minute = std::pair<std::string, time::Timestamp>;  ///< symbol, open time

  // --- by the stores ---
  void commit_asked(const ports::LedgerCommit& commit);
  void committed(const ports::LedgerCommit& commit);
  void session_put(const std::string& id);
  /// Somebody read the events; they go on from what is known.
  void events_read(const std::string& id, std::uint64_t first,
                   const std::vector<paper::PaperEvent>& events);
  void append_asked(const std::vector<ports::TailBar>& bars, time::Timestamp now);
  void appended(const std::vector<ports::TailBar>& bars);
  void delivered(const ports::Alert& alert);
  /// The daemon is down, and these are the events that the store has.
  void learn_anew(const std::string& id, const std::vector<paper::PaperEvent>& stored);

  // --- by those who hear of it ---
  void announced(const paper::LivePlan& plan, const std::vector<paper::PaperEvent>& events);
  /// An answer named the session, one of its open positions, or one that was closed.
  void session_told(const std::string& id);
  void open_position_told(const std::string& position_id);
  void closed_position_told(const std::string& position_id);
  /// An answer told all open positions of the session; it was asked for when listeners had heard of
  /// `told_before` events.
  void positions_told(const std::string& id, const std::set<std::string>& positions,
                      std::uint64_t told_before);

  [[nodiscard]] std::uint64_t told(const std::string& id) const;
  [[nodiscard]] const std::map<std::string, Session>& sessions() const noexcept {
    return sessions_;
  }
  [[nodiscard]] const std::map<Minute, market::Candle>& candles() const noexcept {
    return candles_;
  }
  /// An alert that is in the outbox, perhaps.
  void noted(const ports::Alert& alert);
  /// People are told that the minute is missing.
  [[nodiscard]] bool told_missing(time::Timestamp minute) const;
  [[nodiscard]] std::uint64_t told_gaps() const noexcept { return told_gaps_.size(); }
  /// Stored with their events, and not yet told to anybody.
  [[nodiscard]] std::vector<std::string> undelivered_alerts() const;
  [[nodiscard]] std::uint64_t deliveries() const noexcept { return deliveries_; }

 private:
  void check_alerts(const ports::LedgerCommit& commit);
  [[nodiscard]] bool knows_event(paper::PaperEventKind kind, const std::string& position_id) const;

  Referee& referee_;
  std::map<std::string, Session> sessions_;
  std::string newest_;                        ///< session
  std::map<Minute, market::Candle> candles_;  ///< stored, for certain
  std::set<std::string> alerts_;              ///< stored, for certain
  std::set<std::string> perhaps_stored_;      ///< a crash came before the answer
  std::set<std::string> delivered_;
  std::uint64_t deliveries_ = 0;
  std::vector<time::TimeRange> told_gaps_;
};

/// A ledger as the daemon uses it, watched; both outlive it.
class WatchedLedger final : public ports::LedgerStore {
 public:
  WatchedLedger(ports::LedgerStore& store, LiveWatch& watch) : store_(store), watch_(watch) {}

  [[nodiscard]] result::Status put_session(const ports::SessionRecord& session) override;
  [[nodiscard]] result::Result<std::optional<ports::SessionRecord>> newest_session() override {
    return store_.newest_session();
  }
  [[nodiscard]] result::Result<ports::SessionRecord> find_session(const std::string& id) override {
    return store_.find_session(id);
  }
  [[nodiscard]] result::Status commit(const std::vector<ports::LedgerCommit>& commits) override;
  [[nodiscard]] result::Result<std::vector<paper::PaperEvent>> events(const std::string& session_id,
                                                                      std::uint64_t first,
                                                                      std::uint64_t limit) override;
  [[nodiscard]] result::Result<std::vector<ports::SlotSnapshot>> snapshots(
      const std::string& session_id) override {
    return store_.snapshots(session_id);
  }

 private:
  ports::LedgerStore& store_;
  LiveWatch& watch_;
};

/// A tail of candles as the daemon uses it, watched; both outlive it.
class WatchedTail final : public ports::CandleTail {
 public:
  /// `now`: virtual time.
  WatchedTail(ports::CandleTail& store, LiveWatch& watch, std::function<time::Timestamp()> now)
      : store_(store), watch_(watch), now_(std::move(now)) {}

  [[nodiscard]] result::Status append(const std::vector<ports::TailBar>& bars) override;
  [[nodiscard]] result::Result<market::CandleSeries> load(const market::Symbol& symbol,
                                                          time::TimeRange range) override {
    return store_.load(symbol, range);
  }
  [[nodiscard]] result::Result<std::vector<Held>> held() override { return store_.held(); }
  [[nodiscard]] result::Status drop(const market::Symbol& symbol, time::Timestamp before) override {
    return store_.drop(symbol, before);
  }

 private:
  ports::CandleTail& store_;
  LiveWatch& watch_;
  std::function<time::Timestamp()> now_;
};

/// An outbox as the daemon uses it, watched; both outlive it.
class WatchedOutbox final : public ports::AlertOutbox {
 public:
  WatchedOutbox(ports::AlertOutbox& store, LiveWatch& watch) : store_(store), watch_(watch) {}

  [[nodiscard]] result::Status add(const std::vector<ports::Alert>& alerts) override;
  [[nodiscard]] result::Result<std::vector<ports::Alert>> unrouted(std::uint64_t limit) override {
    return store_.unrouted(limit);
  }
  [[nodiscard]] result::Status route(const std::vector<Route>& routes) override {
    return store_.route(routes);
  }
  [[nodiscard]] result::Result<std::vector<ports::AlertDelivery>> due(
      const std::string& channel, time::Timestamp now, std::uint64_t limit) override {
    return store_.due(channel, now, limit);
  }
  [[nodiscard]] result::Status settle(const std::vector<Outcome>& outcomes) override {
    return store_.settle(outcomes);
  }
  [[nodiscard]] result::Result<Counts> counts() override { return store_.counts(); }
  [[nodiscard]] result::Result<std::vector<ports::AlertDelivery>> waiting(
      std::uint64_t limit) override {
    return store_.waiting(limit);
  }
  [[nodiscard]] result::Result<std::uint64_t> clean_up(time::Timestamp created_before,
                                                       std::uint64_t most) override {
    return store_.clean_up(created_before, most);
  }

 private:
  ports::AlertOutbox& store_;
  LiveWatch& watch_;
};

/// Somebody's pager, behind a network that loses messages and answers.
class Pager final : public ports::AlertChannel {
 public:
  static constexpr std::string_view channel_name = "pager";

  Pager(LiveWatch& watch, Dice dice) : watch_(watch), dice_(dice) {}

  void set_failure_rate(double rate) noexcept { failure_rate_ = rate; }
  [[nodiscard]] std::string_view name() const noexcept override { return channel_name; }
  [[nodiscard]] result::Status deliver(const ports::AlertMessage& message) override;

 private:
  LiveWatch& watch_;
  Dice dice_;
  double failure_rate_ = 0;
};

}  // namespace hts::simulation
