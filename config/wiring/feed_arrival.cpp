#include "config/wiring/feed_arrival.hpp"

#include <string>
#include <utility>

#include "adapters/journal/codec.hpp"
#include "adapters/journal/msgpack_reader.hpp"
#include "adapters/journal/msgpack_writer.hpp"

namespace hts::config {
namespace {

/// Batches that may wait for their turn where everything is recorded.
constexpr std::size_t most_waiting_batches = 64;

void write_batch(journal::MsgpackWriter& writer, const ports::FeedBatch& batch) {
  // Without quotes as it was before there were any.
  writer.array(batch.quotes.empty() ? 5 : 6);
  writer.unsigned_integer(batch.subscription);
  journal::write_time(writer, batch.received);
  writer.array(batch.trades.size());
  for (const auto& [instrument, trade] : batch.trades) {
    writer.array(6);
    writer.unsigned_integer(instrument);
    journal::write_time(writer, trade.time);
    writer.real(trade.price);
    writer.real(trade.quantity);
    writer.unsigned_integer(trade.sequence);
    writer.boolean(trade.buyer_is_maker);
  }
  writer.array(batch.candles.size());
  for (const auto& [instrument, timeframe, candle, is_closed] : batch.candles) {
    writer.array(9);
    writer.unsigned_integer(instrument);
    writer.text(timeframe.name());
    journal::write_time(writer, candle.open_time);
    for (const double value : {candle.open, candle.high, candle.low, candle.close, candle.volume}) {
      writer.real(value);
    }
    writer.boolean(is_closed);
  }
  writer.array(batch.tickers.size());
  for (const ports::FeedTicker& ticker : batch.tickers) {
    writer.array(6);
    writer.unsigned_integer(ticker.instrument);
    journal::write_time(writer, ticker.time);
    for (const double value :
         {ticker.price, ticker.change_rate, ticker.day_volume, ticker.day_trade_amount}) {
      writer.real(value);
    }
  }
  if (batch.quotes.empty()) return;
  writer.array(batch.quotes.size());
  for (const ports::FeedQuote& quote : batch.quotes) {
    writer.array(5);
    writer.unsigned_integer(quote.instrument);
    for (const double value : {quote.bid, quote.bid_quantity, quote.ask, quote.ask_quantity}) {
      writer.real(value);
    }
  }
}

ports::FeedInstrument read_instrument(journal::MsgpackReader& reader) {
  return static_cast<ports::FeedInstrument>(reader.unsigned_integer());
}

void read_quotes(journal::MsgpackReader& reader, std::vector<ports::FeedQuote>& quotes) {
  for (std::size_t left = reader.array(); left > 0 && reader.ok(); --left) {
    reader.expect_array(5);
    ports::FeedQuote& each = quotes.emplace_back();
    each.instrument = read_instrument(reader);
    for (double* value : {&each.bid, &each.bid_quantity, &each.ask, &each.ask_quantity}) {
      *value = reader.real();
    }
  }
}

std::shared_ptr<const ports::FeedBatch> read_batch(std::string_view bytes) {
  journal::MsgpackReader reader(bytes);
  auto batch = std::make_shared<ports::FeedBatch>();
  const std::size_t members = reader.array();
  if (members != 5 && members != 6) return nullptr;
  batch->subscription = reader.unsigned_integer();
  batch->received = journal::read_time(reader);
  for (std::size_t left = reader.array(); left > 0 && reader.ok(); --left) {
    reader.expect_array(6);
    ports::FeedTrade& each = batch->trades.emplace_back();
    each.instrument = read_instrument(reader);
    each.trade.time = journal::read_time(reader);
    each.trade.price = reader.real();
    each.trade.quantity = reader.real();
    each.trade.sequence = reader.unsigned_integer();
    each.trade.buyer_is_maker = reader.boolean();
  }
  for (std::size_t left = reader.array(); left > 0 && reader.ok(); --left) {
    reader.expect_array(9);
    ports::FeedCandle& each = batch->candles.emplace_back();
    each.instrument = read_instrument(reader);
    const auto timeframe = market::Timeframe::parse(reader.text());
    if (!timeframe) return nullptr;
    each.timeframe = *timeframe;
    each.candle.open_time = journal::read_time(reader);
    for (double* value : {&each.candle.open, &each.candle.high, &each.candle.low,
                          &each.candle.close, &each.candle.volume}) {
      *value = reader.real();
    }
    each.is_closed = reader.boolean();
  }
  for (std::size_t left = reader.array(); left > 0 && reader.ok(); --left) {
    reader.expect_array(6);
    ports::FeedTicker& each = batch->tickers.emplace_back();
    each.instrument = read_instrument(reader);
    each.time = journal::read_time(reader);
    for (double* value :
         {&each.price, &each.change_rate, &each.day_volume, &each.day_trade_amount}) {
      *value = reader.real();
    }
  }
  if (members == 6) read_quotes(reader, batch->quotes);
  return reader.finished() ? batch : nullptr;
}

class BatchArrival final : public runtime::OutsideWork {
 public:
  BatchArrival(runtime::Address<actors::IngestProtocol> ingest,
               std::shared_ptr<const ports::FeedBatch> batch)
      : ingest_(std::move(ingest)), batch_(std::move(batch)) {}

