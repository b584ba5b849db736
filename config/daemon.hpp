#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "adapters/log/json_log.hpp"
#include "config/settings.hpp"
#include "engine/result/result.hpp"

namespace hts::config {

/// The daemon, wired from its settings: stores, lanes, actors, HTTP server.
///
/// Start and stop are called from one thread; everything else happens on the runtime's threads. The
/// log outlives it.
class Daemon {
 public:
  /// Opens the stores (checking that both roots can be written), starts the actors and listens.
  /// Errors: storage with the folder, unavailable or conflict with `http.port`, each with the next
  /// step.
  [[nodiscard]] static result::Result<std::unique_ptr<Daemon>> start(const Settings& settings,
                                                                     log::JsonLog& log);
  /// Stops if `stop` was not called.
  ~Daemon();

  [[nodiscard]] std::uint16_t port() const noexcept;

  /// The name of one that has been in one batch of messages for longer than
  /// `runtime.stuck_seconds`; empty: none.
  [[nodiscard]] std::string stuck_actor() const;

  /// Closes the listener, gives requests under way their answers, stops the actors in phases. Takes
  /// `runtime.shutdown_milliseconds` at most; what did not stop in time is logged and the answer is
  /// false: a thread may then be blocked by a disk, and destroying the daemon would wait for it.
  [[nodiscard]] bool stop();

  /// Reads `schedule.file` again; what of it runs goes on. Returns the number of its lines, nothing
  /// without a file. Errors: those of the file; the schedule then stays as it is.
  [[nodiscard]] result::Result<std::optional<std::size_t>> reload_schedule();

 private:
  struct Parts;
  explicit Daemon(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace hts::config
