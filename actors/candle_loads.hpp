#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/market/candle_series.hpp"
#include "engine/market/symbol.hpp"
#include "engine/ports/candle_store.hpp"
#include "engine/runtime/context.hpp"

namespace hts::actors {

/// Reads stored minutes of many symbols on a lane, some symbols a job so that others get their
/// turn. What is not there is empty; any other error is tried again until the store answers.
///
/// Belongs to its actor's turns. The store and the lane outlive it.
class CandleLoads {
 public:
  static constexpr std::size_t symbols_a_job = 32;

  struct Wanted {
    market::Symbol symbol;
    time::TimeRange range;
  };
  using Loaded = std::vector<market::CandleSeries>;  ///< as wanted

  CandleLoads(runtime::Context& context, ports::CandleStore& candles, runtime::Lane& lane)
      : context_(context), candles_(candles), lane_(lane) {}

  /// Calls `done` once, in this turn if nothing is wanted; never after `drop`.
  void load(std::vector<Wanted> wanted, std::function<void(Loaded)> done);
  /// Nobody wants what is under way.
  void drop() noexcept { ++generation_; }

  [[nodiscard]] std::uint64_t errors() const noexcept { return errors_; }
  /// Of the last job; empty: it went well.
  [[nodiscard]] const std::string& error() const noexcept { return error_; }

 private:
  struct Task {
    std::vector<Wanted> wanted;
    Loaded loaded;
    std::function<void(Loaded)> done;
    std::uint64_t generation = 0;
    std::uint32_t failures = 0;
  };

  void go_on(const std::shared_ptr<Task>& task);

  runtime::Context& context_;
  ports::CandleStore& candles_;
  runtime::Lane& lane_;
  std::uint64_t generation_ = 0;
  std::uint64_t errors_ = 0;
  std::string error_;
};

}  // namespace hts::actors
