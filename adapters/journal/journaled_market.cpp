#include "adapters/journal/journaled_market.hpp"

#include "adapters/journal/market_codec.hpp"
#include "adapters/journal/noted_call.hpp"

namespace hts::journal {

result::Status JournaledCandleTail::append(const std::vector<ports::TailBar>& bars) {
  return through<result::Nothing>(
      "candle_tail.append", [&](Arguments& arguments) { arguments.add(bars); },
      [&] { return below_->append(bars); });
}

result::Result<market::CandleSeries> JournaledCandleTail::load(const market::Symbol& symbol,
                                                               time::TimeRange range) {
  return through<market::CandleSeries>(
      "candle_tail.load", [&](Arguments& arguments) { arguments.add(symbol).times(range); },
      [&] { return below_->load(symbol, range); });
}

result::Result<std::vector<ports::CandleTail::Held>> JournaledCandleTail::held() {
  return through<std::vector<Held>>("candle_tail.held", no_arguments,
                                    [&] { return below_->held(); });
}

result::Status JournaledCandleTail::drop(const market::Symbol& symbol, time::Timestamp before) {
  return through<result::Nothing>(
      "candle_tail.drop", [&](Arguments& arguments) { arguments.add(symbol).at(before); },
      [&] { return below_->drop(symbol, before); });
}

result::Result<market::CandleSeries> JournaledMarketHistory::candles(const market::Symbol& symbol,
                                                                     market::Timeframe timeframe,
                                                                     time::TimeRange range) {
  return through<market::CandleSeries>(
      "market_history.candles",
      [&](Arguments& arguments) { arguments.add(symbol).add(timeframe).times(range); },
      [&] { return below_->candles(symbol, timeframe, range); });
}

result::Result<market::CandleSeries> JournaledLiveCandles::load(const market::Symbol& symbol,
                                                                market::Timeframe timeframe,
                                                                time::TimeRange range,
                                                                const std::atomic<bool>* cancel) {
  return through<market::CandleSeries>(
      "live_candles.load",
      [&](Arguments& arguments) { arguments.add(symbol).add(timeframe).times(range); },
      [&] { return below_->load(symbol, timeframe, range, cancel); });
}

}  // namespace hts::journal
