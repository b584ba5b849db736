#pragma once

#include <memory>
#include <string>

#include "adapters/log/json_log.hpp"
#include "adapters/spool/spooling_job_store.hpp"
#include "config/settings.hpp"
#include "config/wiring/wiring.hpp"
#include "engine/ports/job_store.hpp"
#include "engine/result/result.hpp"

namespace hts::config {

/// Opens what `jobs.store` names: state.root/jobs.sqlite, or a server. The log outlives it. Errors:
/// those of the store; invalid, field `jobs.store`, for what is neither.
[[nodiscard]] result::Result<std::unique_ptr<ports::JobStore>> open_job_store(
    const Settings& settings, log::JsonLog& log);

struct AcceptingJobStore {
  std::unique_ptr<ports::JobStore> store;
  spool::SpoolingJobStore* spool = nullptr;  ///< the same store; null when it needs no spool
};

/// The same for who accepts jobs: while a server cannot be reached, they wait in
/// state.root/spool.sqlite. Errors: also those of that file.
[[nodiscard]] result::Result<AcceptingJobStore> open_accepting_job_store(const Settings& settings,
                                                                         log::JsonLog& log);

/// `worker` names this process among all that work on the store.
[[nodiscard]] JobOptions job_options(const Settings& settings, std::string worker);

}  // namespace hts::config
