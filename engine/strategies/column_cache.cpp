#include "engine/strategies/column_cache.hpp"

#include <algorithm>
#include <utility>

namespace hts::strategies {
namespace {

/// Computed between two looks at the cancel flag.
constexpr std::size_t values_a_look = 1U << 16U;

}  // namespace

std::span<const double> ColumnCache::column(market::CandleView candles, std::string_view kind,
                                            double parameter, const Fill& fill) {
  ++clock_;
  for (auto& kept : columns_) {
    if (kept.close != candles.close.data() || kept.values.size() != candles.size() ||
        kept.parameter != parameter || kept.kind != kind) {
      continue;
    }
    kept.last_use = clock_;
    return kept.values;
  }
  Column made{candles.close.data(), kind, parameter, clock_, room_for(candles.size())};
  for (std::size_t begin = 0; begin < candles.size(); begin += values_a_look) {
    if (cancel_ != nullptr && cancel_->load(std::memory_order_relaxed)) return {};
    fill(begin, std::min(begin + values_a_look, candles.size()), made.values.data());
  }
  bytes_ += made.values.size() * sizeof(double);
  columns_.push_back(std::move(made));
  return columns_.back().values;
}

std::vector<double> ColumnCache::room_for(std::size_t size) {
  std::vector<double> room;
  while (bytes_ + size * sizeof(double) > max_bytes_) {
    const auto oldest =
        std::min_element(columns_.begin(), columns_.end(),
                         [](const Column& a, const Column& b) { return a.last_use < b.last_use; });
    if (oldest == columns_.end() || oldest->last_use > scan_start_) break;
    bytes_ -= oldest->values.size() * sizeof(double);
    room = std::move(oldest->values);
    columns_.erase(oldest);
  }
  room.resize(size);
  return room;
}

}  // namespace hts::strategies
