#pragma once

#include <string>
#include <string_view>

#include "adapters/redis/pipeline.hpp"

/// The atomic steps that the server does, in Lua. Their texts say what they take and give; every
/// one gets the prefix of our keys as its only key.
///
/// What a job's life allows is decided by `engine/jobs` alone, on records that were read; the
/// scripts compare versions and keep the indexes. A claim is stored as the event that it is (who,
/// when, for how long) and becomes a record where it is read.
namespace hts::redis {

struct Script {
  std::string text;
  std::string sha1;  ///< how the server knows it
};

/// Makes jobs, unless they are there before or the queue is full.
[[nodiscard]] const Script& submit_script();
/// Hands out what is queued and due.
[[nodiscard]] const Script& claim_script();
/// Writes records whose versions are the expected ones, all of an item or none.
[[nodiscard]] const Script& change_script();
/// A page of several indexes, newest first.
[[nodiscard]] const Script& page_script();
/// How many there are of each.
[[nodiscard]] const Script& counts_script();

/// Begins an EVALSHA; its arguments and `end` follow.
void begin_script(Pipeline& pipeline, const Script& script, std::string_view prefix);
/// Adds SCRIPT LOAD for all.
void load_scripts(Pipeline& pipeline);

}  // namespace hts::redis
