#include "config/simulation/journal_check.hpp"

#include <string>
#include <utility>

#include "config/replay/replay.hpp"
#include "config/wiring/session_settings.hpp"

namespace hts::simulation {
namespace {

constexpr const char* folder = "/state/journal";
constexpr const char* program = "hts simulation";
/// Small, so that a run rotates.
constexpr std::uint64_t segment_bytes = 256U << 10U;

}  // namespace

result::Result<std::unique_ptr<JournalOfLife>> JournalOfLife::open(
    std::shared_ptr<disk::Disk> disk, const Plan& plan, std::uint64_t seed,
    std::function<time::Timestamp()> now) {
  journal::WriterOptions options;
  options.folder = folder;
  options.fsync = plan.journal_fsync;
  options.segment_bytes = segment_bytes;
  options.threaded = false;
  options.now = now;
  journal::SegmentHeader header;
  header.program = program;
  header.started_at = now();
  header.seed = seed;
  config::write_session_settings(
      {wiring_of(plan), "/data", true, plan.trades_live, plan.trades_live}, header);
  auto writer =
      journal::JournalWriter::open(std::move(disk), std::move(options), std::move(header));
  if (!writer) return std::move(writer).error();
  return std::unique_ptr<JournalOfLife>(new JournalOfLife(std::move(writer).value()));
}

void check_replay(disk::Disk& disk, std::unique_ptr<ports::CandleStore> catalog, bool is_whole,
                  Referee& referee) {
  config::ReplayOptions options;
  options.path = folder;
  options.program = program;
  options.open_candle_store =
      [&catalog](const std::string&) -> result::Result<std::unique_ptr<ports::CandleStore>> {
    return std::move(catalog);
  };
  const auto report = config::replay(disk, options);
  // A daemon that died at its first step has no journal yet.
  if (!report && !is_whole) return;
  if (!report) {
    referee.violated("replays", "the journal cannot be replayed: " + report.error().message);
    return;
  }
  for (const auto& session : report->sessions) {
    if (session.difference) {
      referee.violated("replays", "after " + std::to_string(session.inputs) + " inputs, during " +
                                      session.difference->during + ": " + session.difference->what +
                                      " Recorded: " + session.difference->recorded +
                                      " Replayed: " + session.difference->replayed);
    } else if (is_whole && !session.is_identical()) {
      referee.violated("replays",
                       "the journal of an undisturbed run ends early: " +
                           (session.damage ? session.damage->message : session.obstacle));
    }
  }
  if (auto removed = disk.remove_all(folder); !removed) {
    referee.violated("stores_readable",
                     "the journal cannot be removed: " + removed.error().message);
  }
}

}  // namespace hts::simulation
