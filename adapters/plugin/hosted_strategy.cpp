#include "adapters/plugin/hosted_strategy.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "adapters/plugin/c_values.hpp"
#include "adapters/plugin/message_values.hpp"
#include "engine/strategies/strategy_failure.hpp"

namespace hts::plugin {
namespace {

using Clock = std::chrono::steady_clock;
using strategies::StrategyFailure;

constexpr std::size_t smallest_block = 1;
constexpr std::size_t first_block = 8;
constexpr std::size_t largest_block = 4096;

/// Has a process for as long as it lives.
class Lease {
 public:
  explicit Lease(HostPool& pool) : pool_(&pool) {
    auto taken = pool.take();
    if (!taken) throw StrategyFailure(taken.error().message);
    process_ = std::move(taken).value();
  }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  ~Lease() { pool_->give_back(std::move(process_)); }

  HostProcess* operator->() const noexcept { return process_.get(); }

 private:
  HostPool* pool_;
  std::unique_ptr<HostProcess> process_;
};

template <class Column>
void put_column(MessageWriter& writer, std::span<const Column> column) {
  writer.bytes(column.data(), column.size_bytes());
}

class HostedStrategy final : public strategies::AnyStrategy::Held {
 public:
  HostedStrategy(std::shared_ptr<HostPool> pool, const strategies::Parameters& parameters)
      : pool_(std::move(pool)), process_(*pool_) {
    auto writer = process_->question();
    put_parameters(writer, parameters);
    (void)process_->ask(MessageKind::create);
  }
  HostedStrategy(const HostedStrategy&) = delete;
  HostedStrategy& operator=(const HostedStrategy&) = delete;
  ~HostedStrategy() override {
    if (!process_->alive()) return;
    process_->obey(nullptr);
    try {
      (void)process_->question();
      (void)process_->ask(MessageKind::destroy);
    } catch (...) {
      // What cannot even end has been ended; nobody waits for its answer.
    }
  }

  [[nodiscard]] std::string_view name() const noexcept override { return process_->facts().name; }
  [[nodiscard]] int state_version() const noexcept override {
    return process_->facts().state_version;
  }
  [[nodiscard]] std::size_t block_size() const noexcept override { return block_; }
  void obey(const std::atomic<bool>* cancel) noexcept override { process_->obey(cancel); }

  void on_candle(const market::Candle& candle, strategies::Context& context) override {
    auto writer = process_->question();
    writer.put(to_c(candle));
    writer.put<std::uint32_t>(context.desk() != nullptr ? 1 : 0);
    auto reader = process_->ask(MessageKind::decide, context.desk());
    const auto signal = signal_of(reader.get<hts_signal>());
    if (!reader.sound()) process_->fail_for_nonsense();
    if (signal) give(context, *signal);
  }

  void scan(market::CandleView candles, std::size_t first_index,
            std::vector<strategies::IndexedSignal>& signals) override {
    for (std::size_t done = 0; done < candles.size();) {
      const std::size_t count = std::min(largest_block, candles.size() - done);
      scan_block(candles.slice(done, count), first_index + done, signals);
      done += count;
    }
  }

  [[nodiscard]] std::vector<double> snapshot() const override {
    (void)process_->question();
    auto reader = process_->ask(MessageKind::snapshot);
    std::vector<double> numbers(reader.left() / sizeof(double));
    for (double& number : numbers) {
      number = reader.get<double>();
      if (!std::isfinite(number)) {
        throw StrategyFailure("its snapshot holds a number that is not finite");
      }
    }
    return numbers;
  }
  result::Status restore(std::span<const double> numbers) override {
    auto writer = process_->question();
    put_column(writer, numbers);
    try {
      (void)process_->ask(MessageKind::restore);
    } catch (const StrategyFailure& failure) {
      return result::make_error(result::ErrorCode::conflict, failure.reason(), "snapshot");
    }
    return result::success();
  }

 private:
  void scan_block(market::CandleView candles, std::size_t first_index,
                  std::vector<strategies::IndexedSignal>& signals) {
    auto writer = process_->question();
    writer.put<std::uint64_t>(candles.size());
    put_column(writer, candles.open_time);
    put_column(writer, candles.open);
    put_column(writer, candles.high);
    put_column(writer, candles.low);
    put_column(writer, candles.close);
    put_column(writer, candles.volume);
    const auto started = Clock::now();
    auto reader =
        process_->ask(MessageKind::scan, nullptr, CandleBlock{first_index, candles.size()});
    const auto given = reader.get<std::uint64_t>();
    std::uint64_t next = 0;
    for (std::uint64_t i = 0; i < given; ++i) {
      const auto index = reader.get<std::uint64_t>();
      const auto signal = signal_of(reader.get<hts_signal>());
      if (!reader.sound() || index < next || index >= candles.size() || !signal) {
        process_->fail_for_nonsense();
      }
      next = index + 1;
      signals.push_back({first_index + index, *signal});
    }
    if (!reader.sound()) process_->fail_for_nonsense();
    adapt(Clock::now() - started, candles.size());
  }

  /// Blocks take some milliseconds: long against the way there and back, short against the 50 ms in
  /// which a cancel is to be seen.
  void adapt(Clock::duration took, std::size_t count) {
    using std::chrono::milliseconds;
    if (took < milliseconds{5} && count >= block_) block_ = std::min(largest_block, block_ * 2);
    if (took > milliseconds{15}) block_ = std::max(smallest_block, block_ / 4);
  }

  std::shared_ptr<HostPool> pool_;
  Lease process_;
  std::size_t block_ = first_block;
};

}  // namespace

strategies::AnyStrategy make_hosted(const std::shared_ptr<HostPool>& pool,
                                    const strategies::Parameters& parameters) {
  return {std::make_unique<HostedStrategy>(pool, parameters), parameters};
}

result::Status check_hosted(HostPool& pool, const strategies::Parameters& parameters) {
  try {
    const Lease process{pool};
    auto writer = process->question();
    put_parameters(writer, parameters);
    (void)process->ask(MessageKind::check);
  } catch (const StrategyFailure& failure) {
    return result::make_error(result::ErrorCode::invalid, failure.reason(), "params");
  }
  return result::success();
}

std::size_t warm_up_hosted(HostPool& pool, const strategies::Parameters& parameters) {
  try {
    const Lease process{pool};
    auto writer = process->question();
    put_parameters(writer, parameters);
    return process->ask(MessageKind::warm_up).get<std::uint64_t>();
  } catch (const StrategyFailure&) {
    return 0;
  }
}

}  // namespace hts::plugin
