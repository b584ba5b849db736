#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "engine/hash/hash128.hpp"
#include "engine/ports/collection_status_store.hpp"
#include "engine/ports/job_history.hpp"
#include "engine/ports/preset_store.hpp"
#include "engine/ports/result_store.hpp"
#include "engine/result/result.hpp"

/// Copies everything that one database of results holds into another, of whatever kind.
namespace hts::transfer {

struct ResultStores {
  ports::ResultStore& runs;
  ports::JobHistory& jobs;
  ports::PresetStore& presets;
  ports::CollectionStatusStore& collection;
};

/// What stands at both ends after the copy, read back from both.
struct CopiedTable {
  std::string name;
  std::uint64_t at_source = 0;
  std::uint64_t added = 0;      ///< that were not at the target before
  std::uint64_t at_target = 0;  ///< of those at the source
  std::uint64_t others = 0;     ///< at the target only; they stay
  hash::Hash128 source_hash;    ///< over all rows
  hash::Hash128 target_hash;    ///< over those of the source

  [[nodiscard]] bool is_equal() const noexcept {
    return at_source == at_target && source_hash == target_hash;
  }
};

struct CopyWatch {
  std::function<void(const std::string& what, std::uint64_t done, std::uint64_t total)> progress;
  std::function<bool()> interrupted;
};

/// Rows of the source take the place of those with the same key at the target. May be repeated, and
/// after a break goes on where it matters: what is there already is not changed. What comes to the
/// source meanwhile may be left out; copy again.
///
/// Errors: those of the stores; cancelled. Memory: 64 bytes a row. One thread.
[[nodiscard]] result::Result<std::vector<CopiedTable>> copy_results(const ResultStores& from,
                                                                    const ResultStores& to,
                                                                    const CopyWatch& watch);

}  // namespace hts::transfer
