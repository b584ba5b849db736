#pragma once

#include <cstdint>
#include <optional>

#include "actors/ingest_options.hpp"
#include "actors/live_market.hpp"
#include "actors/messages.hpp"
#include "actors/tail_compaction.hpp"
#include "engine/runtime/actor.hpp"

namespace hts::actors {

/// The daemon's way into the candle catalog, and from a feed to candles.
///
/// Takes: StoreCandles, ListInventory, CompactTail; FollowMarket, AddRunner, FeedArrived,
/// FeedChanged, GetMarketStatus (see LiveMarket).
/// Promises: StoreCandles answers only after the candles are durable; all its years appear together
/// or not at all. A candle that has not closed yet is refused, with all that came with it: nobody
/// may see a price before its time. A bar is told only after its candles are durable in the tail.
/// Stores and the exchange's history block, so every call goes through a lane; they outlive the
/// runtime.
class Ingest : public runtime::Actor<Ingest, IngestProtocol> {
 public:
  Ingest(runtime::Context& context, const IngestPorts& ports);

  void on(runtime::Request<StoreCandles>& request);
  void on(runtime::Request<ListInventory>& request);
  void on(runtime::Request<CompactTail>& request);
  void on(runtime::Request<FollowMarket>& request);
  void on(runtime::Request<AddRunner>& request);
  void on(runtime::Request<GetMarketStatus>& request) { request.reply(market_.status()); }
  void on(const FeedArrived& arrived);
  void on(const FeedChanged& changed) { market_.on_status(changed.status); }
  void on_stop();

 private:
  [[nodiscard]] result::Status check(const FollowMarket& wanted) const;
  [[nodiscard]] result::Status check(const RunnerLine& line, std::size_t symbols) const;

  runtime::Context& context_;
  const IngestPorts ports_;
  LiveMarket market_;
  std::optional<TailCompaction> compaction_;
  std::uint64_t compacted_at_ = 0;  // appended candles
};

}  // namespace hts::actors
