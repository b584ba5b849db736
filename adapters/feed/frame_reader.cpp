#include "adapters/feed/frame_reader.hpp"

namespace hts::feed {
namespace {

bool is_possible(double price) {
  return price > 0 && price <= largest_number;
}

}  // namespace

FrameReader::FrameReader(ParseFrame parse, const std::vector<std::string>& codes)
    : parse_(parse), instruments_(codes), open_candles_(codes.size()) {}

FrameReader::Verdict FrameReader::read(std::string_view text, ports::FeedBatch& batch) {
  ++tally_.frames;
  tally_.bytes += text.size();
  frame_.time = {};
  if (!parse_(text, frame_)) {
    ++tally_.malformed;
    return Verdict::malformed;
  }
  switch (frame_.kind) {
    case Frame::Kind::other:
      return Verdict::read;
    case Frame::Kind::shutdown:
      return Verdict::shutdown;
    case Frame::Kind::refusal:
      return Verdict::refusal;
    case Frame::Kind::trade:
    case Frame::Kind::candle:
    case Frame::Kind::ticker:
    case Frame::Kind::quote:
      break;
  }
  const auto instrument = instruments_.find(frame_.code);
  if (!instrument) {
    ++tally_.unknown_symbols;
  } else if (frame_.kind == Frame::Kind::trade) {
    take_trade(*instrument, batch);
  } else if (frame_.kind == Frame::Kind::candle) {
    take_candle(*instrument, batch);
  } else if (frame_.kind == Frame::Kind::ticker) {
    take_ticker(*instrument, batch);
  } else {
    take_quote(*instrument, batch);
  }
  return Verdict::read;
}

void FrameReader::take_trade(ports::FeedInstrument instrument, ports::FeedBatch& batch) {
  const market::Trade& trade = frame_.trade;
  if (!is_possible(trade.price) || !is_possible(trade.quantity)) {
    ++tally_.refused;
    return;
  }
  ++tally_.trades;
  batch.trades.push_back({instrument, trade});
}

void FrameReader::take_candle(ports::FeedInstrument instrument, ports::FeedBatch& batch) {
  const market::Candle& candle = frame_.candle;
  if (market::find_defect(candle) || candle.high > largest_number) {
    ++tally_.refused;
    return;
  }
  if (frame_.is_closed) {
    batch.candles.push_back({instrument, frame_.timeframe, candle, *frame_.is_closed});
    return;
  }
  if (frame_.timeframe == market::Timeframe::minute()) {
    auto& open = open_candles_[instrument];
    if (open && open->open_time < candle.open_time) {
      batch.candles.push_back({instrument, frame_.timeframe, *open, true});
    }
    if (!open || open->open_time <= candle.open_time) open = candle;
  }
  batch.candles.push_back({instrument, frame_.timeframe, candle, false});
}

void FrameReader::take_ticker(ports::FeedInstrument instrument, ports::FeedBatch& batch) {
  if (!is_possible(frame_.ticker.price)) {
    ++tally_.refused;
    return;
  }
  frame_.ticker.instrument = instrument;
  batch.tickers.push_back(frame_.ticker);
}

void FrameReader::take_quote(ports::FeedInstrument instrument, ports::FeedBatch& batch) {
  const auto is_offer = [](double price) { return price >= 0 && price <= largest_number; };
  if (!is_offer(frame_.quote.bid) || !is_offer(frame_.quote.ask)) {
    ++tally_.refused;
    return;
  }
  frame_.quote.instrument = instrument;
  batch.quotes.push_back(frame_.quote);
}

}  // namespace hts::feed
