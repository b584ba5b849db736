#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "adapters/simulation/table_job_store.hpp"
#include "config/simulation/dice.hpp"
#include "config/simulation/job_watch.hpp"
#include "engine/ports/job_store.hpp"

namespace hts::simulation {

/// What a network does to calls of a server; shares of calls.
struct NetworkFaults {
  double request_lost = 0;  ///< nothing was done
  double reply_lost = 0;    ///< it was done, and nobody hears of it
  double cut_short = 0;     ///< some items of a batch were done
  double repeated = 0;      ///< the request came twice; the second answer is heard
};

/// A job server that several machines share, as a Redis with an append-only file: it outlives them,
/// and its own clock decides about leases. Between it and each user is a network with faults. One
/// thread.
class JobServer {
 public:
  /// `now`: the server's clock.
  JobServer(Dice dice, JobWatch& watch, std::function<time::Timestamp()> now);

  /// The server as one process sees it. The server outlives it.
  [[nodiscard]] std::unique_ptr<ports::JobStore> connect();
  /// The server itself, without a network.
  [[nodiscard]] ports::JobStore& table() noexcept { return table_; }

  void set_faults(const NetworkFaults& faults) noexcept { faults_ = faults; }
  /// Hears what the server tells all its users; null: nobody. Some of it is lost on the way.
  void set_listener(std::function<void(const ports::JobSignal&)> hear) { hear_ = std::move(hear); }
  /// Until it is set to false nobody reaches the server.
  void set_outage(bool outage) noexcept { outage_ = outage; }
  [[nodiscard]] bool outage() const noexcept { return outage_; }
  [[nodiscard]] std::uint64_t faults_drawn() const noexcept { return faults_drawn_; }

 private:
  class Connection;

  void signal(ports::JobSignal::Kind kind, const jobs::JobId& id = {});

  Dice dice_;
  std::function<time::Timestamp()> now_;
  TableJobStore table_;
  WatchedJobStore watched_;
  std::function<void(const ports::JobSignal&)> hear_;
  NetworkFaults faults_;
  bool outage_ = false;
  std::uint64_t faults_drawn_ = 0;
};

}  // namespace hts::simulation
