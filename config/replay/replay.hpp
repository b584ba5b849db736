#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/disk/disk.hpp"
#include "adapters/journal/format.hpp"
#include "adapters/journal/journal_reader.hpp"
#include "engine/ports/candle_store.hpp"
#include "engine/result/result.hpp"

/// Executes a journal again: the daemon's own actors, wired as the daemon wires them, are given
/// what entered then, and everything they send out is compared with what they sent out then, byte
/// for byte.
namespace hts::config {

struct ReplayOptions {
  std::string path;     ///< a segment file, or a folder of them
  std::string program;  ///< this one: "hts 0.1.0"
  /// Stop after this input of each session.
  std::optional<std::uint64_t> until;
  /// Opens the catalog that the sessions read their candles from; gets the `data.root` recorded.
  std::function<result::Result<std::unique_ptr<ports::CandleStore>>(const std::string& data_root)>
      open_candle_store;
  /// The share of the journal's bytes that is done, 0 to 1; may be empty.
  std::function<void(double)> on_progress;
  /// True ends the replay; may be empty.
  std::function<bool()> interrupted;
};

/// Where a replay first left the record.
struct ReplayDifference {
  std::string path;          ///< of the segment
  std::uint64_t offset = 0;  ///< of the record
  std::uint64_t input = 0;   ///< its number in the session
  std::string during;        ///< what the input was: "POST /api/backtests/run"
  std::string what;          ///< what differs, one sentence
  std::uint64_t byte = 0;    ///< first differing byte of the two
  std::string recorded;      ///< around that byte, escaped for people
  std::string replayed;
};

/// One run of the daemon.
struct ReplayedSession {
  std::uint64_t session = 0;
  std::string program;
  std::uint64_t inputs = 0;         ///< played
  std::uint64_t commands = 0;       ///< that matched: answers and calls of ports
  std::uint64_t messages_lost = 0;  ///< records of gaps
  std::optional<ReplayDifference> difference;
  std::optional<journal::Damage> damage;  ///< reading ended here
  /// Why the session could not be played to its end, but for the two above: a gap, something
  /// unrecorded, a changed catalog, a missing beginning.
  std::string obstacle;
  std::vector<std::string> notes;  ///< what is worth knowing and changes nothing

  /// Everything that could be read was the same; a torn tail is what a crash leaves.
  [[nodiscard]] bool is_identical() const noexcept {
    return !difference && obstacle.empty() &&
           (!damage || damage->kind == journal::Damage::Kind::torn_tail);
  }
};

struct ReplayReport {
  std::vector<ReplayedSession> sessions;
  bool interrupted = false;

  [[nodiscard]] bool is_identical() const noexcept;
};

/// Runs to its end, or to the first difference of each session, on the calling thread. Memory: as
/// the daemon. Errors: not_found when there is no journal at the path, storage.
[[nodiscard]] result::Result<ReplayReport> replay(disk::Disk& disk, const ReplayOptions& options);

}  // namespace hts::config
