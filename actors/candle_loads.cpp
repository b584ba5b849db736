#include "actors/candle_loads.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

namespace hts::actors {
namespace {

using result::ErrorCode;
using result::Result;

Result<CandleLoads::Loaded> load_some(ports::CandleStore& candles,
                                      const std::vector<CandleLoads::Wanted>& wanted) {
  CandleLoads::Loaded loaded;
  for (const auto& [symbol, range] : wanted) {
    if (range.begin >= range.end) {
      loaded.emplace_back();
      continue;
    }
    auto series = candles.load(symbol, market::Timeframe::minute(), range);
    if (series) {
      loaded.push_back(std::move(*series));
    } else if (series.error().code == ErrorCode::not_found ||
               series.error().code == ErrorCode::unknown_symbol) {
      loaded.emplace_back();
    } else {
      return std::move(series).error();
    }
  }
  return loaded;
}

}  // namespace

void CandleLoads::load(std::vector<Wanted> wanted, std::function<void(Loaded)> done) {
  auto task = std::make_shared<Task>();
  task->wanted = std::move(wanted);
  task->done = std::move(done);
  task->generation = generation_;
  go_on(task);
}

void CandleLoads::go_on(const std::shared_ptr<Task>& task) {
  if (task->generation != generation_) return;
  const std::size_t begun = task->loaded.size();
  const std::size_t count = std::min(symbols_a_job, task->wanted.size() - begun);
  if (count == 0) {
    task->done(std::move(task->loaded));
    return;
  }
  const auto first = task->wanted.begin() + static_cast<std::ptrdiff_t>(begun);
  std::vector<Wanted> some(first, first + static_cast<std::ptrdiff_t>(count));
  context_.offload(
      lane_, [candles = &candles_, some = std::move(some)] { return load_some(*candles, some); },
      [this, task](Result<Loaded> some) {
        if (task->generation != generation_) return;
        if (some) {
          task->failures = 0;
          error_.clear();
          std::ranges::move(*some, std::back_inserter(task->loaded));
          go_on(task);
          return;
        }
        ++errors_;
        error_ = some.error().message;
        if (task->failures++ == 0) {
          context_.log(runtime::LogLevel::error, "Stored candles cannot be read: " + error_);
        }
        context_.after(std::chrono::seconds{std::min(task->failures, std::uint32_t{30})},
                       [this, task] { go_on(task); });
      });
}

}  // namespace hts::actors
