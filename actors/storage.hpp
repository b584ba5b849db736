#pragma once

#include "actors/messages.hpp"
#include "engine/ports/artifact_store.hpp"
#include "engine/ports/preset_store.hpp"
#include "engine/ports/result_store.hpp"
#include "engine/runtime/actor.hpp"

namespace hts::actors {

/// Keeps finished runs, and presets of strategies.
///
/// Takes: SaveRun, FindRun, FindMissingRuns, FindEqualRun, FindLatestRun, ListRuns,
/// SetSymbolActive; SavePreset, FindPresets, ListPresets, RemovePreset, which are unavailable
/// without a store of presets. Promises: SaveRun answers only after the artifacts and then the
/// index entry are durable, so a run that can be found is whole. At start, artifacts that the index
/// does not know (a crash between the two writes) are removed. The stores block, so every call goes
/// through the `disk` lane; the stores outlive the runtime.
class Storage : public runtime::Actor<Storage, StorageProtocol> {
 public:
  Storage(runtime::Context& context, ports::ResultStore& results, ports::ArtifactStore& artifacts,
          runtime::Lane& disk, ports::PresetStore* presets = nullptr);

  void on_start();
  void on(runtime::Request<SaveRun>& request);
  void on(runtime::Request<FindRun>& request);
  void on(runtime::Request<FindMissingRuns>& request);
  void on(runtime::Request<FindEqualRun>& request);
  void on(runtime::Request<FindLatestRun>& request);
  void on(runtime::Request<ListRuns>& request);
  void on(runtime::Request<SetSymbolActive>& request);
  void on(runtime::Request<SavePreset>& request);
  void on(runtime::Request<FindPresets>& request);
  void on(runtime::Request<ListPresets>& request);
  void on(runtime::Request<RemovePreset>& request);

 private:
  runtime::Context& context_;
  ports::ResultStore& results_;
  ports::ArtifactStore& artifacts_;
  runtime::Lane& disk_;
  ports::PresetStore* const presets_;
};

}  // namespace hts::actors
