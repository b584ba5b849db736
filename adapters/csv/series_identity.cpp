#include "adapters/csv/series_identity.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>

namespace hts::csv {
namespace {

constexpr std::string_view separators = "_-. ";

/// A symbol whose quote is a currency that Symbol knows by itself.
std::optional<market::Symbol> known_pair(std::string_view text) {
  auto symbol = market::Symbol::parse(text);
  if (!symbol) return std::nullopt;
  const auto joined =
      market::Symbol::parse(std::string{symbol->base()} + std::string{symbol->quote()});
  if (!joined || *joined != *symbol) return std::nullopt;
  return *std::move(symbol);
}

}  // namespace

SeriesIdentity identity_in_name(const std::filesystem::path& path) {
  const std::string stem = path.stem().string();
  const std::string_view name{stem};
  SeriesIdentity identity;

  std::size_t series_end = name.size();
  for (std::size_t begin = 0; begin < name.size() && !identity.timeframe;) {
    const std::size_t end = std::min(name.find_first_of(separators, begin), name.size());
    if (const auto timeframe = market::Timeframe::parse(name.substr(begin, end - begin))) {
      identity.timeframe = *timeframe;
      series_end = begin;
    }
    begin = end + 1;
  }

  std::string_view series = name.substr(0, series_end);
  while (!series.empty() && separators.find(series.back()) != std::string_view::npos) {
    series.remove_suffix(1);
  }
  // The whole first, then without its last pieces: BTC_KRW_binance, BTC_KRW.
  while (!series.empty() && !identity.symbol) {
    identity.symbol = known_pair(series);
    const std::size_t cut = series.find_last_of(separators);
    series = series.substr(0, cut == std::string_view::npos ? 0 : cut);
  }
  return identity;
}

std::optional<market::Timeframe> usual_spacing(std::span<const CandleRow> rows) {
  constexpr std::size_t enough_rows = 1000;
  std::map<time::Duration, std::size_t> distances;
  for (std::size_t i = 1; i < std::min(rows.size(), enough_rows); ++i) {
    const auto distance = rows[i].candle.open_time - rows[i - 1].candle.open_time;
    // Files that run newest first are as regular as the others.
    if (distance != time::Duration::zero()) ++distances[std::chrono::abs(distance)];
  }
  const auto usual =
      std::max_element(distances.begin(), distances.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  if (usual == distances.end()) return std::nullopt;
  const auto timeframe = market::Timeframe::of(usual->first);
  if (!timeframe) return std::nullopt;
  return *timeframe;
}

}  // namespace hts::csv
