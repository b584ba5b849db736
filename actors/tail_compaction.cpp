#include "actors/tail_compaction.hpp"

#include <string>
#include <utility>

#include "engine/market/candle_grid.hpp"

namespace hts::actors {
namespace {

using result::Result;

/// Longer candles that the store makes of the tail's minutes become files as well.
result::Status write_longer(ports::CandleStore& candles, const ports::CandleTail::Held& held,
                            market::DayBoundary boundary) {
  for (const market::Timeframe timeframe : market::Timeframe::all()) {
    if (timeframe == market::Timeframe::minute()) continue;
    // The catalog's days are those of UTC.
    if (boundary != market::DayBoundary::utc && timeframe >= market::Timeframe::day()) continue;
    auto series = candles.load(held.symbol, timeframe,
                               {market::candle_open_at(held.first, timeframe), held.last});
    if (!series) {
      if (series.error().code == result::ErrorCode::not_found ||
          series.error().code == result::ErrorCode::unknown_symbol) {
        continue;
      }
      return std::move(series).error();
    }
    auto written = ports::write_all_years(candles, held.symbol, timeframe, series->view());
    if (!written) return std::move(written).error();
  }
  return result::success();
}

Result<std::uint64_t> move_symbol(ports::CandleStore& candles, ports::CandleTail& tail,
                                  const ports::CandleTail::Held& held,
                                  market::DayBoundary boundary) {
  const time::Timestamp end = held.last + market::Timeframe::minute().length();
  auto series = tail.load(held.symbol, {held.first, end});
  if (!series) return std::move(series).error();
  auto written =
      ports::write_all_years(candles, held.symbol, market::Timeframe::minute(), series->view());
  if (!written) return std::move(written).error();
  if (auto longer = write_longer(candles, held, boundary); !longer) {
    return std::move(longer).error();
  }
  if (auto dropped = tail.drop(held.symbol, end); !dropped) return std::move(dropped).error();
  return static_cast<std::uint64_t>(series->size());
}

}  // namespace

void TailCompaction::start(runtime::ReplyTo<CompactReport> reply) {
  replies_.push_back(std::move(reply));
  start();
}

void TailCompaction::start() {
  if (std::exchange(is_under_way_, true)) return;
  report_ = {};
  context_.offload(
      lane_, [tail = &tail_] { return tail->held(); },
      [this](Result<std::vector<ports::CandleTail::Held>> held) {
        if (!held) {
          end(std::move(held).error());
          return;
        }
        left_.assign(held->begin(), held->end());
        move_next();
      });
}

void TailCompaction::move_next() {
  if (left_.empty()) {
    end(report_);
    return;
  }
  if (is_stopping_) {
    const std::string why =
        "The engine stops: the newest candles of " + std::to_string(left_.size()) +
        " symbols stay in the tail, are read from there, and go into the catalog with later ones.";
    context_.log(runtime::LogLevel::info, why);
    answer(result::make_error(result::ErrorCode::unavailable, why));
    return;
  }
  const ports::CandleTail::Held held = std::move(left_.front());
  left_.pop_front();
  context_.offload(
      lane_,
      [candles = &candles_, tail = &tail_, held, boundary = boundary_] {
        return move_symbol(*candles, *tail, held, boundary);
      },
      [this](Result<std::uint64_t> moved) {
        if (!moved) {
          end(std::move(moved).error());
          return;
        }
        ++report_.symbols;
        report_.candles += *moved;
        move_next();
      });
}

void TailCompaction::end(const Result<CompactReport>& outcome) {
  if (!outcome) {
    context_.log(runtime::LogLevel::error,
                 "The newest candles could not go into the catalog and stay where they are: " +
                     outcome.error().message);
  } else if (outcome->candles > 0) {
    context_.log(runtime::LogLevel::info, std::to_string(outcome->candles) + " candles of " +
                                              std::to_string(outcome->symbols) +
                                              " symbols went into the catalog.");
  }
  answer(outcome);
}

void TailCompaction::answer(const Result<CompactReport>& outcome) {
  is_under_way_ = false;
  left_.clear();
  for (auto& reply : std::exchange(replies_, {})) reply(outcome);
}

}  // namespace hts::actors
