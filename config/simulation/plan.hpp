#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "adapters/journal/journal_writer.hpp"
#include "config/simulation/dice.hpp"
#include "config/simulation/job_server.hpp"
#include "config/simulation/trade_feed.hpp"
#include "config/wiring/wiring.hpp"
#include "engine/result/result.hpp"
#include "engine/time/timestamp.hpp"

namespace hts::simulation {

/// What may go wrong.
struct FaultKinds {
  bool disk = true;     ///< errors, short writes, full disks
  bool crash = true;    ///< the process dies, or the power fails, at any write or between steps
  bool actors = true;   ///< handlers throw
  bool clients = true;  ///< disconnect, send nonsense
  bool feed = true;     ///< outages, repeats, candles before their time
  bool network = true;  ///< to the shared job server; bad workers on other machines
  bool clock = true;    ///< somebody sets the wall clock

  /// `all`, `none`, or a list of the names above. Error: invalid, naming the unknown one.
  [[nodiscard]] static result::Result<FaultKinds> parse(std::string_view text);
};

/// One run's sizes, speeds and fault rates, drawn from its seed.
struct Plan {
  static Plan draw(Dice dice, const FaultKinds& faults);

  // The daemon.
  std::size_t workers = 1;
  std::size_t queue_capacity = 8;
  std::size_t mailbox_capacity = 64;
  bool is_journaled = false;  ///< the actors run sequenced, and the journal is replayed
  journal::Fsync journal_fsync = journal::Fsync::interval;
  std::uint32_t batch = 256;      ///< messages a task handles before others run
  time::Duration lane_latency{};  ///< usual time of a lane to begin or to report
  double stall_rate = 0;          ///< share of lane jobs that take seconds
  time::Duration step_time{};     ///< longest time that one step takes

  bool has_job_server = false;      ///< jobs are on a shared server, not on the machine's disk
  std::uint64_t job_capacity = 10;  ///< jobs that may wait

  // Around it.
  std::size_t clients = 3;
  std::size_t job_clients = 2;
  time::Duration job_think_time{};  ///< mean pause of one of those
  time::Duration think_time{};      ///< mean pause of a client between two requests
  double burst_rate = 0;            ///< share of requests that follow at once
  time::Duration poll_period{};     ///< of a dashboard that asks for the queue; zero: nobody does
  std::size_t symbols = 2;          ///< of the feed
  double disconnect_rate = 0;       ///< share of requests whose client leaves before the answer
  double nonsense_rate = 0;         ///< share of requests that are wrong
  double feed_outage_rate = 0;      ///< a minute
  double feed_repeat_rate = 0;      ///< share of candles sent twice
  double feed_early_rate = 0;       ///< share of candles also sent before they close

  // Live trading.
  bool trades_live = false;
  std::size_t live_symbols = 1;
  std::size_t traders = 1;
  time::Duration trader_think_time{};  ///< mean pause of one of them
  bool feed_tells_candles = false;     ///< the exchange's own, beside its trades
  std::uint64_t tail_candles = 200;    ///< then they go into the catalog
  StreamFaults stream;
  double history_failure_rate = 0;  ///< of calls
  double history_outage_rate = 0;   ///< of calls; then it is away for minutes
  time::Duration backfill_patience{};
  double pager_failure_rate = 0;  ///< of messages; half of them were heard

  bool runs_tasks = false;  ///< there is a schedule

  // Faults of the job server's network, and of who else uses it.
  NetworkFaults network;
  double server_outage_rate = 0;  ///< a minute
  std::size_t other_workers = 0;
  time::Duration other_worker_period{};  ///< between two things that one does

  // Faults of the machine.
  double clock_set_rate = 0;   ///< a minute; the feed then rests, which goes by the clock
  double disk_error_rate = 0;  ///< of operations that change the disk
  double short_write_rate = 0;
  double disk_crash_rate = 0;     ///< of operations that change the disk
  double power_cut_rate = 0;      ///< a minute, between two steps
  double actor_failure_rate = 0;  ///< of messages
};

/// The actors of that daemon.
[[nodiscard]] config::WiringOptions wiring_of(const Plan& plan);

}  // namespace hts::simulation
