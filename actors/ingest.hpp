#pragma once

#include "actors/messages.hpp"
#include "engine/ports/candle_store.hpp"
#include "engine/runtime/actor.hpp"

namespace hts::actors {

/// The daemon's way into the candle catalog.
///
/// Takes: StoreCandles, ListInventory.
/// Promises: StoreCandles answers only after the candles are durable; all its years appear together
/// or not at all. A candle that has not closed yet is refused, with all that came with it: nobody
/// may see a price before its time. The store blocks, so every call goes through the `disk` lane;
/// the store outlives the runtime.
class Ingest : public runtime::Actor<Ingest, IngestProtocol> {
 public:
  Ingest(runtime::Context& context, ports::CandleStore& candles, runtime::Lane& disk);

  void on(runtime::Request<StoreCandles>& request);
  void on(runtime::Request<ListInventory>& request);

 private:
  runtime::Context& context_;
  ports::CandleStore& candles_;
  runtime::Lane& disk_;
};

}  // namespace hts::actors
