#include "adapters/parquet/column_memory.hpp"

#include <cstdint>

#include <sys/mman.h>

namespace hts::parquet {
namespace {

/// A hint: whether it is taken changes nothing but the time.
template <class T>
void prefer_huge_pages(std::vector<T>& column) {
  constexpr std::uintptr_t huge_page = std::uintptr_t{2} << 20U;
  const auto begin = reinterpret_cast<std::uintptr_t>(column.data());
  const std::uintptr_t first = (begin + huge_page - 1) / huge_page * huge_page;
  const std::uintptr_t last = (begin + column.capacity() * sizeof(T)) / huge_page * huge_page;
  auto* bytes = reinterpret_cast<char*>(column.data());
  if (first < last) madvise(bytes + (first - begin), last - first, MADV_HUGEPAGE);
}

}  // namespace

void reserve_columns(market::CandleSeries& candles, std::size_t count) {
  candles.reserve(count);
  prefer_huge_pages(candles.open_time);
  for (auto* column :
       {&candles.open, &candles.high, &candles.low, &candles.close, &candles.volume}) {
    prefer_huge_pages(*column);
  }
}

}  // namespace hts::parquet
