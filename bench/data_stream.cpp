#include "bench/data_stream.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

#include <sys/wait.h>
#include <unistd.h>

#include "adapters/parquet/parquet_candle_store.hpp"
#include "engine/backtest/streaming_study.hpp"
#include "engine/market/synthetic_candles.hpp"

namespace {

namespace fs = std::filesystem;
using hts::market::Symbol;
using hts::market::Timeframe;
using hts::parquet::ParquetCandleStore;

constexpr int symbols = 10;
constexpr std::size_t candles_a_symbol = 10'000'000;
constexpr std::uintmax_t needed_bytes = 6'000'000'000;

[[noreturn]] void leave(const std::string& reason) {
  std::fprintf(stderr, "data: %s\n", reason.c_str());
  std::_Exit(1);
}

class StreamFolder {
 public:
  StreamFolder() {
    std::string pattern = (fs::temp_directory_path() / "hts-bench-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) leave("cannot make a temporary folder");
    path_ = pattern;
  }
  ~StreamFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  StreamFolder(const StreamFolder&) = delete;
  StreamFolder& operator=(const StreamFolder&) = delete;
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

Symbol symbol_number(int i) {
  return Symbol::parse("SYNTHETIC" + std::to_string(i) + "_KRW").value();
}

void write_catalog(const fs::path& root) {
  ParquetCandleStore store{root};
  const auto begin = hts::time::utc_year_begin(2001);
  for (int i = 0; i < symbols; ++i) {
    const auto candles = hts::market::make_synthetic_candles(
        {}, begin, Timeframe::minute(), candles_a_symbol, static_cast<std::uint64_t>(i) + 1);
    const auto written =
        hts::ports::write_all_years(store, symbol_number(i), Timeframe::minute(), candles.view());
    if (!written) leave(written.error().message);
  }
}

/// In a process of its own, whose memory goes with it.
template <class Work>
void run_apart(Work work) {
  const pid_t child = fork();
  if (child < 0) leave("cannot start a process");
  if (child == 0) {
    work();
    std::_Exit(0);
  }
  int status = 0;
  if (waitpid(child, &status, 0) != child || status != 0) leave("the catalog was not written");
}

double peak_megabytes() {
  std::ifstream status{"/proc/self/status"};
  for (std::string line; std::getline(status, line);) {
    constexpr double kilobytes_a_megabyte = 1024;
    if (line.starts_with("VmHWM:")) return std::atof(line.c_str() + 6) / kilobytes_a_megabyte;
  }
  leave("the system does not tell the memory of this process");
}

}  // namespace

StreamFigures measure_stream_100m() {
  const StreamFolder folder;
  if (fs::space(folder.path()).available < needed_bytes) {
    leave("stream_100m needs 6 GB in " + fs::temp_directory_path().string() +
          ": free some, or set TMPDIR to a larger disk");
  }
  run_apart([&] { write_catalog(folder.path()); });

  const auto& definition = **hts::strategies::find_strategy("volume_long_candle");
  const auto parameters = hts::strategies::resolve(definition.schema, {}).value();
  const auto began = std::chrono::steady_clock::now();
  ParquetCandleStore store{folder.path()};
  std::size_t candles = 0;
  for (int i = 0; i < symbols; ++i) {
    const auto report = hts::backtest::run_streaming_study(
        definition, parameters, {}, [&](const hts::market::TakeCandles& take) {
          return store.stream(symbol_number(i), Timeframe::minute(), {}, take);
        });
    if (!report) leave(report.error().message);
    if (report->statistics.signals == 0) leave("the stream gave no signal");
    candles += report->candles;
  }
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  if (candles != symbols * candles_a_symbol) leave("the stream lost candles");
  return {static_cast<double>(candles) / seconds, peak_megabytes()};
}
