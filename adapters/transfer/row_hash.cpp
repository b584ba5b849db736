#include "adapters/transfer/row_hash.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <optional>
#include <string>

#include "adapters/json/parameters_json.hpp"
#include "adapters/postgres/database_text.hpp"

namespace hts::transfer {
namespace {

/// Fields one after the other.
class Fields {
 public:
  Fields& text(std::string_view text) {
    chain_.text(postgres::database_text(text));
    return *this;
  }
  Fields& whole(std::uint64_t number) {
    chain_.number(number);
    return *this;
  }
  Fields& number(double number) {
    if (std::isnan(number)) number = std::numeric_limits<double>::quiet_NaN();
    chain_.number(std::bit_cast<std::uint64_t>(number == 0 ? 0.0 : number));
    return *this;
  }
  Fields& time(time::Timestamp time) {
    return whole(static_cast<std::uint64_t>(time::to_milliseconds(time)));
  }
  Fields& time(const std::optional<time::Timestamp>& when) {
    whole(when ? 1 : 0);
    return when ? time(*when) : *this;
  }
  [[nodiscard]] hash::Hash128 hash() const { return chain_.hash(); }

 private:
  hash::HashChain chain_;
};

}  // namespace

hash::Hash128 row_hash(const backtest::RunSummary& run) {
  Fields fields;
  fields.text(run.run_id)
      .text(backtest::name_of(run.mode))
      .text(run.strategy)
      .text(json::parameters_to_text(run.parameters))
      .text(run.start_date)
      .text(run.end_date)
      .text(run.timeframe.name())
      .whole(run.total_signals)
      .number(run.execution_seconds)
      .text(run.description)
      .time(run.executed_at)
      .text(run.environment)
      .text(run.execution_host)
      .text(run.fingerprint)
      .whole(run.symbols.size());
  for (const auto& row : run.symbols) {
    fields.text(row.symbol.text())
        .whole(row.is_active ? 1 : 0)
        .whole(row.candles)
        .whole(row.statistics.signals)
        .number(row.statistics.win_rate)
        .number(row.statistics.avg_return_pct)
        .number(row.statistics.max_drawdown_pct)
        .number(row.statistics.avg_hold_bars);
  }
  return fields.hash();
}

hash::Hash128 row_hash(const ports::EndedJob& job) {
  return Fields{}
      .text(job.job_id)
      .text(job.kind)
      .text(job.state)
      .time(job.created_at)
      .time(job.started_at)
      .time(job.finished_at)
      .whole(job.attempts)
      .text(job.worker)
      .text(job.error)
      .text(job.run_id)
      .text(job.request)
      .hash();
}

hash::Hash128 row_hash(const ports::Preset& preset) {
  return Fields{}
      .text(preset.name)
      .text(preset.strategy)
      .text(preset.parameters)
      .text(preset.description)
      .time(preset.created_at)
      .time(preset.updated_at)
      .hash();
}

hash::Hash128 row_hash(const ports::CollectionStatus& status) {
  return Fields{}
      .text(status.symbol.text())
      .text(status.timeframe.name())
      .time(status.last_candle)
      .time(status.updated_at)
      .text(status.error)
      .hash();
}

hash::Hash128 row_key(const backtest::RunSummary& run) {
  return Fields{}.text(run.run_id).hash();
}

hash::Hash128 row_key(const ports::EndedJob& job) {
  return Fields{}.text(job.job_id).hash();
}

hash::Hash128 row_key(const ports::Preset& preset) {
  return Fields{}.text(preset.name).hash();
}

hash::Hash128 row_key(const ports::CollectionStatus& status) {
  return Fields{}.text(status.symbol.text()).text(status.timeframe.name()).hash();
}

void TableHashes::sort() {
  std::ranges::sort(rows_);
  const auto [begin, end] = std::ranges::unique(rows_, {}, &Row::key);
  rows_.erase(begin, end);
}

const TableHashes::Row* TableHashes::find(const hash::Hash128& key) const {
  const auto found = std::ranges::lower_bound(rows_, key, {}, &Row::key);
  return found != rows_.end() && found->key == key ? &*found : nullptr;
}

TableHashes TableHashes::within(const TableHashes& other) const {
  TableHashes common;
  std::ranges::copy_if(rows_, std::back_inserter(common.rows_),
                       [&](const Row& row) { return other.find(row.key) != nullptr; });
  return common;
}

hash::Hash128 TableHashes::hash() const {
  hash::HashChain chain;
  for (const Row& row : rows_) {
    chain.number(row.key.high).number(row.key.low);
    chain.number(row.content.high).number(row.content.low);
  }
  return chain.hash();
}

}  // namespace hts::transfer
