#include "config/daemon_journal.hpp"

#include <filesystem>
#include <limits>
#include <sstream>
#include <utility>

#include "adapters/disk/disk.hpp"
#include "adapters/journal/codec.hpp"
#include "config/version.hpp"

namespace hts::config {
namespace {

constexpr std::uint64_t megabyte = 1U << 20U;

journal::Fsync fsync_policy(const std::string& name) {
  if (name == "always") return journal::Fsync::always;
  return name == "none" ? journal::Fsync::none : journal::Fsync::interval;
}

}  // namespace

result::Result<std::unique_ptr<DaemonJournal>> open_journal(const Settings& settings,
                                                            const SessionSettings& session,
                                                            std::uint64_t seed, log::JsonLog& log) {
  if (!settings.boolean("journal.enabled")) return std::unique_ptr<DaemonJournal>();
  const auto bytes = [&](const char* key) {
    return static_cast<std::uint64_t>(settings.integer(key)) * megabyte;
  };
  journal::WriterOptions options;
  options.folder = (std::filesystem::path{settings.text("state.root")} / "journal").string();
  options.fsync = fsync_policy(settings.text("journal.fsync"));
  options.fsync_interval =
      std::chrono::milliseconds{settings.integer("journal.fsync_interval_milliseconds")};
  options.segment_bytes = bytes("journal.segment_megabytes");
  options.keep_bytes = bytes("journal.keep_megabytes");
  options.keep_age = std::chrono::hours{24 * settings.integer("journal.keep_days")};
  options.on_health = [&log](std::string_view problem) {
    if (problem.empty()) {
      log.write(log::Level::info, "journal", "The journal can be written again.");
    } else {
      log.write(log::Level::error, "journal", std::string{problem});
    }
  };

  journal::SegmentHeader header;
  header.program = "hts " + std::string{version};
  header.started_at =
      std::chrono::time_point_cast<time::Duration>(std::chrono::system_clock::now());
  header.seed = seed;
  std::ostringstream all_settings;
  settings.print(all_settings);
  header.settings_digest = journal::sha256(all_settings.str());
  write_session_settings(session, header);

  auto writer =
      journal::JournalWriter::open(disk::system_disk(), std::move(options), std::move(header));
  if (!writer) return std::move(writer).error();
  auto opened = std::make_unique<DaemonJournal>();
  opened->writer = std::move(writer).value();
  opened->recorder = std::make_unique<journal::JournalRecorder>(*opened->writer);
  return opened;
}

prometheus::JournalReadings readings_of(const journal::JournalWriter& writer) {
  const journal::WriterFigures figures = writer.figures();
  prometheus::JournalReadings readings;
  readings.records = figures.records;
  readings.bytes = figures.bytes;
  readings.lost_records = figures.lost_records;
  readings.backlog_bytes = figures.backlog_bytes;
  readings.problem = figures.problem;
  readings.fsync_seconds = figures.fsync.total_seconds;
  using Histogram = journal::FsyncHistogram;
  for (std::size_t i = 0; i < Histogram::buckets; ++i) {
    const bool last = i + 1 == Histogram::buckets;
    readings.fsync.push_back(
        {last ? std::numeric_limits<double>::infinity() : Histogram::upper_bound_seconds(i),
         figures.fsync.counts[i]});
  }
  return readings;
}

}  // namespace hts::config
