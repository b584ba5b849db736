#pragma once

#include <string>
#include <vector>

#include "adapters/redis/link.hpp"
#include "engine/ports/job_store.hpp"

/// What is asked of the store without changing it. Errors: those of the link, and of the port.
namespace hts::redis {

[[nodiscard]] result::Result<jobs::JobRecord> find_job(Link& link, const std::string& prefix,
                                                       const jobs::JobId& id);
/// O(log n) but for parts, which are read whole.
[[nodiscard]] result::Result<ports::JobPage> list_jobs(Link& link, const std::string& prefix,
                                                       const ports::JobFilter& filter,
                                                       std::uint64_t offset, std::uint64_t limit);
/// O(kinds · log n).
[[nodiscard]] result::Result<ports::JobCounts> count_jobs(Link& link, const std::string& prefix);
[[nodiscard]] result::Result<std::vector<std::string>> outputs_of_parts(Link& link,
                                                                        const std::string& prefix,
                                                                        const jobs::JobId& whole);
/// Ids in a sorted set; what is no id is left out.
[[nodiscard]] result::Result<std::vector<jobs::JobId>> read_ids(
    Link& link, std::initializer_list<std::string_view> command);
/// Of all kinds, oldest first.
[[nodiscard]] result::Result<std::vector<jobs::JobId>> read_dead_letters(Link& link,
                                                                         const std::string& prefix);

/// Runs it; the first reply that is an error becomes one.
[[nodiscard]] result::Result<std::vector<Reply>> run_all(Link& link, const Pipeline& pipeline);

}  // namespace hts::redis
