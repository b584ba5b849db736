#include "engine/market/candle_builder.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "engine/market/candle_grid.hpp"

namespace hts::market {
namespace {

constexpr time::Timestamp earliest{std::chrono::sys_days{std::chrono::year{2000} / 1 / 1}};
constexpr time::Timestamp latest{std::chrono::sys_days{std::chrono::year{2200} / 1 / 1}};
constexpr double too_large = 1e15;

}  // namespace

bool is_possible(const Trade& trade) noexcept {
  return trade.price > 0 && trade.price < too_large && trade.quantity > 0 &&
         trade.quantity < too_large && trade.time >= earliest && trade.time < latest;
}

void CandleBuilder::begin(time::Timestamp from) noexcept {
  closed_before_ = candle_open_at(from, Timeframe::minute());
  is_open_ = false;
  seen_.clear();
  seen_before_.clear();
}

CandleBuilder::Added CandleBuilder::add(const Trade& trade) {
  if (!is_possible(trade)) {
    ++counts_.refused;
    return {TradeFate::refused, std::nullopt};
  }
  if (trade.time < closed_before_) {
    const bool is_repeated =
        trade.sequence != 0 &&
        candle_open_at(trade.time, Timeframe::minute()) == seen_before_minute_ &&
        seen_before_.contains(trade.sequence);
    ++(is_repeated ? counts_.duplicate : counts_.late);
    return {is_repeated ? TradeFate::duplicate : TradeFate::late, std::nullopt};
  }
  Added added;
  if (!is_open_ || trade.time >= candle_.open_time + Timeframe::minute().length()) {
    const time::Timestamp minute = candle_open_at(trade.time, Timeframe::minute());
    added.closed = close_up_to(minute);
    open(trade, minute);
  } else if (trade.sequence != 0 && !seen_.insert(trade.sequence)) {
    ++counts_.duplicate;
    added.fate = TradeFate::duplicate;
    return added;
  } else {
    merge(trade);
  }
  ++counts_.taken;
  return added;
}

std::optional<Candle> CandleBuilder::close_before(time::Timestamp t) noexcept {
  return close_up_to(candle_open_at(t, Timeframe::minute()));
}

std::optional<Candle> CandleBuilder::current() const noexcept {
  if (!is_open_) return std::nullopt;
  Candle candle = candle_;
  candle.volume = volume_.value();
  return candle;
}

void CandleBuilder::open(const Trade& trade, time::Timestamp minute) noexcept {
  is_open_ = true;
  candle_ = {minute, trade.price, trade.price, trade.price, trade.price, 0};
  volume_ = {};
  volume_.add(trade.quantity);
  first_ = last_ = {trade.time, trade.sequence};
  if (trade.sequence != 0) seen_.insert(trade.sequence);
}

void CandleBuilder::merge(const Trade& trade) noexcept {
  const Place place{trade.time, trade.sequence};
  if (place < first_) {
    first_ = place;
    candle_.open = trade.price;
  }
  if (place >= last_) {
    last_ = place;
    candle_.close = trade.price;
  }
  candle_.high = std::max(candle_.high, trade.price);
  candle_.low = std::min(candle_.low, trade.price);
  volume_.add(trade.quantity);
}

std::optional<Candle> CandleBuilder::close_up_to(time::Timestamp minute) noexcept {
  if (minute <= closed_before_) return std::nullopt;
  const std::optional<Candle> closed = current();
  if (closed_before_ != time::Timestamp{}) {
    counts_.missing_minutes +=
        static_cast<std::uint64_t>((minute - closed_before_) / Timeframe::minute().length()) -
        (closed ? 1U : 0U);
  }
  closed_before_ = minute;
  if (closed) {
    is_open_ = false;
    std::swap(seen_, seen_before_);
    seen_.clear();
    seen_before_minute_ = closed->open_time;
  }
  return closed;
}

}  // namespace hts::market
