#include "config/wiring/candle_arrival.hpp"

#include <string>
#include <utility>

#include "adapters/journal/msgpack_reader.hpp"
#include "adapters/journal/msgpack_writer.hpp"

namespace hts::config {
namespace {

class CandleArrival final : public runtime::OutsideWork {
 public:
  CandleArrival(runtime::Runtime& runtime, runtime::Address<actors::IngestProtocol> ingest,
                actors::StoreCandles candles, runtime::Duration deadline, OnStored on_stored)
      : runtime_(runtime),
        ingest_(std::move(ingest)),
        candles_(std::move(candles)),
        deadline_(deadline),
        on_stored_(std::move(on_stored)) {}

  [[nodiscard]] std::string_view name() const noexcept override { return candle_work; }

  void encode(std::string& bytes) const override {
    const market::CandleView candles = candles_.candles->view();
    journal::MsgpackWriter writer(bytes);
    writer.array(4);
    writer.text(candles_.symbol.text());
    writer.text(candles_.timeframe.name());
    writer.integer(deadline_.count());
    writer.array(candles.size());
    for (std::size_t i = 0; i < candles.size(); ++i) {
      writer.array(6);
      writer.integer(candles.open_time[i].time_since_epoch().count());
      writer.real(candles.open[i]);
      writer.real(candles.high[i]);
      writer.real(candles.low[i]);
      writer.real(candles.close[i]);
      writer.real(candles.volume[i]);
    }
  }

  void run() override {
    (void)runtime_.ask(
        ingest_, std::move(candles_), deadline_,
        [on_stored = std::move(on_stored_)](const result::Result<ports::WriteReport>& stored) {
          if (on_stored) on_stored(stored);
        });
  }

 private:
  runtime::Runtime& runtime_;
  const runtime::Address<actors::IngestProtocol> ingest_;
  actors::StoreCandles candles_;
  const runtime::Duration deadline_;
  OnStored on_stored_;
};

}  // namespace

std::unique_ptr<runtime::OutsideWork> make_candle_arrival(
    runtime::Runtime& runtime, runtime::Address<actors::IngestProtocol> ingest,
    actors::StoreCandles candles, runtime::Duration deadline, OnStored on_stored) {
  return std::make_unique<CandleArrival>(runtime, std::move(ingest), std::move(candles), deadline,
                                         std::move(on_stored));
}

std::unique_ptr<runtime::OutsideWork> remake_candle_arrival(
    runtime::Runtime& runtime, runtime::Address<actors::IngestProtocol> ingest,
    std::string_view bytes) {
  journal::MsgpackReader reader(bytes);
  reader.expect_array(4);
  auto symbol = market::Symbol::parse(reader.text());
  auto timeframe = market::Timeframe::parse(reader.text());
  const runtime::Duration deadline{reader.integer()};
  auto candles = std::make_shared<market::CandleSeries>();
  for (std::size_t left = reader.array(); left > 0; --left) {
    reader.expect_array(6);
    market::Candle candle;
    candle.open_time = time::Timestamp{time::Duration{reader.integer()}};
    candle.open = reader.real();
    candle.high = reader.real();
    candle.low = reader.real();
    candle.close = reader.real();
    candle.volume = reader.real();
    candles->push_back(candle);
  }
  if (!reader.finished() || !symbol || !timeframe) return nullptr;
  return make_candle_arrival(runtime, std::move(ingest),
                             {std::move(symbol).value(), *timeframe, std::move(candles)}, deadline,
                             {});
}

}  // namespace hts::config
