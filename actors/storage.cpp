#include "actors/storage.hpp"

#include <algorithm>
#include <utility>

namespace hts::actors {
namespace {

/// Removes artifacts whose run never reached the index. Returns how many.
result::Result<std::size_t> remove_orphans(ports::ResultStore& results,
                                           ports::ArtifactStore& artifacts) {
  auto run_ids = artifacts.list();
  if (!run_ids) return std::move(run_ids).error();
  std::size_t removed = 0;
  for (const std::string& run_id : *run_ids) {
    auto known = results.find(run_id);
    if (known || known.error().code != result::ErrorCode::not_found) continue;
    if (auto status = artifacts.remove(run_id); !status) return std::move(status).error();
    ++removed;
  }
  return removed;
}

result::Result<SharedRun> load_whole(ports::ArtifactStore& artifacts,
                                     result::Result<backtest::RunSummary> summary,
                                     bool cached = false) {
  if (!summary) return std::move(summary).error();
  auto run = artifacts.load(*summary);
  if (!run) return std::move(run).error();
  run->cached = cached;
  return SharedRun{std::make_shared<const backtest::BacktestRun>(std::move(run).value())};
}

result::Error no_preset_store() {
  return result::make_error(result::ErrorCode::unavailable,
                            "This process keeps no presets: ask the daemon.");
}

/// What is changed keeps the time of its making.
result::Result<ports::Preset> save_preset(ports::PresetStore& presets, ports::Preset preset,
                                          bool is_new, time::Timestamp now) {
  preset.created_at = preset.updated_at = now;
  if (is_new) {
    if (auto made = presets.create(preset); !made) return std::move(made).error();
    return preset;
  }
  const auto earlier = presets.find(preset.name);
  if (!earlier && earlier.error().code != result::ErrorCode::not_found) return earlier.error();
  if (earlier) preset.created_at = earlier->created_at;
  if (auto put = presets.put(preset); !put) return std::move(put).error();
  return preset;
}

}  // namespace

Storage::Storage(runtime::Context& context, ports::ResultStore& results,
                 ports::ArtifactStore& artifacts, runtime::Lane& disk, ports::PresetStore* presets)
    : context_(context), results_(results), artifacts_(artifacts), disk_(disk), presets_(presets) {}

void Storage::on_start() {
  context_.offload(
      disk_, [this] { return remove_orphans(results_, artifacts_); },
      [this](result::Result<std::size_t> removed) {
        if (!removed) {
          context_.log(runtime::LogLevel::warning,
                       "Left-over artifacts could not be removed: " + removed.error().message);
        } else if (*removed > 0) {
          context_.log(runtime::LogLevel::warning, "Removed the artifacts of " +
                                                       std::to_string(*removed) +
                                                       " runs that a crash left unfinished.");
        }
      });
}

void Storage::on(runtime::Request<SaveRun>& request) {
  context_.offload(
      disk_,
      [this, run = request.query.run,
       cancelled = request.query.cancelled]() -> result::Result<SharedRun> {
        if (auto saved = artifacts_.save(*run, cancelled.get()); !saved) {
          return std::move(saved).error();
        }
        // From here on it is stored: the rest takes no longer than taking the artifacts away.
        if (auto indexed = results_.insert(backtest::summarize(*run)); !indexed) {
          return std::move(indexed).error();
        }
        return run;
      },
      std::move(request.reply));
}

void Storage::on(runtime::Request<FindRun>& request) {
  context_.offload(
      disk_,
      [this, run_id = std::move(request.query.run_id)] {
        return load_whole(artifacts_, results_.find(run_id));
      },
      std::move(request.reply));
}

void Storage::on(runtime::Request<FindMissingRuns>& request) {
  context_.offload(
      disk_,
      [this,
       run_ids = std::move(request.query.run_ids)]() -> result::Result<std::vector<std::string>> {
        std::vector<std::string> missing;
        for (const std::string& run_id : run_ids) {
          const auto found = results_.find(run_id);
          if (found) continue;
          if (found.error().code != result::ErrorCode::not_found) return found.error();
          missing.push_back(run_id);
        }
        return missing;
      },
      std::move(request.reply));
}

void Storage::on(runtime::Request<FindEqualRun>& request) {
  context_.offload(
      disk_,
      [this, wanted = std::move(request.query.wanted)] {
        return load_whole(artifacts_, results_.find_equal(wanted), true);
      },
      std::move(request.reply));
}

void Storage::on(runtime::Request<FindLatestRun>& request) {
  context_.offload(
      disk_, [this] { return load_whole(artifacts_, results_.latest()); },
      std::move(request.reply));
}

void Storage::on(runtime::Request<ListRuns>& request) {
  context_.offload(
      disk_,
      [this, offset = request.query.offset, limit = request.query.limit] {
        return results_.history(offset, limit);
      },
      std::move(request.reply));
}

void Storage::on(runtime::Request<SetSymbolActive>& request) {
  context_.offload(
      disk_,
      [this, query = std::move(request.query)] {
        return results_.set_symbol_active(query.run_id, query.symbol, query.is_active);
      },
      std::move(request.reply));
}

void Storage::on(runtime::Request<SavePreset>& request) {
  if (presets_ == nullptr) return request.reply(no_preset_store());
  // Stores keep milliseconds, and what is answered is what is kept.
  const time::Timestamp now{std::chrono::floor<std::chrono::milliseconds>(context_.now())};
  context_.offload(
      disk_,
      [this, now, query = std::move(request.query)] {
        return save_preset(*presets_, query.preset, query.is_new, now);
      },
      std::move(request.reply));
}

void Storage::on(runtime::Request<FindPresets>& request) {
  if (presets_ == nullptr) return request.reply(no_preset_store());
  context_.offload(
      disk_,
      [this,
       names = std::move(request.query.names)]() -> result::Result<std::vector<ports::Preset>> {
        std::vector<ports::Preset> presets;
        for (const std::string& name : names) {
          auto preset = presets_->find(name);
          if (preset) {
            presets.push_back(std::move(preset).value());
          } else if (preset.error().code != result::ErrorCode::not_found) {
            return std::move(preset).error();
          }
        }
        return presets;
      },
      std::move(request.reply));
}

void Storage::on(runtime::Request<ListPresets>& request) {
  if (presets_ == nullptr) return request.reply(no_preset_store());
  context_.offload(
      disk_,
      [this, offset = request.query.offset, limit = request.query.limit] {
        return presets_->list(offset, limit);
      },
      std::move(request.reply));
}

void Storage::on(runtime::Request<RemovePreset>& request) {
  if (presets_ == nullptr) return request.reply(no_preset_store());
  context_.offload(
      disk_, [this, name = std::move(request.query.name)] { return presets_->remove(name); },
      std::move(request.reply));
}

}  // namespace hts::actors
