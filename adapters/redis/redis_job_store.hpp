#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "engine/ports/job_store.hpp"

/// Jobs in one Redis (6.2 or later), shared by a daemon and workers on any number of machines.
///
/// 1. Every step is one script on the server, so it happens whole or not at all. Steps that only
///    `engine/jobs` can decide are computed here from records that were read, and written if these
///    are still what they were; else they are computed again.
/// 2. Leases and delays go by the server's clock, so that the clocks of the machines need not
///    agree; times of creation are the caller's.
/// 3. What was answered survives the death of every worker and daemon, and that of the server as
///    far as its journal does (`appendfsync always`: wholly; `everysec`: but for the last second).
/// 4. A lost connection is opened again by itself, with waits in between during which calls fail
///    at once. Calls never hang: see the time-outs.
///
/// Thread-safe: writers take turns, and so do readers, on a connection of their own. Errors:
/// unavailable while the server cannot be reached or takes no changes, storage when it refuses
/// something; both with the next step.
namespace hts::redis {

struct JobStoreOptions {
  std::string queue = "jobs";           ///< keys begin with `hts:{queue}:`
  std::filesystem::path password_file;  ///< one line; empty: no password
  std::chrono::milliseconds connect_timeout{3000};
  std::chrono::milliseconds answer_timeout{5000};
  /// Leases and delays by the `now` of the calls instead of the server's clock, for tests.
  bool use_callers_clock = false;
  /// Told, in a sentence, what an operator should change about the server. On any thread.
  std::function<void(const std::string&)> warn;
};

/// `url`: `redis://[user@]host[:port][/database]`. A server that cannot be reached now is warned
/// about, not refused: the store is `unavailable` until it can.
/// Errors: invalid, field `jobs.store` or `jobs.password_file`: the address cannot be read, the
/// password is refused or its file cannot be read; the server is older than 6.2, of a cluster, a
/// Sentinel or a replica; it has keys of another program or of another version of our layout.
[[nodiscard]] result::Result<std::unique_ptr<ports::JobStore>> open_job_store(
    const std::string& url, const JobStoreOptions& options);

}  // namespace hts::redis
