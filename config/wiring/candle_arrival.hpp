#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "actors/messages.hpp"
#include "engine/runtime/outside_work.hpp"
#include "engine/runtime/runtime.hpp"

/// Market data as inputs of a runtime whose inputs are recorded: candles on their way from a feed
/// to `ingest`.
namespace hts::config {

inline constexpr std::string_view candle_work = "feed.candles";

/// What `ingest` made of them; called once, where the runtime calls back.
using OnStored = std::function<void(const result::Result<ports::WriteReport>& stored)>;

/// For Runtime::enter. The runtime outlives it.
[[nodiscard]] std::unique_ptr<runtime::OutsideWork> make_candle_arrival(
    runtime::Runtime& runtime, runtime::Address<actors::IngestProtocol> ingest,
    actors::StoreCandles candles, runtime::Duration deadline, OnStored on_stored);

/// For a replay: the arrival that a record named `candle_work` holds. Null when the bytes are not
/// those of one.
[[nodiscard]] std::unique_ptr<runtime::OutsideWork> remake_candle_arrival(
    runtime::Runtime& runtime, runtime::Address<actors::IngestProtocol> ingest,
    std::string_view bytes);

}  // namespace hts::config
