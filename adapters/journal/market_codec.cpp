#include "adapters/journal/market_codec.hpp"

#include "adapters/journal/alert_codec.hpp"

namespace hts::journal {
namespace {

void write_candle(MsgpackWriter& writer, const market::Candle& candle) {
  writer.array(6);
  write_time(writer, candle.open_time);
  for (const double number : {candle.open, candle.high, candle.low, candle.close, candle.volume}) {
    writer.real(number);
  }
}

market::Candle read_candle(MsgpackReader& reader) {
  reader.expect_array(6);
  market::Candle candle;
  candle.open_time = read_time(reader);
  candle.open = reader.real();
  candle.high = reader.real();
  candle.low = reader.real();
  candle.close = reader.real();
  candle.volume = reader.real();
  return candle;
}

}  // namespace

void write(MsgpackWriter& writer, const market::CandleSeries& candles) {
  writer.array(candles.size());
  for (std::size_t i = 0; i < candles.size(); ++i) write_candle(writer, candles[i]);
}

void write(MsgpackWriter& writer, const ports::CandleTail::Held& held) {
  writer.array(4);
  write(writer, held.symbol);
  writer.unsigned_integer(held.candles);
  write_time(writer, held.first);
  write_time(writer, held.last);
}

void write(MsgpackWriter& writer, const ports::TailBar& bar) {
  // Without alerts as it was before there were any.
  writer.array(bar.alerts.empty() ? 2 : 3);
  write_time(writer, bar.open_time);
  writer.array(bar.candles.size());
  for (const auto& [symbol, candle] : bar.candles) {
    writer.array(2);
    write(writer, symbol);
    write_candle(writer, candle);
  }
  if (bar.alerts.empty()) return;
  writer.array(bar.alerts.size());
  for (const ports::Alert& alert : bar.alerts) write(writer, alert);
}

template <>
market::CandleSeries read<market::CandleSeries>(MsgpackReader& reader) {
  market::CandleSeries candles;
  for (std::size_t left = reader.array(); left > 0 && reader.ok(); --left) {
    candles.push_back(read_candle(reader));
  }
  return candles;
}

template <>
ports::CandleTail::Held read<ports::CandleTail::Held>(MsgpackReader& reader) {
  reader.expect_array(4);
  ports::CandleTail::Held held{read<market::Symbol>(reader), 0, {}, {}};
  held.candles = reader.unsigned_integer();
  held.first = read_time(reader);
  held.last = read_time(reader);
  return held;
}

}  // namespace hts::journal
