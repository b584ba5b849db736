#include "engine/strategies/column_cache.hpp"

#include <algorithm>
#include <utility>

namespace hts::strategies {
namespace {

/// Computed between two looks at the cancel flag.
constexpr std::size_t values_a_look = 1U << 16U;

bool is_set(const std::atomic<bool>* cancel) {
  return cancel != nullptr && cancel->load(std::memory_order_relaxed);
}

}  // namespace

std::shared_ptr<const ColumnStore::Column> ColumnStore::column(market::CandleView candles,
                                                               std::string_view kind,
                                                               double parameter, const Fill& fill,
                                                               const std::atomic<bool>* cancel) {
  std::unique_lock lock{mutex_};
  while (auto kept = find(candles, kind, parameter)) {
    kept->last_use = ++clock_;
    ended_.wait(lock, [&] { return kept->state != Column::State::computing; });
    if (kept->state == Column::State::ready) return kept;
    // Who computed it gave up: it is no longer kept, and is computed again unless that was a
    // cancel.
    if (is_set(cancel)) return nullptr;
  }
  auto made = std::make_shared<Column>();
  made->close = candles.close.data();
  made->kind = kind;
  made->parameter = parameter;
  made->size = candles.size();
  made->last_use = ++clock_;
  made->values = make_room(made->size);
  bytes_ += made->size * sizeof(double);
  columns_.push_back(made);
  lock.unlock();
  try {
    for (std::size_t begin = 0; begin < made->size; begin += values_a_look) {
      if (is_set(cancel)) {
        end(made, Column::State::given_up);
        return nullptr;
      }
      fill(begin, std::min(begin + values_a_look, made->size), made->values.get());
    }
  } catch (...) {
    end(made, Column::State::given_up);
    throw;
  }
  end(made, Column::State::ready);
  return made;
}

std::size_t ColumnStore::bytes() const {
  const std::lock_guard lock{mutex_};
  return bytes_;
}

std::shared_ptr<ColumnStore::Column> ColumnStore::find(market::CandleView candles,
                                                       std::string_view kind,
                                                       double parameter) const {
  for (const auto& kept : columns_) {
    if (kept->close == candles.close.data() && kept->size == candles.size() &&
        kept->parameter == parameter && kept->kind == kind) {
      return kept;
    }
  }
  return nullptr;
}

std::unique_ptr<double[]> ColumnStore::make_room(std::size_t size) {
  std::unique_ptr<double[]> room;
  while (bytes_ + size * sizeof(double) > max_bytes_) {
    auto oldest = columns_.end();
    for (auto kept = columns_.begin(); kept != columns_.end(); ++kept) {
      if (kept->use_count() > 1) continue;
      if (oldest == columns_.end() || (*kept)->last_use < (*oldest)->last_use) oldest = kept;
    }
    if (oldest == columns_.end()) break;
    bytes_ -= (*oldest)->size * sizeof(double);
    if ((*oldest)->size == size) room = std::move((*oldest)->values);
    columns_.erase(oldest);
  }
  return room ? std::move(room) : std::make_unique_for_overwrite<double[]>(size);
}

void ColumnStore::end(const std::shared_ptr<Column>& column, Column::State state) {
  {
    const std::lock_guard lock{mutex_};
    column->state = state;
    if (state == Column::State::given_up) {
      bytes_ -= column->size * sizeof(double);
      std::erase(columns_, column);
    }
  }
  ended_.notify_all();
}

}  // namespace hts::strategies
