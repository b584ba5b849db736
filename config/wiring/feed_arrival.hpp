#pragma once

#include <deque>
#include <memory>
#include <string_view>

#include "actors/ingest_options.hpp"
#include "actors/messages.hpp"
#include "engine/ports/market_feed.hpp"
#include "engine/runtime/outside_work.hpp"
#include "engine/runtime/runtime.hpp"

/// What a feed brings, as inputs of the runtime on their way to `ingest`.
namespace hts::config {

inline constexpr std::string_view feed_batch_work = "feed.batch";
inline constexpr std::string_view feed_status_work = "feed.status";

/// Hears the daemon's feed. The runtime outlives it.
class FeedIntake final : public ports::FeedListener {
 public:
  FeedIntake(runtime::Runtime& runtime, runtime::Address<actors::IngestProtocol> ingest,
             std::shared_ptr<actors::FeedGate> gate);

  [[nodiscard]] bool on_batch(const std::shared_ptr<const ports::FeedBatch>& batch) override;
  void on_status(const ports::FeedStatus& status) override;

 private:
  /// A loss that ingest does not hear of would be a hole in candles: it goes before later data.
  [[nodiscard]] bool tell_changes();

  runtime::Runtime& runtime_;
  const runtime::Address<actors::IngestProtocol> ingest_;
  const std::shared_ptr<actors::FeedGate> gate_;  // may be null
  std::deque<ports::FeedStatus> untold_;
};

/// For a replay: the work that a record of this name holds. Null when it is none, or damaged.
[[nodiscard]] std::unique_ptr<runtime::OutsideWork> remake_feed_work(
    const runtime::Address<actors::IngestProtocol>& ingest, std::string_view name,
    std::string_view bytes);

}  // namespace hts::config
