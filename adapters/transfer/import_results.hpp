#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "adapters/transfer/copy_results.hpp"
#include "engine/ports/artifact_store.hpp"
#include "engine/ports/result_store.hpp"
#include "engine/result/result.hpp"

/// Takes a folder of backtest answers in JSON files, as the seed system keeps its results, into the
/// stores.
namespace hts::transfer {

enum class ImportOutcome {
  imported,
  skipped,  ///< stored before, or no backtest answer (an index of results, another file)
  failed,   ///< nothing of it was stored
};

/// "imported", "skipped", "failed".
[[nodiscard]] std::string_view name_of(ImportOutcome outcome) noexcept;

struct ImportedResult {
  std::filesystem::path file;  ///< below the folder
  ImportOutcome outcome = ImportOutcome::imported;
  std::string run_id;  ///< empty: not known
  std::string reason;  ///< a sentence; empty when imported
  std::string field;   ///< that the reason is about; or empty
};

struct ResultImport {
  std::vector<ImportedResult> files;  ///< by their paths
  [[nodiscard]] std::uint64_t count(ImportOutcome outcome) const;
};

/// Looks at all `*.json` below the folder. A run is stored whole or not at all: first its
/// artifacts, then its place in the index. May be repeated. Errors: not_found for a folder that is
/// not there; unavailable when the index cannot be reached; cancelled. One thread.
[[nodiscard]] result::Result<ResultImport> import_results(const std::filesystem::path& folder,
                                                          ports::ResultStore& index,
                                                          ports::ArtifactStore& artifacts,
                                                          const CopyWatch& watch);

}  // namespace hts::transfer
