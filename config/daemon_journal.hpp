#pragma once

#include <cstdint>
#include <memory>

#include "adapters/journal/journal_recorder.hpp"
#include "adapters/journal/journal_writer.hpp"
#include "adapters/log/json_log.hpp"
#include "adapters/prometheus/metrics.hpp"
#include "config/settings.hpp"
#include "config/wiring/session_settings.hpp"
#include "engine/result/result.hpp"

namespace hts::config {

/// The journal of one run of the daemon. Outlives the runtime that is recorded; the log outlives
/// it.
struct DaemonJournal {
  std::unique_ptr<journal::JournalWriter> writer;
  std::unique_ptr<journal::JournalRecorder> recorder;
};

/// Begins a session below state.root/journal; null when the settings want none. Errors: storage.
[[nodiscard]] result::Result<std::unique_ptr<DaemonJournal>> open_journal(
    const Settings& settings, const SessionSettings& session, std::uint64_t seed,
    log::JsonLog& log);

/// For metrics and health.
[[nodiscard]] prometheus::JournalReadings readings_of(const journal::JournalWriter& writer);

}  // namespace hts::config
