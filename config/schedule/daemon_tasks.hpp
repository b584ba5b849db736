#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>

#include "actors/messages.hpp"
#include "adapters/prometheus/metrics.hpp"
#include "adapters/scheduled_tasks/task_run.hpp"
#include "config/results/result_storage.hpp"
#include "config/settings.hpp"
#include "engine/ports/artifact_store.hpp"
#include "engine/ports/candle_store.hpp"
#include "engine/runtime/runtime.hpp"

namespace hts::config {

/// What the daemon's tasks work on; outlives them. What they bring to actors enters the runtime as
/// work, so that a journal has it.
struct TaskSurroundings {
  const Settings& settings;
  runtime::Runtime& runtime;
  runtime::Address<actors::IngestProtocol> ingest;
  runtime::Address<actors::NotifierProtocol> notifier;
  ports::CandleStore& candles;  ///< read only: candles enter through ingest
  ResultStorage& results;
  ports::ArtifactStore& artifacts;
  /// How live trading is; any thread, `use` is called once on another.
  std::function<void(std::function<void(prometheus::LiveReadings)> use)> read_live;
  std::function<time::Timestamp()> now;
};

/// By the words of the schedule: backup, clean_up, collect, compact, report. Their lines were
/// checked by `read_schedule`.
[[nodiscard]] std::map<std::string, scheduled_tasks::Task> make_tasks(
    const TaskSurroundings& surroundings);

/// What people are told of a run that has ended: how a backup went, and what failed. Nothing for
/// the rest.
[[nodiscard]] std::optional<actors::Notice> notice_of(const scheduled_tasks::TaskRun& run);

}  // namespace hts::config
