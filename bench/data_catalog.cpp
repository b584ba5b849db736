#include "bench/data_catalog.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "adapters/parquet/parquet_candle_store.hpp"
#include "engine/market/synthetic_candles.hpp"

namespace {

using hts::market::CandleSeries;
using hts::market::Symbol;
using hts::market::Timeframe;
using hts::parquet::ParquetCandleStore;
using Clock = std::chrono::steady_clock;

constexpr std::size_t candle_count = 1'000'000;
constexpr int load_samples = 15;
constexpr int write_samples = 5;

[[noreturn]] void give_up(const std::string& reason) {
  std::fprintf(stderr, "data: %s\n", reason.c_str());
  std::exit(1);  // NOLINT(concurrency-mt-unsafe): one thread
}

template <class T>
T value_or_give_up(hts::result::Result<T> result) {
  if (!result) give_up(result.error().message);
  return *std::move(result);
}

double wall_seconds() {
  return std::chrono::duration<double>(Clock::now().time_since_epoch()).count();
}

/// The median of what `work` takes.
template <class Work>
double median_seconds(int samples, Work work) {
  std::vector<double> seconds;
  for (int i = 0; i < samples; ++i) {
    const double begin = wall_seconds();
    work();
    seconds.push_back(wall_seconds() - begin);
  }
  std::nth_element(seconds.begin(), seconds.begin() + samples / 2, seconds.end());
  return seconds[static_cast<std::size_t>(samples / 2)];
}

/// A catalog of the benchmark's candles, from the middle of 2019 to the middle of 2021, in a folder
/// of its own that goes with it.
class BenchmarkCatalog {
 public:
  BenchmarkCatalog() {
    std::string pattern = (std::filesystem::temp_directory_path() / "hts-bench-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) give_up("cannot make a temporary folder");
    root_ = pattern;
  }
  ~BenchmarkCatalog() {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }
  BenchmarkCatalog(const BenchmarkCatalog&) = delete;
  BenchmarkCatalog& operator=(const BenchmarkCatalog&) = delete;

  void write(const std::string& folder) const {
    ParquetCandleStore store{root_ / folder, database_};
    (void)value_or_give_up(hts::ports::write_all_years(store, symbol_, minute_, candles_.view()));
  }

  [[nodiscard]] CandleSeries load(const std::string& folder, hts::time::TimeRange range) const {
    ParquetCandleStore store{root_ / folder, database_};
    return value_or_give_up(store.load(symbol_, minute_, range));
  }

  [[nodiscard]] const CandleSeries& candles() const { return candles_; }

 private:
  Timeframe minute_ = Timeframe::minute();
  Symbol symbol_ = Symbol::parse("BTC_KRW").value();
  CandleSeries candles_ = hts::market::make_synthetic_candles(
      {}, hts::time::parse_iso8601("2019-07-01T00:00:00Z").value(), minute_, candle_count, 42);
  std::filesystem::path root_;
  std::shared_ptr<hts::parquet::DuckdbDatabase> database_ =
      std::make_shared<hts::parquet::DuckdbDatabase>();
};

}  // namespace

double measure_catalog_load_1m() {
  const BenchmarkCatalog catalog;
  catalog.write("catalog");
  if (catalog.load("catalog", {}) != catalog.candles()) give_up("the catalog lost candles");
  return median_seconds(load_samples, [&] {
    if (catalog.load("catalog", {}).size() != candle_count) give_up("the catalog lost candles");
  });
}

double measure_catalog_write_1m() {
  const BenchmarkCatalog catalog;
  int number = 0;
  return median_seconds(write_samples, [&] { catalog.write(std::to_string(number++)); });
}

double measure_catalog_load_day() {
  constexpr std::size_t day_minutes = 1'440;
  const BenchmarkCatalog catalog;
  catalog.write("catalog");
  const auto begin = hts::time::parse_iso8601("2020-05-05T00:00:00Z").value();
  const hts::time::TimeRange day{begin, begin + std::chrono::hours{24}};
  return median_seconds(load_samples, [&] {
    if (catalog.load("catalog", day).size() != day_minutes) give_up("the catalog lost candles");
  });
}
