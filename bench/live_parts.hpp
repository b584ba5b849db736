#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>

#include "actors/live_messages.hpp"
#include "adapters/archive/archiving_job_store.hpp"
#include "adapters/journal/journal_recorder.hpp"
#include "adapters/journal/journal_writer.hpp"
#include "adapters/journal/journaled_stores.hpp"
#include "adapters/parquet/parquet_artifact_store.hpp"
#include "adapters/parquet/parquet_candle_store.hpp"
#include "adapters/sqlite/sqlite_alert_outbox.hpp"
#include "adapters/sqlite/sqlite_result_store.hpp"
#include "config/live/live_trading.hpp"
#include "config/wiring/wiring.hpp"
#include "engine/ports/market_feed.hpp"
#include "engine/runtime/runtime.hpp"

namespace hts::bench {

/// What the daemon trades live with, without its HTTP server: the feed and the actors on two
/// threads, files in the folder.
class LiveParts {
 public:
  /// Hears what each read of the feed brought and when it was read, in nanoseconds of the monotonic
  /// clock, before ingest does.
  using OnRead = std::function<void(const ports::FeedBatch& batch, std::int64_t moment)>;

  /// `is_recorded`: with a journal, as the daemon keeps it.
  LiveParts(const std::filesystem::path& folder, std::uint16_t exchange, bool is_recorded,
            OnRead on_read = {});
  ~LiveParts();
  LiveParts(const LiveParts&) = delete;
  LiveParts& operator=(const LiveParts&) = delete;

  /// A session of `symbols` symbols, S0_USDT and on, each with this strategy on minutes.
  void trade(std::size_t symbols, const char* strategy);
  [[nodiscard]] std::shared_ptr<const actors::MarketStatus> market();

 private:
  template <class P, class Query>
  [[nodiscard]] result::Result<typename Query::Reply> ask(const runtime::Address<P>& actor,
                                                          Query query);
  [[nodiscard]] runtime::RuntimeOptions runtime_options() const;

  std::shared_ptr<parquet::DuckdbDatabase> database_;
  parquet::ParquetCandleStore catalog_;
  parquet::ParquetArtifactStore artifacts_;
  std::unique_ptr<sqlite::SqliteResultStore> results_;
  std::unique_ptr<config::LiveTrading> live_;
  std::unique_ptr<sqlite::SqliteAlertOutbox> alerts_;
  journal::JournaledCandleStore journaled_candles_;
  std::unique_ptr<journal::JournalWriter> writer_;
  std::unique_ptr<journal::JournalRecorder> recorder_;
  OnRead on_read_;
  std::shared_ptr<actors::FeedGate> gate_;
  std::unique_ptr<ports::FeedListener> intake_;
  runtime::Runtime runtime_;
  config::Actors actors_;
  std::unique_ptr<ports::MarketFeed> feed_;
};

}  // namespace hts::bench
