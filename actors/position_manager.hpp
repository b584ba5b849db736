#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/bar_queue.hpp"
#include "actors/messages.hpp"
#include "actors/session_view.hpp"
#include "actors/strategy_runner.hpp"
#include "engine/market/timeframe_builder.hpp"
#include "engine/paper/paper_session.hpp"
#include "engine/ports/candle_store.hpp"
#include "engine/ports/ledger_store.hpp"
#include "engine/runtime/actor.hpp"

namespace hts::actors {

/// What live trading works with; outlives the runtime. Without a ledger there is none.
struct LivePorts {
  ports::LedgerStore* ledger = nullptr;
  ports::CandleStore* candles = nullptr;  ///< also the newest ones
  runtime::Lane* live = nullptr;          ///< of the ledger: one thread, shared with the tail
  runtime::Lane* loads = nullptr;         ///< reads candles
  runtime::Lane* checks = nullptr;        ///< runs sessions again
  runtime::Address<IngestProtocol> ingest;
  runtime::Address<NotifierProtocol> notifier;  ///< hears that alerts are durable; may be none
  /// Makes the actor of a slot.
  std::function<runtime::Address<StrategyRunnerProtocol>(const RunnerStart& start)> spawn_runner;
  /// Tells the feed what is wanted from now on; no symbols: nothing. May be empty.
  std::function<result::Status(const ports::FeedSubscription& wanted)> subscribe;
  /// Hears what has become durable, on the actor's turns; must not block. May be empty.
  std::function<void(const paper::LivePlan& plan, const std::vector<paper::PaperEvent>& events)>
      announce;
  market::DayBoundary day_boundary = market::DayBoundary::utc;
  paper::ManualCosts manual;  ///< of sessions to come
  bool is_recording = false;  ///< the feed plays a recording: sessions begin where the candles end
  /// Trades in memory; older ones are read when somebody asks for them.
  std::size_t kept_trades = 10'000;
  std::uint32_t snapshot_candles = 64;  ///< see RunnerStart
};

/// What a request is told for which there has to be a session.
[[nodiscard]] result::Error no_paper_session();

/// The paper book: the life of a session and of its positions.
///
/// Takes: GetPositionSummary; BarClosed, Decided; StartSession, StopSession, GetSession,
/// GetPositions, GetTrades, EnterPosition, ClosePosition, SetHalted, ChangeSessionSlot,
/// CheckParity. Without a ledger the requests of sessions are answered with unavailable. Promises:
/// 1. Bar after bar, each once all its decisions are there, or 5 s after it closed. What bars and
///    requests bring about is durable before anybody hears of it; bars that wait meanwhile become
///    durable together.
/// 2. A session that ran goes on by itself after a restart from its stored state, once its books,
///    made anew from the events, agree with it; else it stands still and people are told. It never
///    enters or closes anything of its own.
/// 3. While the store cannot be written, nothing is announced and the same commit is tried again;
///    bars that find no room any more are taken from the stored candles afterwards.
class PositionManager : public runtime::Actor<PositionManager, PositionManagerProtocol> {
 public:
  static constexpr std::chrono::seconds decision_patience{5};
  static constexpr std::size_t most_bars_a_commit = 256;

  PositionManager(runtime::Context& context, LivePorts ports);

  void on_start();
  void on(const BarClosed& closed);
  void on(const Decided& decided);
  void on(runtime::Request<GetPositionSummary>& request);
  void on(runtime::Request<StartSession>& request);
  void on(runtime::Request<StopSession>& request);
  void on(runtime::Request<GetSession>& request);
  void on(runtime::Request<GetPositions>& request);
  void on(runtime::Request<GetTrades>& request);
  void on(runtime::Request<EnterPosition>& request);
  void on(runtime::Request<ClosePosition>& request);
  void on(runtime::Request<SetHalted>& request);
  void on(runtime::Request<ChangeSessionSlot>& request);
  void on(runtime::Request<CheckParity>& request);

 private:
  /// What is stored of the newest session.
  struct Stored {
    std::optional<ports::SessionRecord> record;
    std::vector<paper::PaperEvent> events;
    std::vector<ports::SlotSnapshot> snapshots;
  };
  struct Snapshot {
    time::Timestamp bar_time{};
    std::shared_ptr<const std::string> bytes;
  };
  struct Runner {
    runtime::Address<StrategyRunnerProtocol> address;
    std::uint32_t life = 0;
    RunnerStatus status;
    std::uint64_t needed = 0;  ///< candles before it can decide
    Snapshot snapshot;         ///< not stored yet
  };
  /// Something that people asked for, as a step of the session.
  struct ByHand {
    std::function<paper::PaperSession::Events(paper::PaperSession&)> act;
    bool changes_plan = false;
    std::function<void()> done;  ///< durable
    std::function<void(result::Error)> refused;
  };
  struct Work {
    ports::LedgerCommit commit;
    std::vector<std::function<void()>> done;
  };

