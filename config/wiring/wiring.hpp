#pragma once

#include <cstddef>
#include <string>

#include "actors/messages.hpp"
#include "engine/ports/artifact_store.hpp"
#include "engine/ports/candle_store.hpp"
#include "engine/ports/result_store.hpp"
#include "engine/runtime/runtime.hpp"

/// Which actors the daemon consists of and who knows whom. The daemon, the simulation and the
/// replay of a journal all wire their actors here, so what is simulated is what runs.
namespace hts::config {

/// What the actors keep their things in; outlives the runtime.
struct Stores {
  ports::CandleStore& candles;
  ports::ResultStore& results;
  ports::ArtifactStore& artifacts;
};

struct WiringOptions {
  std::size_t workers = 1;          ///< backtests computed at the same time
  std::size_t queue_capacity = 64;  ///< backtests waiting for a worker
  std::string environment;          ///< goes into every run: "hts 0.1.0"
  std::string execution_host;       ///< goes into every run: the host's name
  std::size_t mailbox_capacity = 512;
};

/// Where requests from outside go.
struct Actors {
  runtime::Address<actors::SchedulerProtocol> scheduler;
  runtime::Address<actors::StorageProtocol> storage;
  runtime::Address<actors::IngestProtocol> ingest;
  runtime::Address<actors::PositionManagerProtocol> positions;
  runtime::Address<actors::NotifierProtocol> notifier;
};

/// Spawns the daemon's actors and makes their lanes. They run once the runtime does.
[[nodiscard]] Actors spawn_actors(runtime::Runtime& runtime, const Stores& stores,
                                  const WiringOptions& options);

}  // namespace hts::config
