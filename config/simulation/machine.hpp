#pragma once

#include <cstdint>
#include <memory>

#include "adapters/disk/disk.hpp"
#include "config/simulation/dice.hpp"
#include "config/simulation/market.hpp"
#include "config/simulation/plan.hpp"
#include "config/simulation/trade_market.hpp"
#include "config/wiring/wiring.hpp"
#include "engine/ports/alerts.hpp"
#include "engine/ports/candle_tail.hpp"
#include "engine/ports/job_history.hpp"
#include "engine/ports/job_store.hpp"
#include "engine/ports/ledger_store.hpp"
#include "engine/result/result.hpp"

namespace hts::simulation {

/// The computer that the daemon runs on: a disk with faults, and what lives on it.
class Machine {
 public:
  Machine(const Plan& plan, Dice dice);
  ~Machine();

  /// Puts the markets' history into the catalog, without faults. Once, before the daemon's first
  /// start.
  void install(const Market& market, const TradeMarket& trades);

  /// Opens the stores as the daemon does at its start. Errors: those of the stores under faults.
  [[nodiscard]] result::Status open_stores();
  void close_stores();
  /// Requires open stores. `jobs` outlives what is made of them.
  [[nodiscard]] config::Stores stores(ports::JobStore& jobs);
  /// The jobs on its own disk, while the stores are open; null in a plan with a job server.
  [[nodiscard]] ports::JobStore* jobs();
  /// Requires open stores.
  [[nodiscard]] ports::JobHistory& job_history();

  /// Requires open stores, as the next two, and a plan that trades live.
  [[nodiscard]] ports::LedgerStore& ledger();
  [[nodiscard]] ports::CandleTail& tail();
  [[nodiscard]] ports::AlertOutbox& alerts();

  [[nodiscard]] std::shared_ptr<disk::Disk> disk() const;

  /// The candle store, opened anew.
  [[nodiscard]] std::unique_ptr<ports::CandleStore> catalog() const;

  void set_faults(bool on);
  /// From now on nothing reaches the disk.
  void cut_power();
  [[nodiscard]] bool is_dead() const;
  /// The dice decide what became of what was not synced.
  void boot();
  [[nodiscard]] std::uint64_t disk_operations() const;
  [[nodiscard]] std::uint64_t disk_failures() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace hts::simulation