  // position_manager_life.cpp
  void load();
  void take_stored(result::Result<Stored> stored);
  void warm_up_and_follow();
  void follow(result::Result<std::vector<WarmStrategy>> warm);
  void take_runner(paper::SlotId slot, WarmStrategy warm);
  void ask_to_follow();
  void begin_session(const std::shared_ptr<runtime::Request<StartSession>>& request,
                     std::vector<WarmStrategy> warm, time::Timestamp after);
  void take_over(const std::shared_ptr<runtime::Request<StartSession>>& request,
                 std::unique_ptr<paper::PaperSession> session, std::vector<WarmStrategy> warm,
                 time::Timestamp after);
  void refuse_waiting(const result::Error& why);
  void end_following();
  void resync(const std::string& why);
  void retry_later(std::function<void()> what);
  void stand_still(const std::string& why);
  [[nodiscard]] result::Status check_can_trade() const;
  /// Whether the account can keep the strategy, if it gives orders of its own.
  [[nodiscard]] static result::Status check_can_keep(const paper::LiveSlot& slot,
                                                     const WarmStrategy& warm);

  // position_manager_bars.cpp
  void go_on();
  void watch_decisions();
  [[nodiscard]] bool take_by_hand(Work& work);
  [[nodiscard]] bool take_bars(Work& work);
  void take_answers(std::vector<backtest::SteppedSignal>& signals);
  void add_events(Work& work, std::vector<paper::PaperEvent> events);
  void add_snapshots(Work& work);
  void try_commit();
  void settle();

  // position_manager.cpp
  [[nodiscard]] SessionStatus status() const;
  void answer_status(const std::shared_ptr<runtime::Request<GetSession>>& request);
  void change_runner(const std::shared_ptr<runtime::Request<ChangeSessionSlot>>& request,
                     parameters::Parameters parameters);

  // position_manager_by_hand.cpp
  [[nodiscard]] time::Timestamp moment() const;
  void ask_by_hand(ByHand wanted);
  void with_newest_price(const market::Symbol& symbol,
                         std::function<void(std::optional<trading::Price>)> use);
  [[nodiscard]] result::Status check_slippage(const EnterPosition& wanted,
                                              std::optional<trading::Price> newest) const;
  void enter(const std::shared_ptr<runtime::Request<EnterPosition>>& request,
             std::optional<trading::Price> newest);
  void close(const std::shared_ptr<runtime::Request<ClosePosition>>& request,
             std::optional<trading::Price> at);

  runtime::Context& context_;
  const LivePorts ports_;
  std::uint64_t generation_ = 0;  ///< callbacks of earlier ones are void
  bool is_loaded_ = false;
  bool is_running_ = false;
  bool is_starting_ = false;
  bool is_following_ = false;
  std::string standing_still_;  ///< why; empty: it does not
  std::unique_ptr<paper::PaperSession> session_;
  time::Timestamp after_{};  ///< bars after this one belong to what comes
  std::uint64_t subscription_ = 0;
  std::uint32_t lives_ = 0;
  std::vector<Runner> runners_;
  std::vector<ports::SlotSnapshot> snapshots_;  ///< as they were stored; until runners are made

  BarQueue queue_;
  bool is_watching_ = false;
  int holds_ = 0;  ///< slots that change: no bar goes on meanwhile
  std::deque<ByHand> by_hand_;
  std::shared_ptr<Work> committing_;
  /// The session that begins once what is being committed of the one before is durable; may be
  /// empty.
  std::function<void()> begins_next_;
  std::uint64_t overdue_bar_ = 0;  ///< goes on without its decisions
  std::uint32_t failures_ = 0;     ///< in a row

  SessionView view_;
  std::uint64_t bars_ = 0;
  std::uint64_t incomplete_bars_ = 0;
  std::uint64_t commits_ = 0;
  std::uint64_t store_errors_ = 0;
  std::string store_error_;
  std::string feed_error_;  ///< why the feed did not take the session's symbols; empty: it did
  std::optional<std::uint64_t> parity_differences_;
  bool is_checking_ = false;
};

}  // namespace hts::actors
