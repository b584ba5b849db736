#pragma once

#include "adapters/journal/codec.hpp"
#include "engine/ports/candle_tail.hpp"

/// What passes through the ports of live candles, as msgpack; see codec.hpp. Candles in full: a
/// replay cannot ask the exchange, or a tail that has moved on, again.
namespace hts::journal {

void write(MsgpackWriter& writer, const market::CandleSeries& candles);
void write(MsgpackWriter& writer, const ports::CandleTail::Held& held);
/// Only written.
void write(MsgpackWriter& writer, const ports::TailBar& bar);

template <>
market::CandleSeries read<market::CandleSeries>(MsgpackReader& reader);
template <>
ports::CandleTail::Held read<ports::CandleTail::Held>(MsgpackReader& reader);

}  // namespace hts::journal
