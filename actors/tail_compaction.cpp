#include "actors/tail_compaction.hpp"

#include <utility>

namespace hts::actors {
namespace {

using result::Result;

Result<std::uint64_t> move_symbol(ports::CandleStore& candles, ports::CandleTail& tail,
                                  const ports::CandleTail::Held& held) {
  const time::Timestamp end = held.last + market::Timeframe::minute().length();
  auto series = tail.load(held.symbol, {held.first, end});
  if (!series) return std::move(series).error();
  auto written =
      ports::write_all_years(candles, held.symbol, market::Timeframe::minute(), series->view());
  if (!written) return std::move(written).error();
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
  const ports::CandleTail::Held held = std::move(left_.front());
  left_.pop_front();
  context_.offload(
      lane_,
      [candles = &candles_, tail = &tail_, held] { return move_symbol(*candles, *tail, held); },
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

void TailCompaction::end(Result<CompactReport> outcome) {
  is_under_way_ = false;
  left_.clear();
  if (!outcome) {
    context_.log(runtime::LogLevel::error,
                 "The newest candles could not go into the catalog and stay where they are: " +
                     outcome.error().message);
  } else if (outcome->candles > 0) {
    context_.log(runtime::LogLevel::info, std::to_string(outcome->candles) + " candles of " +
                                              std::to_string(outcome->symbols) +
                                              " symbols went into the catalog.");
  }
  for (auto& reply : std::exchange(replies_, {})) reply(outcome);
}

}  // namespace hts::actors
