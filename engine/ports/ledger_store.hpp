#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/paper/live_plan.hpp"
#include "engine/paper/paper_event.hpp"
#include "engine/ports/alerts.hpp"
#include "engine/result/result.hpp"
#include "engine/time/timestamp.hpp"

/// Where paper sessions are kept: their events, one after the other, and the newest state from
/// which a restart goes on.
///
/// May block; thread-safe.
namespace hts::ports {

/// What a slot's strategy may go on from after a restart; whoever reads it checks it.
struct SlotSnapshot {
  paper::SlotId slot = 0;
  std::string bytes;

  friend bool operator==(const SlotSnapshot&, const SlotSnapshot&) = default;
};

/// One atomic step of a session.
struct LedgerCommit {
  std::string session_id;
  std::vector<paper::PaperEvent> events;  ///< numbered on from the last stored one
  /// Takes the place of the one before; empty: it stays.
  std::string state;
  /// Takes the place of the session's plan; empty: it stays.
  std::string plan;
  /// Everything up to this candle is in the state.
  time::Timestamp up_to{};
  std::vector<Alert> alerts;  ///< into the AlertOutbox of the same database
  /// Of candles up to `up_to`. Each takes the place of the slot's one before.
  std::vector<SlotSnapshot> snapshots = {};
};

struct SessionRecord {
  std::string session_id;
  std::string plan;  ///< the JSON document of the session as it is now
  bool is_running = false;
  time::Timestamp started_at{};
  std::optional<time::Timestamp> stopped_at;
  std::string state;
  time::Timestamp up_to{};
  std::uint64_t events = 0;
};

class LedgerStore {
 public:
  virtual ~LedgerStore() = default;

  /// Makes a session, without events whatever the record says, or changes one: its plan and whether
  /// it runs; state and events are what was committed. Durable when it returns.
  [[nodiscard]] virtual result::Status put_session(const SessionRecord& session) = 0;
  /// The newest one, running or not; nothing: there was none.
  [[nodiscard]] virtual result::Result<std::optional<SessionRecord>> newest_session() = 0;
  /// Error: not_found, field `session_id`.
  [[nodiscard]] virtual result::Result<SessionRecord> find_session(const std::string& id) = 0;

  /// Durable when it returns, all or nothing. Error: conflict when the events do not go on from
  /// what is stored, so that two daemons never write one book; the same events again are no error,
  /// because after an error nobody knows whether a commit was stored. not_found, field
  /// `session_id`.
  [[nodiscard]] virtual result::Status commit(const std::vector<LedgerCommit>& commits) = 0;
  /// From `first` on, at most `limit`, ascending.
  [[nodiscard]] virtual result::Result<std::vector<paper::PaperEvent>> events(
      const std::string& session_id, std::uint64_t first, std::uint64_t limit) = 0;
  /// By slot; of the newest session. Those of earlier ones may be gone.
  [[nodiscard]] virtual result::Result<std::vector<SlotSnapshot>> snapshots(
      const std::string& session_id) = 0;
};

}  // namespace hts::ports
