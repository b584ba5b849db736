#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "adapters/disk/disk.hpp"
#include "adapters/journal/journal_recorder.hpp"
#include "adapters/journal/journal_writer.hpp"
#include "config/simulation/plan.hpp"
#include "config/simulation/referee.hpp"
#include "engine/ports/candle_store.hpp"

namespace hts::simulation {

/// The journal of one life of the daemon, on the simulated disk.
class JournalOfLife {
 public:
  /// `seed`: of the runtime's random numbers. Errors: storage.
  [[nodiscard]] static result::Result<std::unique_ptr<JournalOfLife>> open(
      std::shared_ptr<disk::Disk> disk, const Plan& plan, std::uint64_t seed,
      std::function<time::Timestamp()> now);

  [[nodiscard]] std::uint64_t seed() const noexcept { return writer_->header().seed; }
  [[nodiscard]] journal::JournalRecorder& recorder() noexcept { return recorder_; }

 private:
  explicit JournalOfLife(std::unique_ptr<journal::JournalWriter> writer)
      : writer_(std::move(writer)), recorder_(*writer_) {}

  std::unique_ptr<journal::JournalWriter> writer_;
  journal::JournalRecorder recorder_;
};

/// Replays the journal and removes it: whatever of it can be read must give the same commands
/// again, and after an undisturbed life (`is_whole`) that is all of it.
void check_replay(disk::Disk& disk, std::unique_ptr<ports::CandleStore> catalog, bool is_whole,
                  Referee& referee);

}  // namespace hts::simulation
