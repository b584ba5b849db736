// How fast candles come in from files and out of the catalog: real files in a temporary directory,
// synced, one thread.
//
//   data           a readable table: the figures and the steps that they consist of
//   data --lines   figure<TAB>value<TAB>unit, one figure a line, nothing else
//   data --stream  stream_100m alone
//
// csv_import_1m: a million 1m candles of three calendar years from a CSV file in the page cache
// into an empty catalog: read, checked, sorted into years, compressed, written and synced; the
// median of 7. catalog_load_1m: see data_catalog.hpp. stream_100m: see data_stream.hpp; it writes
// 5 GB below TMPDIR.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <unistd.h>

#include "adapters/csv/candle_import.hpp"
#include "adapters/csv/candle_reader.hpp"
#include "adapters/parquet/parquet_candle_store.hpp"
#include "bench/data_catalog.hpp"
#include "bench/data_stream.hpp"
#include "engine/market/candle_series.hpp"
#include "engine/market/synthetic_candles.hpp"
#include "engine/market/timeframe.hpp"

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::size_t candle_count = 1'000'000;

[[noreturn]] void fail(const std::string& sentence) {
  std::fprintf(stderr, "data: %s\n", sentence.c_str());
  std::exit(1);  // NOLINT(concurrency-mt-unsafe): one thread
}

