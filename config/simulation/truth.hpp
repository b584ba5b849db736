#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "config/simulation/market.hpp"
#include "config/simulation/referee.hpp"
#include "engine/backtest/backtest_request.hpp"
#include "engine/backtest/portfolio/portfolio_result.hpp"
#include "engine/ports/artifact_store.hpp"
#include "engine/ports/candle_store.hpp"
#include "engine/ports/result_store.hpp"

namespace hts::simulation {

/// A backtest that clients ask for, with the part of its answer that only the candles decide.
struct KnownBacktest {
  std::string body;  ///< of the POST
  std::vector<std::string> symbols;
  std::string expected;  ///< the answer from "symbols" to "total_signals"
};

/// What the daemon has promised so far, kept by those who heard it, and the checks that it still
/// holds: whatever was answered or seen once stays, whole and unchanged, through every crash.
class Truth {
 public:
  Truth(Referee& referee, const Market& market);

  /// A backtest over the market's history, computed here without the daemon.
  [[nodiscard]] KnownBacktest make_backtest(const backtest::RawBacktestRequest& raw) const;

  [[nodiscard]] const Market& market() const noexcept { return market_; }

  // --- runs ---
  // `asked_at`: the step in which the client asked. What changed since then, it may or may not see.
  /// A client got its run, or one that was stored for an equal request unless it wanted a fresh
  /// one.
  void run_answered(const KnownBacktest& backtest, std::string_view text, std::uint64_t asked_at,
                    bool wanted_fresh = false);
  /// A client read the result of its job: the text begins with the run, computed for the job or
  /// stored before for an equal request.
  void job_answered(const KnownBacktest& backtest, std::string_view text,
                    const std::string& task_id, std::uint64_t asked_at);
  /// A client read a run, by id or as the latest.
  void run_read(std::string_view text, std::uint64_t asked_at);
  /// The daemon said that there is no such run.
  void run_denied(const std::string& run_id);
  /// `known`: how many runs were known when the client asked.
  void history_read(std::uint64_t total, std::size_t known);
  [[nodiscard]] const std::vector<std::string>& run_ids() const noexcept { return run_ids_; }
  /// A symbol of the run, for whoever wants to flag one.
  [[nodiscard]] const std::string& symbol_of(const std::string& run_id, std::uint64_t draw) const;

  /// Somebody asks for the flag; false when another question about it is under way.
  [[nodiscard]] bool flag_asked(const std::string& run_id, const std::string& symbol, bool value);
  /// The daemon confirmed it, or not (no answer, an error: it may be either from now on).
  void flag_answered(const std::string& run_id, const std::string& symbol, bool value,
                     bool confirmed);

  // --- candles ---
  void candles_stored(std::size_t symbol, const std::vector<std::int64_t>& minutes);
  [[nodiscard]] std::uint64_t stored_candles() const noexcept { return stored_candles_; }

  /// After a restart, or at the end: everything promised is there, and everything there is whole.
  /// `thorough`: all runs and candles, else the latest and some more.
  void check_stores(ports::CandleStore& candles, ports::ResultStore& results,
                    ports::ArtifactStore& artifacts, bool thorough);
  /// Nothing is left of what did not end well. Only when nothing is under way.
  void check_no_leftovers(ports::ResultStore& results, ports::ArtifactStore& artifacts);

 private:
  struct Flag {
    bool maybe_active = true;
    bool maybe_inactive = false;
    bool asked = false;
    std::uint64_t confirmed_at = 0;  ///< step
  };
  struct KnownRun {
    std::uint64_t digest = 0;           ///< of the text without flags
    bool answered = false;              ///< to the client that asked for it
    std::map<std::string, Flag> flags;  ///< by symbol
  };

  void check_books(const backtest::PortfolioResult& result, double cash) const;
  KnownRun* learn(std::string_view text, std::uint64_t asked_at);
  void check_run(const std::string& run_id, ports::ResultStore& results,
                 ports::ArtifactStore& artifacts);
  void check_candles(std::size_t symbol, ports::CandleStore& candles, bool thorough);

  Referee& referee_;
  const Market& market_;
  std::map<std::string, KnownRun> runs_;
  std::vector<std::string> run_ids_;             ///< in the order learnt
  std::vector<std::set<std::int64_t>> minutes_;  ///< by symbol
  std::uint64_t stored_candles_ = 0;
  std::uint64_t checks_ = 0;
};

}  // namespace hts::simulation
