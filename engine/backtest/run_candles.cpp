#include "engine/backtest/run_candles.hpp"

#include <utility>

namespace hts::backtest {
namespace {

constexpr std::size_t bytes_a_candle = 6 * sizeof(double);

}  // namespace

RunCandles::RunCandles(const BacktestRequest& request, LoadCandles load, std::size_t keep_bytes)
    : request_(&request),
      load_(std::move(load)),
      bytes_left_(keep_bytes),
      symbols_(request.portfolio ? request.portfolio->plan.symbols : request.symbols),
      kept_(symbols_.size()),
      fingerprint_(request) {}

result::Result<market::CandleSeries> RunCandles::load_one(std::size_t place,
                                                          const StudyControl& control) const {
  auto candles = load_(symbols_[place], request_->timeframe, request_->range, control.cancel);
  if (candles) return candles;
  result::Error error = std::move(candles).error();
  // The same wherever the run was when it was cancelled.
  if (error.code == result::ErrorCode::cancelled) return cancelled_run();
  if (error.field.empty() || error.field == "symbol") error.field = "symbols";
  return error;
}

result::Result<std::string> RunCandles::fingerprint(const StudyControl& control) {
  while (hashed_ < symbols_.size()) {
    if (is_cancelled(control)) return cancelled_run();
    const std::size_t place = hashed_;
    auto candles = take(place, control);
    if (!candles) return std::move(candles).error();
    const std::size_t bytes = candles->size() * bytes_a_candle;
    if (bytes > bytes_left_) continue;
    bytes_left_ -= bytes;
    kept_[place] = std::move(candles).value();
  }
  return fingerprint_.text();
}

result::Result<market::CandleSeries> RunCandles::take(std::size_t place,
                                                      const StudyControl& control) {
  if (kept_[place]) {
    market::CandleSeries candles = std::move(*kept_[place]);
    kept_[place].reset();
    return candles;
  }
  auto candles = load_one(place, control);
  if (candles && place == hashed_) {
    if (auto added = fingerprint_.add(symbols_[place], candles->view(), control); !added) {
      return std::move(added).error();
    }
    ++hashed_;
  }
  return candles;
}

}  // namespace hts::backtest