/// A folder that is gone with the program.
class BenchFolder {
 public:
  BenchFolder() {
    std::string name = (fs::temp_directory_path() / "hts-bench-XXXXXX").string();
    const char* made = ::mkdtemp(name.data());
    if (made == nullptr) fail("cannot make a folder in " + fs::temp_directory_path().string());
    path_ = made;
  }
  BenchFolder(const BenchFolder&) = delete;
  BenchFolder& operator=(const BenchFolder&) = delete;
  ~BenchFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

/// As exchanges write them: won prices in halves, volumes with eight decimals.
fs::path write_csv(const fs::path& folder) {
  const auto begin = hts::time::utc_year_begin(2022) - std::chrono::hours{24 * 200};
  const auto candles = hts::market::make_synthetic_candles(
      {}, begin, hts::market::Timeframe::minute(), candle_count, 20200220);
  const fs::path file = folder / "BTC_KRW_1m.csv";
  std::FILE* out = std::fopen(file.c_str(), "we");
  if (out == nullptr) fail("cannot write " + file.string());
  std::fputs("timestamp,open,high,low,close,volume\n", out);
  for (std::size_t i = 0; i < candles.size(); ++i) {
    const auto candle = candles[i];
    std::fprintf(out, "%lld,%.4f,%.4f,%.4f,%.4f,%.8f\n",
                 static_cast<long long>(hts::time::to_milliseconds(candle.open_time)), candle.open,
                 candle.high, candle.low, candle.close, candle.volume);
  }
  if (std::fclose(out) != 0) fail("cannot write " + file.string());
  return file;
}

/// The median of the seconds that `work` says it took.
template <class Work>
double median_seconds(std::size_t samples, Work&& work) {
  std::vector<double> seconds;
  seconds.reserve(samples);
  for (std::size_t i = 0; i < samples; ++i) seconds.push_back(work());
  const auto middle = seconds.begin() + static_cast<std::ptrdiff_t>(samples / 2);
  std::nth_element(seconds.begin(), middle, seconds.end());
  return *middle;
}

double since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

double measure_csv_import_1m(const fs::path& file, const fs::path& folder) {
  return median_seconds(7, [&] {
    const fs::path root = folder / "catalog";
    fs::remove_all(root);
    // Opening the store, which loads the Parquet library, belongs to an import.
    const auto begin = Clock::now();
    hts::parquet::ParquetCandleStore store(root);
    const auto report = hts::csv::import_candles(file, store);
    const double seconds = since(begin);
    if (!report) fail(report.error().message);
    if (report->written.added != candle_count) fail("the import lost candles");
    return seconds;
  });
}

double measure_import_again(const fs::path& file, const fs::path& folder) {
  return median_seconds(5, [&] {
    const auto begin = Clock::now();
    hts::parquet::ParquetCandleStore store(folder / "catalog");
    const auto report = hts::csv::import_candles(file, store);
    const double seconds = since(begin);
    if (!report) fail(report.error().message);
    if (report->written.unchanged != candle_count) fail("a second import changed something");
    return seconds;
  });
}

double measure_csv_parse(const fs::path& file) {
  return median_seconds(7, [&] {
    const auto begin = Clock::now();
    auto reader = hts::csv::open_candle_file(file);
    if (!reader) fail(reader.error().message);
    std::size_t count = 0;
    std::vector<hts::csv::CandleRow> rows;
    do {
      if (auto read = (*reader)->read(rows); !read) fail(read.error().message);
      count += rows.size();
    } while (!rows.empty());
    if (count != candle_count) fail("the reader lost rows");
    return since(begin);
  });
}

double measure_read_candles(const fs::path& file) {
  return median_seconds(7, [&] {
    const auto begin = Clock::now();
    const auto read = hts::csv::read_candles(file);
    const double seconds = since(begin);
    if (!read) fail(read.error().message);
    if (read->series.size() != candle_count) fail("the reader lost candles");
    return seconds;
  });
}

void print_lines() {
  const StreamFigures stream = measure_stream_100m();
  const BenchFolder folder;
  const fs::path file = write_csv(folder.path());
  const double import_seconds = measure_csv_import_1m(file, folder.path());
  const double load_seconds = measure_catalog_load_1m();
  std::printf("csv_import_1m\t%.6f\ts\n", import_seconds);
  std::printf("catalog_load_1m\t%.6f\ts\n", load_seconds);
  std::printf("stream_100m\t%.0f\tcandles/s\n", stream.candles_a_second);
  std::printf("stream_100m_peak\t%.1f\tMB\n", stream.peak_megabytes);
}

void print_stream(const StreamFigures& stream) {
  std::printf("stream_100m: 100 M candles to statistics (bar 15 M) %15.2f M candles/s\n",
              stream.candles_a_second / 1e6);
  std::printf("stream_100m_peak: resident memory meanwhile (bar 300) %13.1f MB\n",
              stream.peak_megabytes);
}

void print_table() {
  const BenchFolder folder;
  const fs::path file = write_csv(folder.path());
  const double megabytes = static_cast<double>(fs::file_size(file)) / 1e6;
  const auto show = [](const char* what, double seconds) {
    std::printf("  %-58s %9.4f s %8.2f M candles/s\n", what, seconds, 1 / seconds);
  };
  std::printf("1,000,000 candles, CSV of %.0f MB, median of 5 to 15\n", megabytes);
  const double import_seconds = measure_csv_import_1m(file, folder.path());
  show("csv_import_1m: CSV into an empty catalog (bar 1.5 s)", import_seconds);
  show("  of it reading and checking the rows", measure_csv_parse(file));
  show("the same file again: compared, nothing written", measure_import_again(file, folder.path()));
  show("CSV into memory (hts backtest --candles)", measure_read_candles(file));
  show("writing the catalog alone", measure_catalog_write_1m());
  show("catalog_load_1m: warm (bar 0.060 s)", measure_catalog_load_1m());
  std::printf("  %-58s %9.4f s\n", "one day out of a year of minutes", measure_catalog_load_day());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2 && std::string_view{argv[1]} == "--lines") {
    print_lines();
    return 0;
  }
  if (argc == 2 && std::string_view{argv[1]} == "--stream") {
    print_stream(measure_stream_100m());
    return 0;
  }
  if (argc != 1) {
    std::fprintf(stderr, "Usage: data [--lines | --stream]\n");
    return 2;
  }
  print_stream(measure_stream_100m());
  print_table();
  return 0;
}
