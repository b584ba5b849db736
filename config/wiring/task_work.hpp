#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "actors/messages.hpp"
#include "engine/runtime/outside_work.hpp"
#include "engine/runtime/runtime.hpp"

/// What scheduled tasks and the watch over the daemon's health ask of the actors, as inputs of a
/// runtime whose inputs are recorded. The runtime outlives them.
namespace hts::config {

/// The newest candles go into the catalog.
inline constexpr std::string_view compact_work = "task.compact";
/// Something for people.
inline constexpr std::string_view notice_work = "task.notice";

/// Called once, where the runtime calls back.
using OnCompacted = std::function<void(const result::Result<actors::CompactReport>& report)>;

[[nodiscard]] std::unique_ptr<runtime::OutsideWork> make_compaction(
    runtime::Runtime& runtime, runtime::Address<actors::IngestProtocol> ingest,
    runtime::Duration patience, OnCompacted on_compacted);

[[nodiscard]] std::unique_ptr<runtime::OutsideWork> make_notice(
    runtime::Address<actors::NotifierProtocol> notifier, actors::Notice notice);

/// For a replay. Null when it is neither of the two.
[[nodiscard]] std::unique_ptr<runtime::OutsideWork> remake_task_work(
    runtime::Runtime& runtime, runtime::Address<actors::IngestProtocol> ingest,
    runtime::Address<actors::NotifierProtocol> notifier, std::string_view name,
    std::string_view bytes);

}  // namespace hts::config