  [[nodiscard]] std::string_view name() const noexcept override { return feed_batch_work; }
  void encode(std::string& bytes) const override {
    journal::MsgpackWriter writer(bytes);
    write_batch(writer, *batch_);
  }
  // What waits for its turn is far less than the mailbox takes.
  void run() override { (void)ingest_.tell(actors::FeedArrived{batch_}); }

 private:
  const runtime::Address<actors::IngestProtocol> ingest_;
  const std::shared_ptr<const ports::FeedBatch> batch_;
};

class StatusArrival final : public runtime::OutsideWork {
 public:
  StatusArrival(runtime::Address<actors::IngestProtocol> ingest, ports::FeedStatus status)
      : ingest_(std::move(ingest)), status_(std::move(status)) {}

  [[nodiscard]] std::string_view name() const noexcept override { return feed_status_work; }
  void encode(std::string& bytes) const override {
    journal::MsgpackWriter writer(bytes);
    writer.array(4);
    writer.unsigned_integer(status_.subscription);
    writer.unsigned_integer(static_cast<std::uint64_t>(status_.state));
    journal::write_time(writer, status_.since);
    writer.text(status_.reason);
  }
  void run() override { (void)ingest_.tell(actors::FeedChanged{status_}); }

 private:
  const runtime::Address<actors::IngestProtocol> ingest_;
  const ports::FeedStatus status_;
};

}  // namespace

FeedIntake::FeedIntake(runtime::Runtime& runtime, runtime::Address<actors::IngestProtocol> ingest,
                       std::shared_ptr<actors::FeedGate> gate)
    : runtime_(runtime), ingest_(std::move(ingest)), gate_(std::move(gate)) {}

bool FeedIntake::on_batch(const std::shared_ptr<const ports::FeedBatch>& batch) {
  if (gate_ && !gate_->has_room.load(std::memory_order_acquire)) return false;
  if (!tell_changes()) return false;
  if (!runtime_.is_sequenced()) {
    const auto sent = ingest_.tell(actors::FeedArrived{batch});
    return sent != runtime::SendResult::full;
  }
  std::unique_ptr<runtime::OutsideWork> work = std::make_unique<BatchArrival>(ingest_, batch);
  return runtime_.try_enter(work, most_waiting_batches);
}

void FeedIntake::on_status(const ports::FeedStatus& status) {
  if (runtime_.is_sequenced()) {
    runtime_.enter(std::make_unique<StatusArrival>(ingest_, status));
    return;
  }
  untold_.push_back(status);
  if (gate_) gate_->is_behind.store(true, std::memory_order_release);
  (void)tell_changes();
}

bool FeedIntake::tell_changes() {
  while (!untold_.empty()) {
    if (ingest_.tell(actors::FeedChanged{untold_.front()}) == runtime::SendResult::full) {
      return false;
    }
    untold_.pop_front();
  }
  if (gate_) gate_->is_behind.store(false, std::memory_order_release);
  return true;
}

std::unique_ptr<runtime::OutsideWork> remake_feed_work(
    const runtime::Address<actors::IngestProtocol>& ingest, std::string_view name,
    std::string_view bytes) {
  if (name == feed_batch_work) {
    auto batch = read_batch(bytes);
    return batch ? std::make_unique<BatchArrival>(ingest, std::move(batch)) : nullptr;
  }
  if (name != feed_status_work) return nullptr;
  journal::MsgpackReader reader(bytes);
  ports::FeedStatus status;
  reader.expect_array(4);
  status.subscription = reader.unsigned_integer();
  const std::uint64_t state = reader.unsigned_integer();
  if (state > static_cast<std::uint64_t>(ports::FeedState::disconnected)) return nullptr;
  status.state = static_cast<ports::FeedState>(state);
  status.since = journal::read_time(reader);
  status.reason = std::string{reader.text()};
  if (!reader.finished()) return nullptr;
  return std::make_unique<StatusArrival>(ingest, std::move(status));
}

}  // namespace hts::config
