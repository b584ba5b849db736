#include "adapters/tail/tailed_candle_store.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <tuple>
#include <utility>

namespace hts::tail {
namespace {

using market::CandleSeries;
using market::Timeframe;
using result::ErrorCode;
using result::Result;
using result::Status;

bool is_absence(const result::Error& error) {
  return error.code == ErrorCode::not_found || error.code == ErrorCode::unknown_symbol;
}

/// Every minute of the range is there.
bool is_whole(const CandleSeries& minutes, time::TimeRange range) {
  if (minutes.empty()) return false;
  const time::Duration step = Timeframe::minute().length();
  const time::Timestamp front = minutes.open_time.front();
  const time::Timestamp back = minutes.open_time.back();
  return front - step < range.begin && back + step >= range.end &&
         back - front == step * static_cast<std::int64_t>(minutes.size() - 1);
}

/// Both ascending; of equal times the newer's.
CandleSeries merged(const CandleSeries& older, const CandleSeries& newer) {
  if (older.empty() || newer.empty()) return older.empty() ? newer : older;
  CandleSeries all;
  all.reserve(older.size() + newer.size());
  const auto before = std::ranges::lower_bound(older.open_time, newer.open_time.front());
  auto at = static_cast<std::size_t>(before - older.open_time.begin());
  all.append(older.view().slice(0, at));
  for (std::size_t i = 0; i < newer.size(); ++i) {
    for (; at < older.size() && older.open_time[at] < newer.open_time[i]; ++at) {
      all.push_back(older[at]);
    }
    if (at < older.size() && older.open_time[at] == newer.open_time[i]) ++at;
    all.push_back(newer[i]);
  }
  all.append(older.view().slice(at, older.size() - at));
  return all;
}

}  // namespace

Result<CandleSeries> TailedCandleStore::minutes(const market::Symbol& symbol, time::TimeRange range,
                                                const std::atomic<bool>* cancel) {
  // The tail first: what is dropped there after that is in the catalog by then.
  auto newest = tail_.load(symbol, range);
  if (!newest || is_whole(*newest, range)) return newest;
  auto stored = catalog_.load(symbol, Timeframe::minute(), range, cancel);
  if (stored) return merged(*stored, *newest);
  if (newest->empty() || !is_absence(stored.error())) return stored;
  return newest;
}

Result<CandleSeries> TailedCandleStore::made_of_minutes(const market::Symbol& symbol,
                                                        Timeframe timeframe, time::TimeRange range,
                                                        std::optional<time::Timestamp> from,
                                                        const std::atomic<bool>* cancel) {
  auto newest = tail_.load(symbol, {});
  if (!newest || newest->empty()) return newest;
  const time::Timestamp front = newest->open_time.front();
  const time::Timestamp first = market::bucket_open_at(front, timeframe, boundary_);
  const time::Timestamp begin = std::max(first, from.value_or(range.begin));
  if (begin >= range.end) return CandleSeries{};
  const time::Timestamp closed_before = newest->open_time.back() + Timeframe::minute().length();
  auto known = minutes(symbol, {first - timeframe.length(), closed_before}, cancel);
  if (!known) return known;
  // Nothing is known right before the tail's first minute: its candle may lack its beginning.
  const bool is_cut = front != first && known->open_time.front() == front;
  const CandleSeries all = market::resample(known->view(), timeframe, boundary_, closed_before);
  CandleSeries wanted;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const time::Timestamp opens = all.open_time[i];
    if (opens < begin || !range.contains(opens) || (is_cut && opens == first)) continue;
    wanted.push_back(all[i]);
  }
  return wanted;
}

Result<CandleSeries> TailedCandleStore::load(const market::Symbol& symbol, Timeframe timeframe,
                                             time::TimeRange range,
                                             const std::atomic<bool>* cancel) {
  if (timeframe == Timeframe::minute()) return minutes(symbol, range, cancel);
  auto stored = catalog_.load(symbol, timeframe, range, cancel);
  if (!stored && !is_absence(stored.error())) return stored;
  std::optional<time::Timestamp> from;
  if (stored) from = stored->open_time.back() + timeframe.length();
  auto made = made_of_minutes(symbol, timeframe, range, from, cancel);
  if (!made || made->empty()) return made || !stored ? std::move(stored) : std::move(made);
  if (!stored) return made;
  stored->append(made->view());
  return stored;
}

Status TailedCandleStore::stream(const market::Symbol& symbol, Timeframe timeframe,
                                 time::TimeRange range, const market::TakeCandles& take) {
  auto newest = tail_.load(symbol, {});
  if (!newest) return std::move(newest).error();
  if (newest->empty()) return catalog_.stream(symbol, timeframe, range, take);
  const bool is_minutes = timeframe == Timeframe::minute();
  const time::Timestamp tail_begins =
      is_minutes ? std::max(range.begin, newest->open_time.front()) : range.end;
  std::optional<time::Timestamp> last;
  if (range.begin < tail_begins) {
    auto streamed =
        catalog_.stream(symbol, timeframe, {range.begin, std::min(range.end, tail_begins)},
                        [&](market::CandleView block) {
                          last = block.open_time.back();
                          return take(block);
                        });
    if (!streamed && (last || !is_absence(streamed.error()))) return streamed;
  }
  Result<CandleSeries> rest = CandleSeries{};
  if (is_minutes) {
    if (tail_begins < range.end) rest = minutes(symbol, {tail_begins, range.end}, nullptr);
  } else {
    std::optional<time::Timestamp> from;
    if (last) from = *last + timeframe.length();
    rest = made_of_minutes(symbol, timeframe, range, from, nullptr);
  }
  if (!rest && !is_absence(rest.error())) return std::move(rest).error();
  if (rest && !rest->empty()) return market::give_in_blocks(rest->view(), take);
  // Nothing at all: the catalog says it best.
  return last ? result::success() : catalog_.stream(symbol, timeframe, range, take);
}

Result<std::vector<ports::CatalogFile>> TailedCandleStore::inventory() {
  auto held = tail_.held();
  if (!held) return std::move(held).error();
  auto files = catalog_.inventory();
  if (!files) return files;
  const auto key_of = [](const ports::CatalogFile& file) {
    return std::tuple{file.symbol, file.timeframe, file.year};
  };
  std::map<std::tuple<market::Symbol, Timeframe, int>, ports::CatalogFile> all;
  for (const ports::CatalogFile& file : *files) all.emplace(key_of(file), file);
  for (const ports::CandleTail::Held& symbol : *held) {
    auto minutes = tail_.load(symbol.symbol, {});
    if (!minutes) return std::move(minutes).error();
    for (const time::Timestamp opens : minutes->open_time) {
      const int year = time::utc_year(opens);
      auto& file = all.try_emplace({symbol.symbol, Timeframe::minute(), year},
                                   ports::CatalogFile{symbol.symbol, Timeframe::minute(), year, 0,
                                                      opens, opens - time::Duration{1}, 0})
                       .first->second;
      if (opens <= file.last) continue;
      ++file.candles;
      file.last = opens;
    }
  }
  std::vector<ports::CatalogFile> list;
  for (auto& [key, file] : all) list.push_back(std::move(file));
  return list;
}

}  // namespace hts::tail
