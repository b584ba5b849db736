#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/jobs/job_record.hpp"

/// How a job's record is written into its hash: field `r` (msgpack, all but id, sequence, request
/// and output, which have fields of their own), and field `c`, the claim after it, if any.
namespace hts::redis {

[[nodiscard]] std::string encode_record(const jobs::JobRecord& record);
[[nodiscard]] std::string encode_claim(std::string_view worker, time::Timestamp now,
                                       time::Duration lease);

/// With the claim done, when `claim` is not empty. Nothing when the bytes are not ours.
[[nodiscard]] std::optional<jobs::JobRecord> decode_record(const jobs::JobId& id,
                                                           std::string_view record,
                                                           std::string_view claim);

}  // namespace hts::redis
